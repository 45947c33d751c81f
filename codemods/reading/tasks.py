"""Threads, tasks and pools: a function that is started runs once, here."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    ONE,
    Amount,
    Value,
    add,
    depends_on,
    number,
)
from chaos_migrate.codemods.reading.clocks import note_budget, note_call_budget
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import Keywords, invoke
from chaos_migrate.codemods.reading.iteration import iteration_of
from chaos_migrate.codemods.reading.notes import Work
from chaos_migrate.codemods.reading.opaque import opaque_call
from chaos_migrate.codemods.reading.quantities import (
    Closure,
    Collection,
    CollectionState,
    Foreign,
    Literal,
    Method,
    Opaque,
    Promise,
    Unknown,
    awaited,
)
from chaos_migrate.codemods.trees import last_name

# Calls that start their first argument (or `target`) as a thread or process, once.
STARTERS = {"Thread", "Process", "Timer", "Greenlet", "spawn"}
# Methods that start their first argument with the rest as its arguments.
_SUBMITTERS = {
    "submit", "start_soon", "apply_async", "run_sync", "soonify", "spawn", "add_callback",
    "call_soon", "call_soon_threadsafe", "call_later", "to_thread",
}  # fmt: skip
_ENDLESS = {"repeat", "count", "cycle"}
_MAPPERS = {"map", "imap", "imap_unordered", "starmap", "map_async", "starmap_async"}
# Calls that let a coroutine run beside the test, and those that wait for its end.
_TASKS = {"create_task", "ensure_future", "run_coroutine_threadsafe", "as_future"}
_WAITS = {"shield", "run", "run_until_complete", "wait_for", "timeout", "start"}


def submission(
    context: Context, node: ast.Call, name: str, positional: list[Value], keywords: Keywords
) -> Value | None:
    """A function given to a pool, a loop or a task group runs once, here."""
    if not positional:
        return None
    function = positional[0]
    if name == "submit" and isinstance(function, Opaque | Foreign | Method):
        context.note_started()
        context.taint(function)
        return Promise(context.opaque(function))
    if name in _SUBMITTERS and isinstance(function, Closure):
        rest = positional[1:]
        if name == "apply_async" and rest and isinstance(rest[0], Collection):
            table = rest[0].state.table or {}
            rest = list(table.values())
        context.note_started()
        return Promise(invoke(context, function, rest, keywords))
    if name == "run_in_executor" and len(positional) > 1:
        if isinstance(positional[1], Closure):
            context.note_started()
            return Promise(invoke(context, positional[1], positional[2:], keywords))
        return None
    if name in _MAPPERS and len(positional) > 1:
        if isinstance(function, Closure):
            return mapped(context, node, function, node.args[1:], starred="star" in name)
        if isinstance(function, Opaque | Method) and isinstance(positional[1], Collection):
            return _mapped_out(context, node, function)
    if name in _TASKS | _WAITS and not isinstance(function, Closure | Opaque | Literal):
        if name in _TASKS:
            context.note_started()
        context.note("attempts")
        if name == "wait_for":
            note_call_budget(context, node, positional[:1])
        return Promise(function)
    return None


def mapped(
    context: Context, node: ast.Call, function: Closure, iterables: list[ast.expr], starred: bool
) -> Value:
    """A function that runs once for each element, at the same time."""
    count, element, depends = iteration_of(context, iterables[0])
    elements = [element, *_beside(context, node, count, iterables[1:])]
    if starred:
        elements = [Unknown() for _ in function.node.args.args]
    birth = context.open_ids
    with context.frame(context.loop_frame(node, count, depends)) as frame:
        frame.concurrent = True
        context.note_started()
        result = invoke(context, function, elements, {})
        size = context.multiplied(ONE, birth)
    if count is None:
        return Collection("list", CollectionState(None, birth, result, taint=depends))
    return Collection("list", CollectionState(size, birth, result))


def _beside(
    context: Context, node: ast.Call, count: Amount | None, iterables: list[ast.expr]
) -> list[Value]:
    """The elements of what a function is mapped over besides; the shortest ends it all."""
    elements = []
    for iterable in iterables:
        other, element, _ = iteration_of(context, iterable)
        elements.append(element)
        if count is not None and not _as_long(iterable, other, count):
            reason = f"`{ast.unparse(iterable)}` goes along with it, and would stay"
            context.hazard("CHM411", count.deps, reason, iterable)
    _limit_all(context, node, count)
    for keyword in node.keywords:
        number = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        about_it = keyword.arg not in ("timeout", "chunksize")
        if count is not None and number == count.total and about_it:
            reason = f"`{ast.unparse(keyword)}` says how many there are, and would stay"
            context.hazard("CHM409", count.deps, reason, keyword.value)
    return elements


def _limit_all(context: Context, node: ast.Call, count: Amount | None) -> None:
    """`timeout=` of a `map` is for all that it maps, unless it takes them in chunks."""
    limit = next((k for k in node.keywords if k.arg == "timeout"), None)
    if limit is None or count is None:
        return
    if any(keyword.arg == "chunksize" for keyword in node.keywords):
        reason = f"`{ast.unparse(limit)}` may be for each chunk of them, or for all"
        context.hazard("CHM404", count.deps, reason, limit.value)
    else:
        note_budget(context, limit.value, count.deps)


def _as_long(iterable: ast.expr, other: Amount | None, count: Amount) -> bool:
    """Whether an iterable is as long as the count, for ever, or none at all but a chunk size."""
    if other is not None:
        return other.deps == count.deps
    endless = isinstance(iterable, ast.Call) and last_name(iterable.func) in _ENDLESS
    return endless or isinstance(iterable, ast.Constant)


def _mapped_out(context: Context, node: ast.Call, function: Value) -> Value:
    """A pool calls code under test once for each element."""
    count, _, depends = iteration_of(context, node.args[1])
    _beside(context, node, count, node.args[2:])
    birth = context.open_ids
    with context.frame(context.loop_frame(node, count, depends)) as frame:
        frame.concurrent = True
        context.note_started()
        context.taint(function)
        size = context.multiplied(ONE, birth) if count is not None else None
    state = CollectionState(size, birth, context.opaque(function))
    state.taint = depends if size is None else NO_SYMBOLS
    return Collection("list", state)


def start_thread(
    context: Context, node: ast.Call, positional: list[Value], keywords: Keywords
) -> Value:
    """A thread or process that runs its target once."""
    target = keywords.get("target")
    arguments: list[Value] = []
    if target is None:
        target = next((v for v in positional if isinstance(v, Closure)), None)
        if positional and positional[0] is target:  # `spawn(worker, 1, 2)`
            arguments = positional[1:]
    args = keywords.get("args")
    if isinstance(args, Collection) and args.state.table is not None:
        arguments = [v for _, v in sorted(args.state.table.items(), key=lambda kv: str(kv[0]))]
    before = len(context.loops)
    if isinstance(target, Closure):
        context.note_started()
        invoke(context, target, arguments, {})
    elif target is not None:
        context.note_started()
        opaque_call(context, node, target, arguments, {})
    thread = context.opaque(kind="thread")
    inner = frozenset().union(*(frame.symbols for frame in context.loops[before:]))
    context.works[thread.taint] = Work(inner, tuple(context.stack))
    return thread


def gather(context: Context, node: ast.Call) -> Value:
    """Waiting for several tasks: as many results as there are tasks."""
    values = [context.evaluate(argument) for argument in node.args]
    for keyword in node.keywords:
        context.evaluate(keyword.value)
    context.note_started()
    note_call_budget(context, node, values)
    for frame in context.loops:
        frame.concurrent |= bool(frame.symbols & depends_on(values))
    if len(values) == 1 and isinstance(values[0], Collection):
        inner = values[0]
        element = awaited(inner.state.element) if inner.state.element else None
        state = CollectionState(inner.state.size, context.open_ids, element)
        state.taint = inner.state.taint
        return Collection("list", state)
    size: Amount | None = number(0)
    for argument, value in zip(node.args, values, strict=True):
        if isinstance(argument, ast.Starred):
            inner_size = value.size if isinstance(value, Collection) else None
            size = add(size, inner_size) if size is not None and inner_size else None
        elif size is not None:
            size = add(size, ONE)
    table: dict[object, Value] | None = None
    if values and not any(isinstance(argument, ast.Starred) for argument in node.args):
        table = dict(enumerate(map(awaited, values)))
    state = CollectionState(size, context.open_ids, taint=depends_on(values), table=table)
    return Collection("list", state)


def read_await(context: Context, node: ast.Await) -> Value:
    """`await ...`."""
    context.note("attempts")
    return awaited(context.evaluate(node.value))
