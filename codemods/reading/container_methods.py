"""Methods of containers: what they add, take and show."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import ONE, Guard, GuardKind, Value, number, repeated
from chaos_migrate.codemods.reading.containers import (
    constant_key,
    counted_under_key,
    distinct_guard,
    grow,
    is_growing,
    length_of,
    read_back,
)
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import arguments_of
from chaos_migrate.codemods.reading.iteration import pair_of
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    CollectionState,
    Condition,
    Unknown,
)


def collection_method(context: Context, node: ast.Call, receiver: Collection, name: str) -> Value:
    """What `receiver.name(...)` gives, and what it does to the container."""
    positional, keywords = arguments_of(context, node)
    state = receiver.state
    if name in ("append", "appendleft", "put", "put_nowait", "add", "insert"):
        context.note("collects")
        if positional:
            state.element = positional[-1] if state.element is None else state.element
        guards: tuple[Guard, ...] = ()
        if receiver.kind == "set":
            guards = (distinct_guard(context),)
        grow(context, receiver, repeated(ONE, (), guards))
        return Unknown()
    if name in ("extend", "update") and positional:
        context.note("collects")
        other = positional[0]
        if isinstance(other, Collection) and other.size is not None and receiver.kind == "list":
            state.element = state.element or other.state.element
            grow(context, receiver, other.size)
        else:
            grow(context, receiver, None)
        return Unknown()
    if name in ("get", "get_nowait", "pop", "popleft", "popitem", "remove", "discard"):
        if receiver.kind in ("dict", "counter") and name == "get":
            return _looked_up(context, node, receiver)
        if receiver.kind == "queue":
            context.note("attempts")
        if state.fixed and context.since(state.birth):
            symbols = frozenset().union(*(f.symbols for f in context.since(state.birth)))
            reason = f"`{ast.unparse(node)}` takes from data of a fixed length"
            context.hazard("CHM411", symbols, reason, node)
        grow(context, receiver, ONE, -1)
        return state.element or Unknown(receiver.deps)
    if name == "qsize":
        return length_of(context, receiver)
    if name == "clear":
        state.size = number(0) if not context.since(state.birth) else None
        return Unknown()
    if name == "values" and receiver.kind == "counter":
        state = CollectionState(state.size, context.open_ids, ONE, grown=state.grown)
        return Collection("counts", state)
    if name == "values" and state.table:
        table: dict[object, Value] = dict(enumerate(state.table.values()))
        parts = CollectionState(state.size, context.open_ids, table=table)
        parts.element = Unknown(receiver.deps)
        parts.grown = state.grown
        return Collection("list", parts)
    if name in ("values", "items") and (state.counts or receiver.kind == "counter"):
        element = counted_under_key(context, receiver)
        if name == "items":
            element = pair_of(context, Unknown(receiver.deps), element)
        shown = CollectionState(state.size, context.open_ids, element, grown=state.grown)
        shown.taint = receiver.deps
        return Collection("list", shown)
    if name in ("values", "items", "keys", "copy"):
        return Collection(
            "list",
            CollectionState(
                state.size,
                context.open_ids,
                state.element if name != "keys" else None,
                state.fixed,
                taint=state.taint,
                grown=state.grown,
            ),
        )
    if name in ("empty", "full"):
        kind = GuardKind.STATE if is_growing(context, receiver) else GuardKind.OUTCOME
        return Condition(kind, None, receiver.deps, existence=name == "empty")
    if name in ("setdefault", "sort", "reverse", "task_done", "join", "close"):
        if name == "setdefault":
            grow(context, receiver, repeated(ONE, (), (distinct_guard(context),)))
        return Unknown(receiver.deps)
    own = state.size is not None and not (state.element or ONE).deps - state.size.deps
    if name == "count" and own and state.size is not None and not is_growing(context, receiver):
        guard = Guard(context.next_id(), 0, 2, GuardKind.OUTCOME)
        return repeated(state.size, (), (guard,))  # at most all of them
    if name in ("index", "count"):
        return Unknown(receiver.deps)
    if name == "total":
        return state.size or Unknown(receiver.deps)
    return mixed(receiver, *positional, *keywords.values())


def _looked_up(context: Context, node: ast.Call, receiver: Collection) -> Value:
    read_back(context, receiver)
    table = receiver.state.table
    key = constant_key(node.args[0]) if node.args else None
    if table is not None and key in table:
        value = table[key]
        return context.current(value) if isinstance(value, Binding) else value
    if receiver.kind == "counter" or receiver.state.counts:
        return counted_under_key(context, receiver)
    return receiver.state.element or Unknown(receiver.deps)
