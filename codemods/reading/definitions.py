"""Definitions and imports inside a function."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Flow
from chaos_migrate.codemods.reading.opaque import hand_to
from chaos_migrate.codemods.reading.quantities import (
    ClassReference,
    Closure,
    Foreign,
)


def run_function_definition(context: Context, statement: FunctionDef) -> Flow:
    """`def`: a function that closes over the names around it."""
    scope = context.scope
    function = Closure(statement, scope.source, scope)
    context.bind(statement.name, function)
    for decorator in statement.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            hand_to(context, context.evaluate(decorator.func.value), function)
    return None


def run_class_definition(context: Context, statement: ast.ClassDef) -> Flow:
    """`class`: its body is read when a member is asked for."""
    context.bind(statement.name, ClassReference(statement, context.scope.source))
    return None


def run_import(context: Context, statement: ast.Import | ast.ImportFrom) -> Flow:
    """`import` inside of a function."""
    module = statement.module if isinstance(statement, ast.ImportFrom) else None
    for alias in statement.names:
        name = alias.asname or alias.name.partition(".")[0]
        dotted = f"{module}.{alias.name}" if module else alias.name
        context.bind(name, Foreign(dotted))
    return None


def run_nonlocal(context: Context, statement: ast.Nonlocal) -> Flow:
    """`nonlocal`: the names are bound further out."""
    context.scope.elsewhere.update(statement.names)
    return None
