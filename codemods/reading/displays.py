"""Lists, tuples, sets and dicts as they are written, and elements taken by subscript."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Amount, Value, depends_on, number
from chaos_migrate.codemods.reading.containers import constant_key, counted_under_key, read_back
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    CollectionState,
    Foreign,
    Index,
    Opaque,
    Statistic,
    Summary,
    Unknown,
    exact_number,
)
from chaos_migrate.codemods.reading.samples import is_timed


def read_display(context: Context, node: ast.List | ast.Tuple | ast.Set) -> Value:
    """`[a, b]`, `(a, b)` and `{a, b}`."""
    values = [context.evaluate(element) for element in node.elts]
    kind = "set" if isinstance(node, ast.Set) else "list"
    birth = context.open_ids
    size = number(len(values))
    if any(isinstance(element, ast.Starred) for element in node.elts):
        if len(values) == 1 and isinstance(values[0], Collection):
            return Collection(kind, CollectionState(values[0].size, birth, values[0].state.element))
        return Collection(kind, CollectionState(None, birth, taint=depends_on(values)))
    table: dict[object, Value] | None = dict(enumerate(values)) if len(values) <= 16 else None
    element = _any_of(values)
    fixed = bool(values)
    return Collection(kind, CollectionState(size, birth, element, fixed=fixed, table=table))


def read_dict(context: Context, node: ast.Dict) -> Value:
    """`{a: b}`."""
    table: dict[object, Value] = {}
    values = []
    for key, value_node in zip(node.keys, node.values, strict=True):
        value = context.evaluate(value_node)
        values.append(value)
        if isinstance(key, ast.Constant):
            table[key.value] = value
        elif key is not None:
            context.evaluate(key)
    state = CollectionState(
        number(len(node.values)),
        context.open_ids,
        _any_of(values),
        fixed=bool(values),
        table=table,
    )
    return Collection("dict", state)


def _any_of(values: list[Value]) -> Value | None:
    """What stands for every element of a literal container; of different numbers, nothing."""
    if not values:
        return None
    if len(values) == 1 or not any(isinstance(v, Amount | Collection) for v in values):
        return values[0]
    return Unknown(depends_on(values))


def read_subscript(context: Context, node: ast.Subscript) -> Value:
    """`a[b]`."""
    receiver = context.evaluate(node.value)
    if isinstance(node.slice, ast.Slice):
        return _cut(context, node, receiver)
    index = context.evaluate(node.slice)
    if isinstance(receiver, Collection):
        return _element(context, node, receiver, index)
    if isinstance(receiver, Opaque | Foreign):
        owner = receiver if isinstance(receiver, Opaque) else context.foreign(receiver.name)
        context.note("attempts")
        context.swept([index])
        context.taint(owner)
        return Opaque("", owner.taint, birth=owner.birth)
    return mixed(receiver, index)


def _element(context: Context, node: ast.Subscript, receiver: Collection, index: Value) -> Value:
    state = receiver.state
    read_back(context, receiver)
    key = constant_key(node.slice)
    if state.table is not None and key in state.table:
        value = state.table[key]
        return context.current(value) if isinstance(value, Binding) else value
    if receiver.kind == "counter" or state.counts:
        return counted_under_key(context, receiver)
    position = exact_number(index)
    if receiver.kind != "dict":
        if isinstance(index, Index):
            if index.period is None and state.fixed and index.of:
                reason = f"`{ast.unparse(node)}` indexes data of a fixed length"
                context.hazard("CHM411", index.of, reason, node)
        elif index.deps & receiver.deps or (position is not None and receiver.kind == "sorted"):
            if position is not None and abs(position) >= SMALLEST_SYMBOL:
                reason = f"`{ast.unparse(node)}` picks a fixed place among the trials"
                context.hazard("CHM409", receiver.deps | index.deps, reason, node)
            return Summary(Statistic.EXTREME, receiver.deps | index.deps, is_timed(receiver))
        elif position is not None and position not in (0, -1, 1) and receiver.deps:
            reason = f"`{ast.unparse(node)}` picks a fixed place among the trials"
            context.hazard("CHM409", receiver.deps | index.deps, reason, node)
    return state.element if state.element is not None else Unknown(depends=receiver.deps)


def _cut(context: Context, node: ast.Subscript, receiver: Value) -> Value:
    assert isinstance(node.slice, ast.Slice)
    parts = [n for n in (node.slice.lower, node.slice.upper, node.slice.step) if n is not None]
    bounds = [context.evaluate(part) for part in parts]
    fixed = depends_on(bounds)
    # `x[1:]` and `x[:-1]` hold for any number of trials.
    places = [number for number in map(exact_number, bounds) if number is not None]
    given = receiver.deps
    if isinstance(receiver, Unknown) and not receiver.carried:
        given -= context.open_symbols  # of this very trial
    if given and any(abs(place) > 1 for place in places):
        reason = f"`{ast.unparse(node)}` cuts what the trials give at a fixed place"
        context.hazard("CHM409", receiver.deps | fixed, reason, node)
    if isinstance(receiver, Collection) and not parts:
        return receiver
    return mixed(receiver, *bounds)


def read_starred(context: Context, node: ast.Starred) -> Value:
    """`*a`."""
    return context.evaluate(node.value)


def read_fstring(context: Context, node: ast.JoinedStr) -> Value:
    """`f"{a}"`."""
    values = [
        context.evaluate(part.value) for part in node.values if isinstance(part, ast.FormattedValue)
    ]
    return mixed(*values)
