"""Assertions that check nothing, fail by themselves, or judge a simulation of the test."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from chaos_migrate.codemods.deciding.chances import finds_none
from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.vacuous import cannot_fail
from chaos_migrate.codemods.deciding.verdicts import Remark
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Rate
from chaos_migrate.codemods.trees import last_name, remembered, walk


def remarks(context: Context, groups: Iterable[Group]) -> Iterator[Remark]:
    """What a person should know of the assertions of a test, whatever becomes of its numbers."""
    groups = tuple(groups)
    if any(group.refusal is not None and group.refusal.code == "CHM460" for group in groups):
        return  # it is told at the count
    dropped = _dropped(context)
    for judgement in context.judgements:
        if judgement.deps and (reason := cannot_fail(judgement)):
            yield Remark("CHM460", reason, judgement)
        elif dropped and _drawn(judgement):
            lines = " and ".join(str(line) for line in sorted({s.node.lineno for s in dropped}))
            reason = (
                "it judges what is drawn from `random`; what came of the threads or tasks of "
                f"line {lines} is dropped"
            )
            yield Remark("CHM460", reason, judgement)
        if (flaw := finds_none(judgement)) and not _sets_seed(context.test.source.tree):
            yield Remark("CHM450", flaw, judgement)
    for group in groups:
        for bound in group.bounds:
            if bound.remark is not None and group.refusal is None:
                yield bound.remark


@remembered
def _sets_seed(module: ast.Module) -> bool:
    """Whether the dice of its tests may be loaded."""
    calls = (node for node in walk(module) if isinstance(node, ast.Call))
    return any(last_name(call.func) in ("seed", "Random", "default_rng") for call in calls)


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
