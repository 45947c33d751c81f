"""Trials that write one record of a server at the same time.

Servers let only so many wait for a record, and turn the others away. The limit is theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.said import asked_for
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.fixtures import fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import last_name, remembered, walk

# Methods of a client that write the record that their first argument names.
_WRITES = {"increment", "incr", "incrby", "decr", "put", "upsert", "operate"}


def contending(group: Group, context: Context) -> Refused | None:
    """Trials at the same time write a record that all of them share."""
    loops = [frame.node for c in group.counts if c.concurrent for frame in c.frames]
    if group.adaptive or not loops:
        return None
    clients = frozenset(_clients(context.test, context.suite))
    for trial in _trials(loops, context.test.node) if clients else ():
        for call in _shared_writes(trial, clients):
            record = ast.unparse(call.args[0])
            reason = f"all trials write `{record}` of a server: how many may wait is not seen"
            return Refused("CHM408", reason, call)
    return None


def _clients(test: Test, suite: Suite) -> Iterator[str]:
    """The parameters of a test whose fixtures give what is connected to something."""
    for name in asked_for(test):
        _, fixture = next(fixtures_behind(test, suite, name), (None, None))
        if fixture is not None and _gives_connected(fixture):
            yield name


@remembered
def _gives_connected(fixture: FunctionDef) -> bool:
    """`c = client(...).connect(); yield c`, or `await c.connect(); return c`."""
    nodes = walk(fixture)
    given = {
        node.value.id
        for node in nodes
        if isinstance(node, ast.Yield | ast.Return) and isinstance(node.value, ast.Name)
    }
    connects = [n for n in nodes if isinstance(n, ast.Call) and last_name(n.func) == "connect"]
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=made) if name in given:
                if any(call in connects for call in walk(made)):
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if node in connects:
                if name in given:
                    return True
            case ast.Yield(value=ast.expr() as made) | ast.Return(value=ast.expr() as made):
                if any(call in connects for call in walk(made)):
                    return True
    return False


def _trials(loops: list[ast.AST], test: FunctionDef) -> Iterator[ast.AST]:
    """What runs in each trial: the loops themselves, and the workers that they name."""
    named = {node.id for node in walk(*loops) if isinstance(node, ast.Name)}
    yield from loops
    for node in walk(*test.body):
        if isinstance(node, FunctionDef) and node.name in named:
            yield node


def _shared_writes(trial: ast.AST, clients: frozenset[str]) -> Iterator[ast.Call]:
    """The writes of a trial to records that are named outside of it."""
    nodes = walk(trial)
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=client), attr=method),
                args=[ast.Name() | ast.Constant() as record, *_],
            ) if client in clients and method in _WRITES:
                if not isinstance(record, ast.Name) or record.id not in own:
                    yield node
