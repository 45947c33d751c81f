"""Assertions on something else than the trials, which these may reach all the same."""

from __future__ import annotations

import ast
import re

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import UPPER, turned
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Duration, Opaque, Summary, Unknown
from chaos_migrate.codemods.trees import remembered


def lengthened(judgement: Judgement, group: Group, context: Context) -> Refused | None:
    """A time that must stay below a bound, and that more trials may make longer.

    Something else below a bound may grow in each trial, memory say: with fewer of them it is met
    more easily, so they do not shrink.
    """
    if isinstance(judgement.left, Amount) and judgement.left.symbol is not None:
        judgement = turned(judgement)
    if not isinstance(judgement.operator, UPPER):
        return None
    value, line = judgement.left, judgement.statement.lineno
    timed = isinstance(value, Duration) or (isinstance(value, Summary) and value.duration)
    if isinstance(value, Duration) and value.burdened & group.symbols:
        reason = "it is the time of work on what the trials have filled"
        return Refused("CHM404", f"{reason} (line {line})", judgement.statement)
    if timed and any(count.concurrent for count in group.counts):
        reason = "a time is judged that may have passed while the trials ran"
        return Refused("CHM408", f"{reason} (line {line})", judgement.statement)
    of_others = judgement.deps & _looped(context)
    waiting = isinstance(judgement.statement, ast.While)
    if judgement.tick < group.end or of_others or waiting:
        return None
    if timed or _reads_like_time(judgement):
        reason = "a time is judged that may be longer for what the trials have left"
        return Refused("CHM404", f"{reason} (line {line})", judgement.statement)
    if isinstance(value, Unknown | Opaque):
        for count in group.counts:
            if re.search(rf"\b{count.symbol.value}\b", _said_of(judgement)):
                reason = f"what is said of the bound names the {count.symbol.value} trials"
                return Refused("CHM404", f"{reason} (line {line})", judgement.statement)
        group.hold(f"`{ast.unparse(judgement.left_node)}` may grow with each trial")
    return None


@remembered
def _looped(context: Context) -> frozenset[Symbol]:
    """Every symbol that bounds a loop."""
    return frozenset().union(*(frame.symbols for frame in context.loops))


def _said_of(judgement: Judgement) -> str:
    """The message of an assertion, and the comments on its lines and above it."""
    message = ast.unparse(judgement.message) if judgement.message is not None else ""
    return f"{message} {judgement.source.comment(judgement.statement.lineno)}"


_TIME = re.compile(
    r"(^|[^a-z])(elapsed|durations?|latency|latencies|times?|took|seconds|secs|ms|p9\d+)($|[^a-z])"
)


def _reads_like_time(judgement: Judgement) -> bool:
    """Whether what is judged cannot be followed, but has the name of a time."""
    untraced = isinstance(judgement.left, Unknown | Opaque)
    text = ast.unparse(judgement.left_node).lower()
    return untraced and not text.startswith("len(") and _TIME.search(text) is not None
