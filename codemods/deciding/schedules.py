"""Events on a schedule, decided exactly: the bound must hold for every count."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from chaos_migrate.codemods.deciding.questions import UPPER, Question
from chaos_migrate.codemods.deciding.verdicts import Bound, Copy, Free, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Term
from chaos_migrate.codemods.reading.schedule import Schedule
from chaos_migrate.fixtures_templates import bounds


def decide_schedule(question: Question, value: Amount, number: Fraction) -> Verdict:
    """A bound that stays where it holds for more trials as well, else one that follows them."""
    schedule = _schedule(value, isinstance(question.operator, UPPER))
    if schedule is None or len(value.terms[0].factors) != 1:
        return question.refused("CHM404", "its schedule cannot be followed")
    (term,) = value.terms
    n = term.factors[0].value
    holds = _HOLDS.get(type(question.operator))
    if holds is None or not holds(schedule.events(n), number):
        if len(term.guards) > 1:
            return question.refused("CHM404", "its schedule allows more than the bound does")
        return question.refused("CHM450", "by its own arithmetic it cannot hold")
    trials = Amount((Term(Fraction(1), term.factors),))
    if isinstance(question.operator, ast.Eq):
        bound = question.bound
        symbol = bound.symbol if isinstance(bound, Amount) else None
        if symbol is None or term.coefficient != 1:
            return question.refused("CHM404", "a fixed number of the trials is expected")
        return Copy(symbol, trials, question.judgement, schedule)
    if any(not holds(schedule.events(m), number) for m in range(n, 4 * n + 1)):
        if term.coefficient != 1:
            return question.refused("CHM404", "with more trials its schedule breaks the bound")
        return _following(question, schedule, trials, number)
    floor = n
    while floor > 1 and holds(schedule.events(floor - 1), number):
        floor -= 1
    return Free(floor=floor)


def _schedule(value: Amount, at_most: bool) -> Schedule | None:
    """The trials in which all events happen; `at_most` lets some of those happen or not."""
    guards = value.terms[0].guards if len(value.terms) == 1 else ()
    schedules = [guard.schedule for guard in guards if guard.schedule is not None]
    uncertain = [guard.kind for guard in guards if guard.schedule is None]
    if len(schedules) != 1 or (uncertain and not at_most):
        return None
    return schedules[0] if set(uncertain) <= {GuardKind.OUTCOME} else None


def _following(question: Question, schedule: Schedule, trials: Amount, number: Fraction) -> Verdict:
    """The bound that scales with the trials, if the schedule keeps to it at every count."""
    node, n = question.bound_node, int(trials.total)
    upper = isinstance(question.operator, UPPER)
    strict = isinstance(question.operator, ast.Lt | ast.Gt)
    best = (number - 1 if upper else number + 1) if strict else number
    allowed = int(best if upper else n - best)
    if node is None or not 0 < allowed < n:
        return question.refused("CHM404", "with more trials its schedule breaks the bound")
    limit = bounds.max_count if upper else bounds.min_count

    def holds(m: int) -> bool:
        bound = limit(int(number), of=n, trials=m, strict=strict)
        return _HOLDS[type(question.operator)](schedule.events(m), Fraction(bound))

    if not all(holds(m) for m in range(bounds.floor_for_bad(allowed, n), 4 * n + 1)):
        return question.refused("CHM404", "its schedule outgrows a bound in proportion")
    return Bound(limit.__name__, node, node, trials, allowed, strict, number, question.judgement)


_HOLDS: dict[type, Callable[[int, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
}
