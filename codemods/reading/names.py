"""Names: local ones, and what the suite or an import binds to a global one."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Symbol, Value, number, of_symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL
from chaos_migrate.codemods.reading.quantities import (
    ClassReference,
    Closure,
    Collection,
    CollectionState,
    Foreign,
    Literal,
)
from chaos_migrate.codemods.source import Source


def read_name(context: Context, node: ast.Name) -> Value:
    """A name: local, closed over, or global."""
    local = context.read(node.id)
    if local is not None:
        return local
    return global_value(context, context.scope.source, node.id)


def global_value(context: Context, source: Source, name: str) -> Value:
    """What a global name of a module stands for."""
    found = context.suite.find(source, name)
    if found is None:
        return Foreign(name)
    if found.node is None:
        return Foreign(found.dotted)
    if isinstance(found.node, ast.ClassDef):
        return ClassReference(found.node, found.source)
    if isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Closure(found.node, found.source, None)
    return constant_value(context, found.source, found.node, found.source.tree, name)


def constant_value(
    context: Context, source: Source, node: ast.expr, owner: ast.AST, name: str
) -> Value:
    """The value of a module's or class's constant; anything that is not plain is opaque."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool):
            if value < SMALLEST_SYMBOL:
                return number(value)
            known = context.symbols.get(node)
            if known is None:
                known = context.symbols[node] = Symbol(node, value, source, owner)
            context.names.setdefault(known, name)
            readers = context.constant_readers.setdefault(known, set())
            readers.add(context.scope.owner)
            return of_symbol(known)
        return Literal(value, node)
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        size = len(node.keys) if isinstance(node, ast.Dict) else len(node.elts)
        kind = type(node).__name__.lower()
        return Collection(kind, CollectionState(number(size), (), fixed=True))
    return _global_object(context, node)


def _global_object(context: Context, node: ast.expr) -> Value:
    opaque = context.globals.get(node)
    if opaque is None:
        opaque = context.globals[node] = context.opaque()
    return opaque
