"""Events on a schedule, decided exactly: the bound must hold for every count."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.verdicts import Copy, Free, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, Term


def decide_schedule(question: Question, value: Amount, number: Fraction) -> Verdict:
    """Events on a schedule are decided exactly: the bound must hold for every count."""
    if len(value.terms) != 1 or len(value.terms[0].guards) != 1:
        return question.refused("CHM404", "its schedule cannot be followed")
    (term,) = value.terms
    (guard,) = term.guards
    if not isinstance(guard.data, tuple) or len(term.factors) != 1:
        return question.refused("CHM404", "its schedule cannot be followed")
    period, remainder = guard.data
    n = term.factors[0].value

    def events(m: int) -> int:
        hits = len(range(remainder, m, period))
        return hits if guard.arm == 0 else m - hits

    holds = _HOLDS.get(type(question.operator))
    if holds is None or not holds(events(n), number):
        return question.refused("CHM450", "by its own arithmetic it cannot hold")
    if isinstance(question.operator, ast.Eq):
        bound = question.bound
        symbol = bound.symbol if isinstance(bound, Amount) else None
        if symbol is None or term.coefficient != 1:
            return question.refused("CHM404", "a fixed number of the trials is expected")
        trials = Amount((Term(Fraction(1), term.factors),))
        return Copy(symbol, trials, question.judgement, (period, remainder), guard.arm == 1)
    if any(not holds(events(m), number) for m in range(n, 4 * n + 1)):
        return question.refused("CHM404", "with more trials its schedule breaks the bound")
    floor = n
    while floor > 1 and holds(events(floor - 1), number):
        floor -= 1
    return Free(floor=floor)


_HOLDS: dict[type, Callable[[int, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}
