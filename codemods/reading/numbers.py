"""Literal numbers: each place in the text is a symbol of its own."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.adaptive import adaptive_count, adaptive_method
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Value, number, of_symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.quantities import Literal

# Smaller numbers are structure ("both", "none", "the next"), never load.
SMALLEST_SYMBOL = 3


def symbol_of(context: Context, node: ast.expr, value: int, offset: int = 0) -> Symbol:
    """The symbol of a literal: one for each place in the text."""
    known = context.symbols.get(node)
    if known is None:
        scope = context.scope
        known = Symbol(node, value, scope.source, scope.owner, offset)
        context.symbols[node] = known
    return known


def read_constant(context: Context, node: ast.Constant) -> Value:
    """A number that may be load is a symbol; other constants are what they are."""
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        if value >= SMALLEST_SYMBOL:
            return of_symbol(symbol_of(context, node, value))
        return number(value)
    return Literal(value, node)


def adaptive_value(context: Context, node: ast.expr) -> Value | None:
    """A count that is adaptive already: a symbol with the code that gives it; None for others."""
    base = adaptive_count(node)
    if base is None:
        base = _scaled_constant(context, node)
    if base is None:
        return None
    known = context.symbols.get(node)
    if known is None:
        scope = context.scope
        known = Symbol(node, base, scope.source, scope.owner, expression=ast.unparse(node))
        context.symbols[node] = known
    return of_symbol(known)


def _scaled_constant(context: Context, node: ast.expr) -> int | None:
    """The base of `chaos_config.scaled(NUM_THREADS)`: a constant of the module or class."""
    if adaptive_method(node) != "scaled" or not isinstance(node, ast.Call) or not node.args:
        return None
    base = context.evaluate(node.args[0])
    return base.symbol.value if isinstance(base, Amount) and base.symbol is not None else None
