"""Assertions that nothing can fail."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.questions import LOWER, UPPER, ask
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Value
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Collection, Rate, exact_number


def cannot_fail(judgement: Judgement) -> str:
    """Why no outcome of the trials can fail the assertion; "" where one can."""
    question = ask(judgement, judgement.deps, False, frozenset())
    value, operator, bound = question.value, question.operator, question.bound
    number = exact_number(bound) if bound is not None else None
    if number is None or operator is None:
        return ""
    if isinstance(value, Rate) and value.events.exact and value.trials.exact:
        return "the rate is the same whatever the trials do: nothing can fail this"
    if isinstance(operator, LOWER):
        counted = isinstance(value, Amount | Collection | Rate) and _never_negative(value)
        free = number <= 0 if isinstance(operator, ast.GtE) else number < 0
        return "no count is below zero: nothing can fail this" if counted and free else ""
    if not isinstance(operator, UPPER):
        return ""
    strict = isinstance(operator, ast.Lt)
    if isinstance(value, Rate) and value.scale == number and not strict:
        return "no rate is above one: nothing can fail this"
    if not isinstance(value, Amount) or value.exact or GuardKind.UNBOUNDED in value.kinds:
        return ""
    most = value.unguarded.total
    if _never_negative(value) and (most < number or (most == number and not strict)):
        return f"there are no more than {most} trials: nothing can fail this"
    return ""


def _never_negative(value: Value) -> bool:
    return not isinstance(value, Amount) or all(term.coefficient > 0 for term in value.terms)
