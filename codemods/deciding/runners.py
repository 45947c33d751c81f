"""What runs a test and would stay: time limits around all of it, and benchmarks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import remembered

MEASURED = "a benchmark measures it: other counts could not be compared with what was measured"
_LIMITS = {"wait_for", "timeout", "timeout_after", "fail_after", "move_on_after", "alarm"}


def measured(test: Test) -> bool:
    """Whether a benchmark fixture times what the test does."""
    arguments = test.node.args
    named = (a.arg for a in (*arguments.args, *arguments.kwonlyargs))
    return any(name == "benchmark" or name.endswith("_benchmark") for name in named)


def timed_out(group: Group, context: Context) -> Refused | None:
    """A mark or a decorator of the test ends it after a fixed time, however many trials it has."""
    for decorator in _decorators(context.test):
        if _limits_time(decorator, context.test.source, context.suite):
            reason = f"`@{ast.unparse(decorator)}` limits the time of all trials, and would stay"
            return Refused("CHM408", reason, decorator)
    return None


def _decorators(test: Test) -> Iterator[ast.expr]:
    """The decorators of a test and its class, and the marks of the class and the module."""
    yield from test.node.decorator_list
    yield from _marks(test.source.tree)
    if test.cls is not None:
        yield from test.cls.decorator_list
        yield from _marks(test.cls)


@remembered
def _marks(holder: ast.Module | ast.ClassDef) -> list[ast.expr]:
    """The marks that a module or a class gives to all its tests."""
    found: list[ast.expr] = []
    for statement in holder.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark"
            for target in statement.targets
        ):
            marks = statement.value
            found += marks.elts if isinstance(marks, ast.List | ast.Tuple) else [marks]
    return found


def _limits_time(decorator: ast.expr, source: Source, suite: Suite) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    function = call.func if call else decorator
    if ast.unparse(function).endswith("mark.timeout"):
        return call is not None and any(_is_limit(argument) for argument in _arguments(call))
    if call and any(k.arg == "timeout" and _is_limit(k.value) for k in call.keywords):
        return True
    found = suite.find(source, ast.unparse(function)) if isinstance(function, ast.Name) else None
    if found is None or not isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    called = (node.func for node in ast.walk(found.node) if isinstance(node, ast.Call))
    return any(ast.unparse(one).rpartition(".")[2] in _LIMITS for one in called)


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _is_limit(node: ast.expr) -> bool:
    """Whether an argument is a time that limits anything: 0 and None do not."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value > 0
