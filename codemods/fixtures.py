"""The fixtures that a test's parameters stand for, as far as they are in sight."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import code_of, remembered

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
    if name in (own := _fixtures(test.source.tree)):
        return test.source, own[name]
    for folder in test.source.path.absolute().parents:
        conftest = suite.load(folder / "conftest.py")
        if conftest is not None and name in (own := _fixtures(conftest.tree)):
            return conftest, own[name]
    return None


@remembered
def _fixtures(holder: ast.Module | ast.ClassDef) -> dict[str, FunctionDef]:
    """The fixtures defined directly in a module or a class, by the names they are asked for."""
    found: dict[str, FunctionDef] = {}
    for statement in holder.body:
        if isinstance(statement, FunctionDef):
            for decorator in statement.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                function = call.func if call else decorator
                if code_of(function).rpartition(".")[2] == "fixture":
                    found[_asked_for(call) or statement.name] = statement
    return found


def _asked_for(call: ast.Call | None) -> str | None:
    """The name given in `@pytest.fixture(name="...")`."""
    for keyword in call.keywords if call else ():
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None
