"""Assertions that check nothing, and tests that judge a simulation of themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER, ask
from chaos_migrate.codemods.deciding.verdicts import Remark
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Symbol, Value
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Collection, Rate, exact_number


def remarks(context: Context, groups: Iterable[Group]) -> Iterator[Remark]:
    """What a person should know of the assertions of a test, whatever becomes of its numbers."""
    groups = tuple(groups)
    if any(group.refusal is not None and group.refusal.code == "CHM460" for group in groups):
        return  # it is told at the count
    dropped = _dropped(context)
    for judgement in context.judgements:
        if judgement.deps and (reason := _cannot_fail(judgement)):
            yield Remark("CHM460", reason, judgement)
        elif dropped and _drawn(judgement):
            lines = " and ".join(str(line) for line in sorted({s.node.lineno for s in dropped}))
            reason = (
                "it judges what is drawn from `random`; what came of the threads or tasks of "
                f"line {lines} is dropped"
            )
            yield Remark("CHM460", reason, judgement)
    for group in groups:
        for bound in group.bounds:
            if bound.remark is not None and group.refusal is None:
                yield bound.remark


def _cannot_fail(judgement: Judgement) -> str:
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


def _dropped(context: Context) -> frozenset[Symbol]:
    """The counts of trials that run at the same time, where nothing of them is ever judged."""
    concurrent: set[Symbol] = set()
    for frame in context.loops:
        if frame.concurrent:
            concurrent |= frame.symbols
    judged = frozenset().union(*(judgement.deps for judgement in context.judgements))
    return frozenset(concurrent) if not concurrent & judged else frozenset()


def _drawn(judgement: Judgement) -> bool:
    """Whether the test's own draws decide it."""
    value = judgement.left
    events = value.events if isinstance(value, Rate) else value
    return isinstance(events, Amount) and GuardKind.RANDOM in events.kinds
