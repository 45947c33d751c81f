"""Calls of builtins."""

from __future__ import annotations

import ast
from collections.abc import Callable

from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    ONE,
    Amount,
    Guard,
    GuardKind,
    Value,
    add,
    depends_on,
    multiply,
    number,
    repeated,
)
from chaos_migrate.codemods.reading.comprehensions import note_parts
from chaos_migrate.codemods.reading.container_calls import fill_distinct, same_size
from chaos_migrate.codemods.reading.containers import empty_container, is_growing, length_of
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.idle import IDLE
from chaos_migrate.codemods.reading.iteration import iteration_of
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Closure,
    Collection,
    CollectionState,
    Condition,
    Duration,
    Index,
    Literal,
    Rate,
    Statistic,
    Summary,
    Unknown,
    exact_number,
)
from chaos_migrate.codemods.reading.samples import summary_of
from chaos_migrate.codemods.reading.tasks import mapped


def _len(context: Context, node: ast.Call) -> Value:
    return length_of(context, context.evaluate(node.args[0])) if node.args else Unknown()


def _total(context: Context, node: ast.Call) -> Value:
    """`sum`: of ones it counts, of truth values it counts the true ones."""
    if not node.args:
        return Unknown()
    value = context.evaluate(node.args[0])
    if not isinstance(value, Collection):
        return mixed(value)
    element, size = value.state.element, value.size
    if is_growing(context, value):
        return Unknown(value.deps, carried=True)
    if isinstance(element, Duration):
        return Summary(Statistic.SUM, value.deps, duration=True)
    if size is None:
        return Unknown(value.deps)
    if isinstance(element, Condition):
        guard = Guard(context.next_id(), 0, 2, element.kind, element.data)
        return repeated(size, (), (guard,))
    if value.state.table is not None:
        parts = [v.value if isinstance(v, Binding) else v for v in value.state.table.values()]
        total = number(0)
        for part in parts:
            if not isinstance(part, Amount):
                return Unknown(value.deps)
            total = add(total, part)
        return total
    if isinstance(element, Amount) and not value.state.table:
        return multiply(size, element)
    return Summary(Statistic.SUM, value.deps)


def _extreme(context: Context, node: ast.Call) -> Value:
    values = [context.evaluate(argument) for argument in node.args]
    for keyword in node.keywords:
        context.evaluate(keyword.value)
    if len(values) == 1:
        return summary_of(Statistic.EXTREME, values[0])
    if len(values) == 2:
        for one, other in (values, values[::-1]):
            if exact_number(other) in (0, 1) and isinstance(one, Amount | Unknown | Duration):
                return one
    return mixed(*values)


def _quiet(context: Context, node: ast.Call) -> Value:
    before = len(context.loops)
    values = [context.evaluate(argument) for argument in node.args]
    if isinstance(node.func, ast.Name) and node.func.id in ("chr", "bytes", "bytearray"):
        note_parts(context, before)
        parts = [v.state.element for v in values if isinstance(v, Collection)]
        for value in (*values, *parts):
            if isinstance(value, Index) and value.of:
                reason = f"`{ast.unparse(node)}` runs through a fixed set of values"
                context.hazard("CHM411", value.of, reason, node)
    values += [context.evaluate(keyword.value) for keyword in node.keywords]
    return mixed(*values)


def _rounded(context: Context, node: ast.Call) -> Value:
    """`int(x)` and `round(x)` of a whole amount are that amount."""
    values = [context.evaluate(argument) for argument in node.args]
    if values and isinstance(values[0], Duration | Summary | Rate):
        return values[0]
    if len(values) == 1 and isinstance(values[0], Amount):
        whole = all(term.coefficient.denominator == 1 for term in values[0].terms)
        if whole:
            return values[0]
    if node.args and isinstance(values[0], Literal) and isinstance(values[0].value, float):
        return Unknown()
    return mixed(*values)


