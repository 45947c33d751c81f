"""Time: readings of a clock, what passed between two of them, deadlines and limits."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Symbol, Value, depends_on
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Budget
from chaos_migrate.codemods.reading.quantities import (
    Duration,
    Index,
    Instant,
    Opaque,
    Unknown,
    exact_number,
)
from chaos_migrate.codemods.trees import last_name

CLOCKS = {
    "time.time", "time.perf_counter", "time.monotonic", "time.time_ns", "time.perf_counter_ns",
    "time.monotonic_ns", "time.process_time", "timeit.default_timer", "default_timer",
    "datetime.now", "datetime.datetime.now", "datetime.utcnow", "datetime.datetime.utcnow",
    "perf_counter", "monotonic", "asyncio.get_event_loop.time", "anyio.current_time",
    "trio.current_time",
}  # fmt: skip


def elapsed_since(context: Context, start: Instant) -> Duration:
    """The loops that ran since `start`, or are still open and began since."""
    ran = [frame for frame in context.loops if frame.tick > start.tick]
    own = [frame for frame in context.stack if frame.id in start.frames]
    of = frozenset().union(*(frame.symbols for frame in ran))
    of -= frozenset().union(*(frame.symbols for frame in own))
    used = {taint.root for tick, taint in context.uses if tick >= start.tick}
    return Duration(of, frozenset().union(*(taint.symbols for taint in used)) - of)


def meet_deadline(context: Context, node: ast.expr, left: Value, right: Value) -> None:
    """A fixed point in time, for all trials since it was set: with more it comes too early."""
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Instant) and value.deadline and isinstance(other, Instant):
            ran = elapsed_since(context, value).of
            ran |= frozenset().union(
                *(f.symbols for f in context.stack if f.id not in value.frames)
            )
            reason = f"all trials must be done by a deadline (line {node.lineno})"
            context.hazard("CHM404", ran, reason, node)


def note_call_budget(context: Context, node: ast.Call, values: Sequence[Value]) -> None:
    """A timeout around all trials: with more of them, they need longer."""
    of = depends_on(values) - context.open_symbols
    name = last_name(node.func)
    limit = next((k.value for k in node.keywords if k.arg in ("timeout", "delay")), None)
    if limit is None and name == "wait_for" and len(node.args) > 1:
        limit = node.args[1]
    note_budget(context, limit, of)


def note_join(context: Context, node: ast.Call, thread: Opaque) -> None:
    """The time that a thread has to end its work, which is all that its loops do."""
    limits = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "timeout")]
    limit = limits[0] if limits else None
    work = context.works.get(thread.taint)
    if work is not None:
        # A thread of this very trial waits for no other trial.
        over = (frame.symbols for frame in work.around if frame not in context.stack)
        note_budget(context, limit, work.inner.union(*over), patient=True)


def note_budget(
    context: Context, limit: ast.expr | None, of: frozenset[Symbol], patient: bool = False
) -> None:
    """Note that the loops over `of` may take no longer than `limit`, a literal or not."""
    if limit is None or not of or context.statement is None:
        return
    if isinstance(limit, ast.Constant) and limit.value is None:
        return
    scope = context.scope
    frames = tuple(context.stack)
    value = exact_number(context.evaluate(limit))
    context.budgets.append(
        Budget(limit, value, of, frames, context.statement, scope.owner, scope.source, patient)
    )


def read_sleep(context: Context, node: ast.Call, positional: list[Value]) -> Value:
    """`sleep(...)` works for nobody; longer with every trial, it cannot be repeated more often."""
    context.note("attempts")
    seconds = exact_number(positional[0]) if positional else None
    innermost = next((frame for frame in reversed(context.stack) if frame.loop), None)
    if innermost is not None and seconds is not None:
        innermost.pause += seconds
    for value in positional:
        index = value.of if isinstance(value, Index) else NO_SYMBOLS
        if isinstance(value, Unknown):
            index = value.index
        if index and not (isinstance(value, Index) and value.period):
            reason = f"`{ast.unparse(node)}` waits longer with every trial"
            context.hazard("CHM411", index, reason, node)
    return Unknown()


def time_guard(node: ast.expr) -> ast.expr | None:
    """The limit of `timeout(5)` and `fail_after(5)`."""
    if isinstance(node, ast.Call) and node.args:
        last = last_name(node.func)
        if last in ("timeout", "fail_after"):
            return node.args[0]
    return None
