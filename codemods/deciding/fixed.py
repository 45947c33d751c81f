"""Events of a fixed few trials, or of all trials but these."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.verdicts import Copy, Free, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, Term


def decide_fixed(question: Question, value: Amount, number: Fraction | None) -> Verdict:
    """Their number is the same at any load, and that of all the others follows the count.

    Only where the author expects just that number. A bound leaves room for other events, of which
    nothing is known.
    """
    bound = question.bound
    guards = value.terms[0].guards if len(value.terms) == 1 else ()
    fixed = guards[0].fixed if len(guards) == 1 else None
    factors = value.terms[0].factors if fixed is not None else ()
    once = len(factors) == 1 and value.terms[0].coefficient == 1
    literal = isinstance(bound, Amount) and bound.exact and not bound.deps & question.group
    if fixed is None or not once or not literal or not isinstance(question.operator, ast.Eq):
        return question.refused("CHM411", "trials are counted by their index")
    if number != fixed.events(factors[0].value):
        return question.refused("CHM450", "by its own arithmetic it cannot hold")
    if not fixed.others:
        return Free(floor=fixed.stop + 1)
    symbol = bound.symbol if isinstance(bound, Amount) else None
    if symbol is None:
        return question.refused("CHM409", "the number is computed from fixed ones")
    trials = Amount((Term(Fraction(1), factors),))
    return Copy(symbol, trials, question.judgement, fixed)
