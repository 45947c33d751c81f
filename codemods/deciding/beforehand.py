"""What runs before a test and reads the same constant, or prepares as much: it would stay."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.said import asked_for
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.fixtures import automatic_fixtures, fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import code_of, remembered, walk

# What unittest and pytest run before a test.
_SETUPS = {
    "setUp", "asyncSetUp", "setUpClass", "setUpModule", "setup", "setup_method", "setup_class",
    "setup_module", "setup_function",
}  # fmt: skip
# From here on two equal numbers are no coincidence.
_NO_COINCIDENCE = 10


def used_beforehand(group: Group, context: Context) -> Refused | None:
    """A number that a fixture, a set-up or another constant has made something of already."""
    for symbol in group.symbols:
        if symbol.adaptive:
            continue
        elsewhere = not context.test.holds(symbol.node)
        name = context.names.get(symbol, "") if elsewhere else ""
        for reader in _before(context.test, context.suite):
            if name in _names_read(reader) and symbol.node not in walk(reader):
                what = _called(reader)
                reason = f"`{name}` is also read by `{what}`, which would keep the author's number"
                return Refused("CHM405", reason, symbol.node)
            if symbol.value >= _NO_COINCIDENCE and symbol.value in _ranges(reader):
                reason = (
                    f"`{_called(reader)}` prepares {symbol.value} of something, which would stay"
                )
                return Refused("CHM411", reason, symbol.node)
    return None


def _before(test: Test, suite: Suite) -> Iterator[ast.stmt]:
    """What runs before a test: set-ups, the fixtures that it gets, the rest of its module."""
    classes = suite.bases(test.source, test.cls) if test.cls is not None else ()
    modules = {test.source, *(source for source, _ in classes)}
    bodies = [cls.body for _, cls in classes] + [source.tree.body for source in modules]
    for statement in itertools.chain(*bodies):
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.For):
            yield statement
        if isinstance(statement, FunctionDef) and statement.name in _SETUPS:
            yield statement
    for name in asked_for(test):
        yield from (fixture for _, fixture in fixtures_behind(test, suite, name))
    yield from automatic_fixtures(test)


@remembered
def _ranges(reader: ast.stmt) -> frozenset[int]:
    """How far the loops of a function go: `range(20)`; nothing of other statements."""
    if not isinstance(reader, FunctionDef):
        return frozenset()
    calls = [node for node in walk(reader) if isinstance(node, ast.Call)]
    stops = [n for call in calls if code_of(call.func) == "range" for n in call.args[-1:]]
    values = (n.value for n in stops if isinstance(n, ast.Constant))
    return frozenset(value for value in values if isinstance(value, int))


def _called(reader: ast.stmt) -> str:
    """The name of a function, or the first line of another statement."""
    return reader.name if isinstance(reader, FunctionDef) else ast.unparse(reader).split("\n")[0]


@remembered
def _names_read(node: ast.AST) -> frozenset[str]:
    """The names that it reads, of attributes too: `N`, and `N` of `self.N`."""
    nodes = walk(node)
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return frozenset(names | {n.attr for n in nodes if isinstance(n, ast.Attribute)})
