"""The fixtures that a test's parameters stand for, as far as they are in sight."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import code_of, remembered, statements, walk

# Fixtures that ask for fixtures are followed as deep as this.
_MAX_DEPTH = 3


def fixtures_behind(
    test: Test, suite: Suite, name: str, depth: int = _MAX_DEPTH
) -> Iterator[tuple[Source, FunctionDef]]:
    """The fixture that gives a parameter its value, and those that it asks for in turn."""
    found = _fixture(test, suite, name)
    if found is None or not depth:
        return
    yield found
    for argument in found[1].args.args:
        if argument.arg not in ("self", "request", name):
            yield from fixtures_behind(test, suite, argument.arg, depth - 1)


def _fixture(test: Test, suite: Suite, name: str) -> tuple[Source, FunctionDef] | None:
    """As pytest looks for it: in the class, in the module, in the conftests from near to far."""
    if test.cls is not None and name in (own := _fixtures(test.cls)):
        return test.source, own[name]
    provided = (_provided(suite, source, name) for source in _in_reach(test, suite))
    return next(filter(None, provided), None)


def _in_reach(test: Test, suite: Suite) -> Iterator[Source]:
    """The test's module, the conftests above it, and the plugins that these name."""
    yield test.source
    for folder in test.source.path.absolute().parents:
        conftest = suite.load(folder / "conftest.py")
        if conftest is not None:
            yield conftest
            plugins = (suite.module(conftest, plugin) for plugin in _plugins(conftest.tree))
            yield from filter(None, plugins)


def _provided(suite: Suite, source: Source, name: str) -> tuple[Source, FunctionDef] | None:
    """A fixture that a module defines or imports."""
    if name in (own := _fixtures(source.tree)):
        return source, own[name]
    found = suite.find(source, name)
    if found is not None and isinstance(found.node, FunctionDef) and _is_fixture(found.node):
        return found.source, found.node
    return None


@remembered
def _plugins(conftest: ast.Module) -> list[str]:
    """The modules of `pytest_plugins = ["tests.fixtures"]`, which may give fixtures as well."""
    return [
        constant.value
        for statement in statements(conftest.body)
        if isinstance(statement, ast.Assign) and code_of(statement.targets[0]) == "pytest_plugins"
        for constant in walk(statement.value)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    ]


def automatic_fixtures(test: Test) -> Iterator[FunctionDef]:
    """The fixtures of its class and module that a test gets without asking for them."""
    for holder in (test.cls, test.source.tree):
        for fixture in _fixtures(holder).values() if holder is not None else ():
            calls = [d for d in fixture.decorator_list if isinstance(d, ast.Call)]
            if any(keyword.arg == "autouse" for call in calls for keyword in call.keywords):
                yield fixture


@remembered
def _fixtures(holder: ast.Module | ast.ClassDef) -> dict[str, FunctionDef]:
    """The fixtures defined directly in a module or a class, by the names they are asked for."""
    functions = [s for s in holder.body if isinstance(s, FunctionDef) and _is_fixture(s)]
    return {_asked_for(function) or function.name: function for function in functions}


def _is_fixture(function: FunctionDef) -> bool:
    return any(map(_makes_fixture, function.decorator_list))


def _makes_fixture(decorator: ast.expr) -> bool:
    """`@pytest.fixture`, `@pytest_asyncio.fixture(...)` and the like."""
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return code_of(made).rpartition(".")[2] == "fixture"


def _asked_for(function: FunctionDef) -> str | None:
    """The name given in `@pytest.fixture(name="...")`."""
    for decorator in filter(_makes_fixture, function.decorator_list):
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return None
