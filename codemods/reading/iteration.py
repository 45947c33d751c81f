"""How often a loop runs, and what its variable is."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    Amount,
    Symbol,
    Value,
    add,
    depends_on,
    number,
    of_symbol,
)
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL, symbol_of
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    CollectionState,
    Index,
    Opaque,
    Unknown,
    awaited,
    exact_number,
)
from chaos_migrate.codemods.reading.rounds import in_turn


def iteration_of(
    context: Context, node: ast.expr
) -> tuple[Amount | None, Value, frozenset[Symbol]]:
    """How often `for x in node` runs, what x is, and what the number depends on."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = node.func.id
        if name == "range":
            return _range(context, node)
        if name == "enumerate" and node.args:
            count, element, depends = iteration_of(context, node.args[0])
            of = count.deps if count is not None else depends
            pair = pair_of(context, Index(of), element)
            return count, pair, depends
        if name == "zip" and node.args:
            parts = [iteration_of(context, argument) for argument in node.args]
            count, _, depends = next((p for p in parts if p[0] is not None), parts[0])
            sizes = {part[2] if part[0] is None else part[0].deps for part in parts}
            if len(sizes) > 1:
                reason = f"`{ast.unparse(node)}` runs beside data of another length"
                context.hazard("CHM411", frozenset().union(*sizes), reason, node)
            return count, pair_of(context, *(part[1] for part in parts)), depends
        if name in ("reversed", "iter", "tqdm", "sorted", "list", "tuple") and node.args:
            return iteration_of(context, node.args[0])
    value = awaited(context.evaluate(node))
    if isinstance(value, Collection):
        item = in_turn(context, value) or value.state.element
        if value.size is None or value.state.taint:
            return None, item or Unknown(value.deps), value.deps
        return value.size, item or Unknown(), value.deps
    return None, mixed(value) if not isinstance(value, Opaque) else value, value.deps


def _range(context: Context, node: ast.Call) -> tuple[Amount | None, Value, frozenset[Symbol]]:
    arguments = node.args
    if not arguments or node.keywords:
        return None, Unknown(), NO_SYMBOLS
    if len(arguments) == 1:
        stop = context.evaluate(arguments[0])
        return _ranged(stop)
    start = context.evaluate(arguments[0])
    first = exact_number(start)
    stop_node = arguments[1]
    if len(arguments) == 3:
        step = context.evaluate(arguments[2])
        stop = context.evaluate(stop_node)
        depends = depends_on([start, stop, step])
        if exact_number(step) != 1:
            reason = f"`{ast.unparse(node)}` goes in fixed steps"
            context.hazard("CHM409", depends, reason, node)
            return None, Unknown(index=depends), depends
    if first == 0:
        return _ranged(context.evaluate(stop_node))
    last = stop_node.value if isinstance(stop_node, ast.Constant) else None
    if first in (1, 2) and isinstance(last, int) and last - first >= SMALLEST_SYMBOL:
        offset = int(first)
        symbol = symbol_of(context, stop_node, last - offset, offset)
        return of_symbol(symbol), Index(frozenset({symbol})), NO_SYMBOLS
    stop = context.evaluate(stop_node)
    if isinstance(stop, Amount) and isinstance(start, Amount):
        if start.deps:
            reason = f"`{ast.unparse(node)}` runs between two fixed places"
            context.hazard("CHM411", start.deps | stop.deps, reason, node)
        return _ranged(add(stop, start, -1))
    return _ranged(mixed(start, stop))


def _ranged(stop: Value) -> tuple[Amount | None, Value, frozenset[Symbol]]:
    if isinstance(stop, Amount):
        return stop, Index(stop.deps), stop.deps
    return None, Index(stop.deps), stop.deps


def pair_of(context: Context, *values: Value) -> Value:
    """A tuple of these values."""
    state = CollectionState(
        number(len(values)), context.open_ids, fixed=True, table=dict(enumerate(values))
    )
    return Collection("list", state)
