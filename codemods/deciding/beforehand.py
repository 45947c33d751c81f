"""What runs before a test and reads the same constant, or prepares as much: it would stay."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from chaos_migrate.codemods.deciding.coincidences import NO_COINCIDENCE
from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.said import asked_for
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.fixtures import automatic_fixtures, fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import code_of, remembered, walk

# What unittest and pytest run before a test, or after it.
_SETUPS = {
    "setUp", "asyncSetUp", "setUpClass", "setUpModule", "setup", "setup_method", "setup_class",
    "setup_module", "setup_function", "tearDown", "asyncTearDown", "teardown_method",
}  # fmt: skip
# Helpers that a set-up calls are followed as deep as this.
_MAX_DEPTH = 2


def used_beforehand(group: Group, context: Context) -> Refused | None:
    """A number that a fixture, a set-up or another constant has made something of already."""
    for symbol in group.symbols:
        elsewhere = not context.test.holds(symbol.node)
        name = context.names.get(symbol, "") if elsewhere else ""
        if symbol.adaptive or (not name and symbol.value < NO_COINCIDENCE):
            continue
        for reader in _readers(context):
            if name in _names_read(reader) and symbol.node not in walk(reader):
                what = _called(reader)
                reason = f"`{name}` is also read by `{what}`, which would keep the author's number"
                return Refused("CHM405", reason, symbol.node)
            if symbol.value >= NO_COINCIDENCE and symbol.value in _prepared(reader):
                reason = f"`{_called(reader)}` prepares as many of something, and would stay"
                return Refused("CHM411", reason, symbol.node)
    return None


@remembered
def _readers(context: Context) -> list[ast.stmt]:
    """What runs before a test: set-ups, fixtures and their helpers, the rest of its module."""
    test, suite = context.test, context.suite
    classes = suite.bases(test.source, test.cls) if test.cls is not None else ()
    holders: list[tuple[Source, ast.Module | ast.ClassDef]] = [*classes]
    holders += [(s, s.tree) for s in {test.source: None} | {s: None for s, _ in classes}]
    behind = (fixtures_behind(test, suite, name) for name in asked_for(test))
    given = [*itertools.chain(*behind, automatic_fixtures(test, suite))]
    found: dict[ast.stmt, None] = {}
    for source, holder in holders:
        plain, setups = _run_before(holder)
        found |= dict.fromkeys(plain)
        given += [(source, setup) for setup in setups]
    for source, function in given:
        found |= dict.fromkeys(_with_helpers(test, suite, source, function, _MAX_DEPTH))
    return list(found)


@remembered
def _run_before(
    holder: ast.Module | ast.ClassDef,
) -> tuple[list[ast.stmt], list[FunctionDef]]:
    """What a module or a class binds, and its set-ups."""
    plain: list[ast.stmt] = [
        s for s in holder.body if isinstance(s, ast.Assign | ast.AnnAssign | ast.For)
    ]
    functions = [s for s in holder.body if isinstance(s, FunctionDef)]
    return plain, [function for function in functions if function.name in _SETUPS]


def _with_helpers(
    test: Test, suite: Suite, source: Source, function: FunctionDef, depth: int
) -> Iterator[FunctionDef]:
    """A function, and the functions of the suite that it calls."""
    yield function
    for called in _callees(function) if depth else ():
        where, helper = _definition(test, suite, source, called)
        if isinstance(helper, FunctionDef) and helper is not function:
            yield from _with_helpers(test, suite, where, helper, depth - 1)


@remembered
def _callees(function: FunctionDef) -> list[ast.expr]:
    return [node.func for node in walk(function) if isinstance(node, ast.Call)]


def _definition(
    test: Test, suite: Suite, source: Source, function: ast.expr
) -> tuple[Source, ast.AST | None]:
    """What is called: a function of the module, or a method of the test's class."""
    if isinstance(function, ast.Name):
        found = suite.find(source, function.id)
        return (found.source, found.node) if found is not None else (source, None)
    if (
        isinstance(function, ast.Attribute)
        and code_of(function.value) in ("self", "cls")
        and test.cls is not None
    ):
        return suite.member(test.source, test.cls, function.attr) or (source, None)
    return source, None


@remembered
def _prepared(reader: ast.stmt) -> frozenset[int]:
    """How many a function may make: `range(20)`, `db.fill(20)`, `rows = 20; range(rows)`."""
    if not isinstance(reader, FunctionDef):
        return frozenset()
    nodes = walk(*reader.body)
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    stops = [stop for call in calls if code_of(call.func) == "range" for stop in call.args[-1:]]
    names = {code_of(stop) for stop in stops}
    given = [n.value for n in nodes if isinstance(n, ast.Assign) and code_of(n.targets[0]) in names]
    for node in nodes:
        command = node.value if isinstance(node, ast.Expr) else None
        given += command.args if isinstance(command, ast.Call) else ()
    values = (node.value for node in (*stops, *given) if isinstance(node, ast.Constant))
    return frozenset(value for value in values if type(value) is int)


def _called(reader: ast.stmt) -> str:
    """The name of a function, or the first line of another statement."""
    return reader.name if isinstance(reader, FunctionDef) else ast.unparse(reader).split("\n")[0]


@remembered
def _names_read(node: ast.AST) -> frozenset[str]:
    """The names that it reads, of attributes too: `N`, and `N` of `self.N`."""
    nodes = walk(node)
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return frozenset(names | {n.attr for n in nodes if isinstance(n, ast.Attribute)})
