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
    """A time, or something of the trials, that must stay below a bound and may grow with them.

    Something else below a bound may grow in each trial, memory say: with fewer of them it is met
    more easily, so they do not shrink.
    """
    if isinstance(judgement.left, Amount) and judgement.left.symbol is not None:
        judgement = turned(judgement)
    if not isinstance(judgement.operator, UPPER):
        return None
    if found := _grows(judgement, group, context):
        code, reason = found
        line = judgement.statement.lineno
        return Refused(code, f"{reason} (line {line})", judgement.statement)
    if _comes_after(judgement, group, context) and isinstance(judgement.left, Unknown | Opaque):
        group.hold(f"`{ast.unparse(judgement.left_node)}` may grow with each trial")
    return None


def _grows(judgement: Judgement, group: Group, context: Context) -> tuple[str, str] | None:
    """The code and the reason why more trials may break the bound."""
    value = judgement.left
    if isinstance(value, Duration) and value.burdened & group.symbols:
        return "CHM404", "it is the time of work on what the trials have filled"
    timed = isinstance(value, Duration) or (isinstance(value, Summary) and value.duration)
    if timed and any(count.concurrent for count in group.counts):
        return "CHM408", "a time is judged that may have passed while the trials ran"
    if not _comes_after(judgement, group, context):
        return None
    untraced = isinstance(value, Unknown | Opaque)
    if timed or (untraced and _reads_like_time(judgement.left_node)):
        return "CHM404", "a time is judged that may be longer for what the trials have left"
    said = _said_of(judgement) if untraced else ""
    for count in group.counts:
        if re.search(rf"\b{count.symbol.value}\b", said):
            return "CHM404", f"what is said of the bound names the {count.symbol.value} trials"
    return None


def _comes_after(judgement: Judgement, group: Group, context: Context) -> bool:
    """Whether it is an assertion after the trials, and not one of others."""
    waiting = isinstance(judgement.statement, ast.While)
    return judgement.tick >= group.end and not waiting and not judgement.deps & _looped(context)


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


def _reads_like_time(node: ast.expr) -> bool:
    """Whether an expression has the name of a time."""
    text = ast.unparse(node).lower()
    return not text.startswith("len(") and _TIME.search(text) is not None
