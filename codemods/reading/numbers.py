"""Literal numbers: each place in the text is a symbol of its own."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.adaptive import adaptive_count
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

    def named(name: ast.expr) -> int | None:
        value = context.evaluate(name)
        symbol = value.symbol if isinstance(value, Amount) else None
        return None if symbol is None or symbol.adaptive else symbol.value

    base = adaptive_count(node, named)
    if base is None:
        return None
    known = context.symbols.get(node)
    if known is None:
        scope = context.scope
        known = Symbol(node, base, scope.source, scope.owner, expression=ast.unparse(node))
        context.symbols[node] = known
    return of_symbol(known)
