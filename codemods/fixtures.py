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
    for asked in _asked_for(found[1]):
        if asked != name:
            yield from fixtures_behind(test, suite, asked, depth - 1)


def _fixture(test: Test, suite: Suite, name: str) -> tuple[Source, FunctionDef] | None:
    """As pytest looks for it: in the class, in the module, in the conftests from near to far."""
    found, key = _found(suite), (test.cls or test.source.tree, name)
    if key not in found:
        found[key] = _looked_up(test, suite, name)
    return found[key]


def _looked_up(test: Test, suite: Suite, name: str) -> tuple[Source, FunctionDef] | None:
    for source, cls in suite.bases(test.source, test.cls) if test.cls is not None else ():
        if name in (own := _fixtures(cls)):
            return source, own[name]
    provided = (_provided(suite, source, name) for source in _in_reach(test.source, suite))
    return next(filter(None, provided), None)


def _in_reach(module: Source, suite: Suite) -> list[Source]:
    """A test module, the conftests above it, and the plugins that these name."""
    reach = _reach(suite)
    if module not in reach:
        conftests = (suite.load(up / "conftest.py") for up in module.path.absolute().parents)
        reach[module] = []
        for source in filter(None, (module, *conftests)):
            plugins = (suite.module(source, name) for name in _plugins(source.tree))
            reach[module] += [source, *filter(None, plugins)]
    return reach[module]


@remembered
def _found(_suite: Suite) -> dict[tuple[ast.AST, str], tuple[Source, FunctionDef] | None]:
    """What has been looked up already."""
    return {}


@remembered
def _reach(_suite: Suite) -> dict[Source, list[Source]]:
    """Where fixtures come from, for the modules asked for already."""
    return {}


def _provided(
    suite: Suite, source: Source, name: str, depth: int = _MAX_DEPTH
) -> tuple[Source, FunctionDef] | None:
    """A fixture that a module defines or imports."""
    if name in (own := _fixtures(source.tree)):
        return source, own[name]
    found = suite.find(source, name)
    if found is not None and isinstance(found.node, FunctionDef) and _is_fixture(found.node):
        return found.source, found.node
    modules = (suite.module(source, each) for each in _imported_whole(source.tree))
    wholes = (_provided(suite, each, name, depth - 1) for each in modules if each and depth)
    return next(filter(None, wholes), None)


@remembered
def _imported_whole(module: ast.Module) -> list[str]:
    """The modules of `from x import *`."""
    return [
        "." * statement.level + (statement.module or "")
        for statement in module.body
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"
    ]


@remembered
def _plugins(module: ast.Module) -> list[str]:
    """The modules of `pytest_plugins = ["tests.fixtures"]`, which may give fixtures as well."""
    return [
        constant.value
        for statement in statements(module.body)
        if isinstance(statement, ast.Assign) and code_of(statement.targets[0]) == "pytest_plugins"
        for constant in walk(statement.value)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    ]


def automatic_fixtures(test: Test, suite: Suite) -> Iterator[tuple[Source, FunctionDef]]:
    """The fixtures that a test gets without asking for them, and those that they ask for."""
    classes = suite.bases(test.source, test.cls) if test.cls is not None else ()
    holders: list[tuple[Source, ast.Module | ast.ClassDef]] = [*classes]
    holders += [(source, source.tree) for source in _in_reach(test.source, suite)]
    for source, holder in holders:
        for fixture in filter(_is_automatic, _fixtures(holder).values()):
            yield source, fixture
            for name in _asked_for(fixture):
                yield from fixtures_behind(test, suite, name)


def _is_automatic(fixture: FunctionDef) -> bool:
    return any(
        keyword.arg == "autouse" and code_of(keyword.value) != "False"
        for decorator in fixture.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


def _asked_for(fixture: FunctionDef) -> list[str]:
    """The fixtures that a fixture asks for."""
    arguments = (*fixture.args.args, *fixture.args.kwonlyargs)
    return [each.arg for each in arguments if each.arg not in ("self", "request")]


@remembered
def _fixtures(holder: ast.Module | ast.ClassDef) -> dict[str, FunctionDef]:
    """The fixtures defined directly in a module or a class, by the names they are asked for."""
    functions = [s for s in holder.body if isinstance(s, FunctionDef) and _is_fixture(s)]
    return {_given_name(function) or function.name: function for function in functions}


def _is_fixture(function: FunctionDef) -> bool:
    return any(map(_makes_fixture, function.decorator_list))


def _makes_fixture(decorator: ast.expr) -> bool:
    """`@pytest.fixture`, `@pytest_asyncio.fixture(...)` and the like."""
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return code_of(made).rpartition(".")[2] == "fixture"


def _given_name(function: FunctionDef) -> str | None:
    """The name given in `@pytest.fixture(name="...")`."""
    for decorator in filter(_makes_fixture, function.decorator_list):
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return None
