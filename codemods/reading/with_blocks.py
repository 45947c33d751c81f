"""`with`: expected exceptions, limits of time, sub-tests."""

from __future__ import annotations

import ast
import re

from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.assigning import assign
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.clocks import note_budget, time_guard
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.invoking import invoke
from chaos_migrate.codemods.reading.quantities import (
    Closure,
    Collection,
    Instance,
    Opaque,
    Unknown,
    awaited,
)
from chaos_migrate.codemods.trees import code_of, remembered, walk

# Context managers of a suite that fail if their block takes too long.
_LIMITS_TIME = re.compile(r"under|within|max_time|maxtime|faster|time_limit|duration|performance")


def run_with(context: Context, statement: ast.With | ast.AsyncWith) -> Flow:
    """`with`: its block, with what the manager means for the loops in it."""
    expected = False
    watching = len(context.watchers)
    for item in statement.items:
        value = awaited(context.evaluate(item.context_expr))
        text = code_of(item.context_expr)
        if _LIMITS_TIME.search(text.partition("(")[0].lower()):
            reason = f"`{text[:60]}` limits a time, and would stay"
            context.hazard("CHM404", frozenset(context.everywhere.symbols), reason, statement)
        if "subTest(" in text:
            reason = "each trial is a sub-test of its own"
            context.hazard("CHM411", context.open_symbols, reason, statement)
        if any(word in text for word in ("raises(", "assertRaises", "suppress(", "warns(")):
            expected = "warns(" not in text
        if "move_on_after(" in text or "move_on_at(" in text:
            expected = True
        if item.optional_vars is not None:
            if isinstance(value, Instance):
                value = _entered(context, value)
            if isinstance(value, Unknown) and not value.deps:
                value = context.opaque()
            if isinstance(value, Opaque) and not value.kind:
                context.watchers.append(value.taint)
            assign(context, item.optional_vars, value)
    if expected:
        before = len(context.loops)
        _note_limit(context, statement)
        names = [node.id for node in walk(*statement.body) if isinstance(node, ast.Name)]
        held = map(context.read, names)
        context.must_fail |= depends_on(each for each in held if isinstance(each, Collection))
        flow = run_block(context, statement.body)
        for frame in context.loops[before:]:
            if frame.guard is None:
                reason = "the loop stands in a block that is expected to end it early"
                context.hazard("CHM401", frame.symbols, reason, statement)
        del context.watchers[watching:]
        return None if isinstance(flow, Exit) else flow
    limits = [time_guard(item.context_expr) for item in statement.items]
    before = len(context.loops)
    flow = run_block(context, statement.body)
    ran = frozenset().union(*(frame.symbols for frame in context.loops[before:]))
    del context.watchers[watching:]
    for limit in limits:
        note_budget(context, limit, ran - context.open_symbols)
    return flow


def _note_limit(context: Context, statement: ast.With | ast.AsyncWith) -> None:
    """What the trials did, and what must fail after them, is one call: so many are allowed."""
    expected = frozenset().union(*(_calls(inner) for inner in statement.body))
    for frame in context.loops:
        shared = expected & _calls(frame.node) if frame.symbols else ()
        for code in sorted(shared)[:1]:
            reason = f"`{code}` must fail once the trials are done: so many are allowed"
            context.hazard("CHM408", frame.symbols, reason, statement)


@remembered
def _calls(node: ast.AST) -> frozenset[str]:
    """The calls of methods anywhere in a node, as they are written."""
    return frozenset(
        ast.unparse(call)
        for call in walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    )


def _entered(context: Context, value: Instance) -> Value:
    for name in ("__enter__", "__aenter__"):
        member = context.suite.member(value.source, value.cls, name)
        if member is not None and isinstance(member[1], ast.FunctionDef | ast.AsyncFunctionDef):
            return invoke(context, Closure(member[1], member[0], None, (value,)), [], {})
    return value
