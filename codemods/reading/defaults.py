"""Capacities that nobody wrote in the test: defaults of what it makes, settings of its fixtures."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.fixtures import fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Policy
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL
from chaos_migrate.codemods.reading.quantities import Taint
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.trees import code_of, last_name, remembered, walk

Setting = tuple[str, ast.expr]


def note_defaults(context: Context, node: ast.Call, dotted: str, made: Taint) -> None:
    """What the constructor of a class under test takes where this call gives nothing."""
    cls = context.suite.class_under_test(context.scope.source, dotted)
    if cls is not None:
        shared = not context.open_symbols
        _note(context, cls.name, _not_given(cls, node), context.scope.source, made, shared)


def maker(context: Context, node: ast.Call) -> str:
    """The full name of a class under test that makes an object of itself: `Pool.from_url(...)`."""
    if not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Name):
        return ""
    source = context.scope.source
    found = context.suite.find(source, node.func.value.id)
    if found is None or found.node is not None:
        return ""
    cls = context.suite.class_under_test(source, found.dotted)
    made = cls is not None and node.func.attr in _class_methods(cls)
    return found.dotted if made else ""


@remembered
def _class_methods(cls: ast.ClassDef) -> frozenset[str]:
    return frozenset(
        statement.name
        for statement in cls.body
        if isinstance(statement, FunctionDef)
        and any(code_of(decorator) == "classmethod" for decorator in statement.decorator_list)
    )


def note_fixture(context: Context, name: str, made: Taint) -> None:
    """What the fixture behind a parameter gives to the objects that it makes."""
    for source, fixture in fixtures_behind(context.test, context.suite, name):
        for call in _calls(fixture):
            settings = [("", argument) for argument in call.args]
            settings += [(keyword.arg or "", keyword.value) for keyword in call.keywords]
            callee = code_of(call.func)
            _note(context, callee, settings, source, made)
            found = context.suite.find(source, callee)
            cls = found.node if found is not None else None
            if found is not None and found.node is None:
                cls = context.suite.class_under_test(source, found.dotted)
            if isinstance(cls, ast.ClassDef):
                _note(context, callee, _not_given(cls, call), source, made)
                context.note_tested(source, callee, made)


def _note(
    context: Context,
    callee: str,
    settings: list[Setting],
    source: Source,
    made: Taint,
    shared: bool = True,
) -> None:
    for name, value in settings:
        number = value.value if isinstance(value, ast.Constant) else None
        if type(number) is int and number >= SMALLEST_SYMBOL:
            symbol = Symbol(value, number, source, None)
            context.policies.append(Policy(symbol, callee, name, shared, made=made))


def _not_given(cls: ast.ClassDef, call: ast.Call) -> list[Setting]:
    given = {keyword.arg for keyword in call.keywords}
    direct = last_name(call.func) == cls.name  # else the arguments are those of another method
    settings = _parameters(cls)[len(call.args) if direct else 0 :]
    return [(name, default) for name, default in settings if default and name not in given]


@remembered
def _parameters(cls: ast.ClassDef) -> list[tuple[str, ast.expr | None]]:
    """The parameters of a class in order, with their defaults: of `__init__`, or its fields."""
    for statement in cls.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return list(_of_init(statement.args))
    fields = (statement for statement in cls.body if isinstance(statement, ast.AnnAssign))
    return [
        (field.target.id, field.value) for field in fields if isinstance(field.target, ast.Name)
    ]


def _of_init(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr | None]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    defaults = [*[None] * without, *arguments.defaults]
    for argument, default in list(zip(positional, defaults, strict=True))[1:]:
        yield argument.arg, default
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument.arg, default


@remembered
def _calls(function: FunctionDef) -> list[ast.Call]:
    return [node for node in walk(function) if isinstance(node, ast.Call)]