def _judged(context: Context, node: ast.Call) -> Value:
    """`any` and `all` over the trials."""
    values = [context.evaluate(argument) for argument in node.args]
    if not values:
        return Unknown()
    element = values[0].state.element if isinstance(values[0], Collection) else None
    kind = element.kind if isinstance(element, Condition) else GuardKind.OUTCOME
    existence = isinstance(node.func, ast.Name) and node.func.id == "any"
    extreme = isinstance(element, Condition) and element.extreme
    deps = depends_on(values) | (element.deps if isinstance(element, Condition) else NO_SYMBOLS)
    foreign = not isinstance(values[0], Collection) or values[0].size is None
    return Condition(kind, None, deps, existence, extreme=extreme, untraced=foreign)


def _next(context: Context, node: ast.Call) -> Value:
    """`next(answers)` takes one; from data of a fixed length they run out."""
    value = context.evaluate(node.args[0]) if node.args else Unknown()
    if not isinstance(value, Collection):
        return mixed(value)
    open_loops = [frame for frame in context.since(value.state.birth) if frame.loop]
    if value.state.fixed and open_loops:
        symbols = frozenset().union(*(frame.symbols for frame in open_loops))
        reason = f"`{ast.unparse(node)}` takes from data of a fixed length"
        context.hazard("CHM411", symbols, reason, node)
    return value.state.element or Unknown(value.deps)


def _range_value(context: Context, node: ast.Call) -> Value:
    count, element, depends = iteration_of(context, node)
    state = CollectionState(count, context.open_ids, element, fixed=True)
    if count is None:
        state.taint = depends
    return Collection("list", state)


def _enumerated(context: Context, node: ast.Call) -> Value:
    count, element, depends = iteration_of(context, node)
    state = CollectionState(count, context.open_ids, element)
    if count is None:
        state.taint = depends
    return Collection("list", state)


def _listed(context: Context, node: ast.Call) -> Value:
    """`list`, `tuple`, `sorted`, `set`, `dict` and `iter` of something, or of nothing."""
    name = node.func.id if isinstance(node.func, ast.Name) else "list"
    if not node.args:
        collection = empty_container(context, name if name in ("dict", "set") else "list")
        if name == "dict":
            collection.state.table = {}
            for keyword in node.keywords:
                value = context.evaluate(keyword.value)
                if keyword.arg is not None:
                    collection.state.table[keyword.arg] = value
                    collection.state.size = add(collection.state.size or number(0), ONE)
        return collection
    if name in ("set", "frozenset"):
        collection = empty_container(context, "set")
        fill_distinct(context, node.args[0], collection)
        return collection
    if name == "dict":
        value = context.evaluate(node.args[0])
        return value if isinstance(value, Collection) else mixed(value)
    return same_size(context, node, name)


def _map(context: Context, node: ast.Call) -> Value:
    if len(node.args) < 2:
        return Unknown()
    function = context.evaluate(node.args[0])
    if isinstance(function, Closure):
        return mapped(context, node, function, node.args[1:], starred=False)
    count, _, depends = iteration_of(context, node.args[1])
    state = CollectionState(count, context.open_ids)
    if count is None:
        state.taint = depends
    return Collection("list", state)


BUILTINS: dict[str, Callable[[Context, ast.Call], Value]] = {
    **dict.fromkeys(IDLE, _quiet),
    "len": _len,
    "sum": _total,
    "max": _extreme,
    "min": _extreme,
    "any": _judged,
    "all": _judged,
    "next": _next,
    "iter": _listed,
    "range": _range_value,
    "enumerate": _enumerated,
    "zip": _enumerated,
    "list": _listed,
    "tuple": _listed,
    "sorted": _listed,
    "reversed": _listed,
    "set": _listed,
    "frozenset": _listed,
    "dict": _listed,
    "map": _map,
    "int": _rounded,
    "round": _rounded,
    "float": _rounded,
    "abs": _rounded,
}
