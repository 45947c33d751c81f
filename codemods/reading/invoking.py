"""Functions of the suite: they are read where they are called."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.merging import joined
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Closure,
    Literal,
    Scope,
    Unknown,
)
from chaos_migrate.codemods.reading.writes import written
from chaos_migrate.codemods.trees import remembered, walk

# Helpers are read as deep as this; deeper ones are opaque.
_MAX_DEPTH = 5
# Statements that one test may take; beyond, its helpers are opaque. A guard against explosions.
_MAX_STEPS = 5_000
Keywords = dict[str, Value]


def arguments_of(context: Context, node: ast.Call) -> tuple[list[Value], Keywords]:
    """The values of a call's arguments, by position and by keyword."""
    positional: list[Value] = [context.evaluate(argument) for argument in node.args]
    keywords = {k.arg or "**": context.evaluate(k.value) for k in node.keywords}
    return positional, keywords


def invoke(
    context: Context, closure: Closure, arguments: list[Value], keywords: dict[str, Value]
) -> Value:
    """Read the body of a function here, once, with its arguments bound."""
    node = closure.node
    values = [*arguments, *keywords.values()]
    if node in context.active or len(context.active) > _MAX_DEPTH or context.steps > _MAX_STEPS:
        context.taint(*values, *closure.bound)
        return Unknown(depends_on(values))
    scope = Scope(node, closure.source, closure.scope)
    previous = context.scope
    context.scope = scope
    context.active.append(node)
    try:
        _bind_parameters(context, closure, arguments, keywords)
        if isinstance(node, ast.Lambda):
            return context.evaluate(node.body)
        return _run_function(context, node)
    finally:
        context.active.pop()
        context.scope = previous


def _run_function(context: Context, node: FunctionDef) -> Value:
    context.note("builds")
    generator = _yields(node)
    _carry_closed_over(context, node)
    context.returns.append([])
    context.calls.append(len(context.stack))
    run_block(context, node.body)
    context.calls.pop()
    returned = context.returns.pop()
    if generator or not returned:
        return Unknown() if generator else Literal(None)
    value = returned[0]
    for other in returned[1:]:
        value = joined(value, other)
    return value


@remembered
def _yields(node: FunctionDef) -> bool:
    """Whether it is a generator, or holds one."""
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in walk(node))


def _carry_closed_over(context: Context, node: FunctionDef) -> None:
    """A worker that runs in a loop reads what the worker before it has bound."""
    names = {n for s in node.body if isinstance(s, ast.Nonlocal) for n in s.names}
    if not names:
        return
    added, rebound, _ = written(node)
    for name in names & rebound:
        holder = context.scope.outer.holder(name) if context.scope.outer else None
        if holder is None:
            continue
        binding = holder.names[name]
        loops = [frame for frame in context.since(binding.frames) if frame.loop]
        if loops:
            symbols = frozenset().union(*(frame.symbols for frame in loops))
            carried = Unknown(binding.value.deps | symbols, carried=True)
            holder.names[name] = Binding(carried, binding.frames, binding.grown)
    for name in names & added - rebound:
        holder = context.scope.outer.holder(name) if context.scope.outer else None
        if holder is not None:
            binding = holder.names[name]
            ids = {frame.id for frame in context.since(binding.frames) if frame.loop}
            holder.names[name] = replace(binding, grown=binding.grown | ids)


def _bind_parameters(
    context: Context, closure: Closure, arguments: list[Value], keywords: dict[str, Value]
) -> None:
    node = closure.node
    parameters = [*node.args.posonlyargs, *node.args.args]
    given = [*closure.bound, *arguments]
    known = {**dict(closure.keywords), **keywords}
    defaults = node.args.defaults
    first_default = len(parameters) - len(defaults)
    for position, parameter in enumerate(parameters):
        if position < len(given):
            value = given[position]
        elif parameter.arg in known:
            value = known[parameter.arg]
        elif position >= first_default:
            value = context.evaluate(defaults[position - first_default])
        else:
            value = Unknown()
        context.scope.names[parameter.arg] = Binding(value, context.open_ids)
    for parameter, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        value = known.get(parameter.arg) or (
            context.evaluate(default) if default is not None else Unknown()
        )
        context.scope.names[parameter.arg] = Binding(value, context.open_ids)
    for extra in (node.args.vararg, node.args.kwarg):
        if extra is not None:
            rest = Unknown(depends_on([*arguments, *keywords.values()]))
            context.scope.names[extra.arg] = Binding(rest, context.open_ids)


def read_lambda(context: Context, node: ast.Lambda) -> Value:
    """`lambda: ...`."""
    return Closure(node, context.scope.source, context.scope)


def run_return(context: Context, statement: ast.Return) -> Flow:
    """`return ...`: noted for the call that is being read."""
    value = context.evaluate(statement.value) if statement.value is not None else Literal(None)
    context.returns[-1].append(value)
    return Exit.RETURN
