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
from chaos_migrate.codemods.trees import last_name, walk

# Methods of a client that write the record that their first argument names.
_WRITES = {"increment", "incr", "incrby", "inc", "decr", "put", "update", "upsert", "operate"}
_TRIALS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ListComp | ast.GeneratorExp


def contending(group: Group, context: Context) -> Refused | None:
    """Trials at the same time write a record that all of them share."""
    if group.adaptive or not any(count.concurrent for count in group.counts):
        return None
    clients = frozenset(_clients(context.test, context.suite))
    for call in _shared_writes(context.test.node, clients) if clients else ():
        record = ast.unparse(call.args[0])
        reason = f"all trials write `{record}` of a server: how many may wait for it is not seen"
        return Refused("CHM408", reason, call)
    return None


def _clients(test: Test, suite: Suite) -> Iterator[str]:
    """The parameters of a test whose fixtures connect to something."""
    for name in asked_for(test):
        for _, fixture in fixtures_behind(test, suite, name):
            calls = (node.func for node in walk(fixture) if isinstance(node, ast.Call))
            if any(last_name(function) == "connect" for function in calls):
                yield name


def _shared_writes(test: FunctionDef, clients: frozenset[str]) -> Iterator[ast.Call]:
    """The writes of trials to records that are named outside of them."""
    for trial in walk(*test.body):
        if not isinstance(trial, _TRIALS):
            continue
        nodes = walk(trial)
        stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        own = stored | {node.arg for node in nodes if isinstance(node, ast.arg)}
        for node in nodes:
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=client), attr=method),
                    args=[ast.Name(id=record), *_],
                ) if client in clients and method in _WRITES and record not in own:
                    yield node
