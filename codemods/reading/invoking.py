"""Functions of the suite: they are read where they are called."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Value, depends_on
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.merging import joined
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Closure,
    Collection,
    Literal,
    Scope,
    Unknown,
)
from chaos_migrate.codemods.reading.retries import only_counts
from chaos_migrate.codemods.reading.writes import written
from chaos_migrate.codemods.trees import code_of, remembered, walk

# Helpers are read as deep as this; deeper ones are opaque.
_MAX_DEPTH = 5
# Statements that one test may take; beyond, its helpers are opaque. A guard against explosions.
_MAX_STEPS = 5_000
Keywords = dict[str, Value]


def arguments_of(context: Context, node: ast.Call) -> tuple[list[Value], Keywords]:
    """The values of a call's arguments, by position and by keyword."""
    positional: list[Value] = [context.evaluate(argument) for argument in node.args]
    keywords = {k.arg or "**": context.evaluate(k.value) for k in node.keywords}
    context.seeded(keywords[name] for name in ("seed", "random_state") if name in keywords)
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
        wrapper = wrapped_by(node)
        return _run_wrapped(context, node, wrapper) if wrapper else _run_function(context, node)
    finally:
        context.active.pop()
        context.scope = previous


def _run_wrapped(context: Context, node: FunctionDef, wrapper: str) -> Value:
    """A decorator may call the function any number of times, or measure what it does."""
    before = len(context.loops) + 1
    with context.frame(context.loop_frame(node, None, NO_SYMBOLS)):
        value = _run_function(context, node)
    for frame in context.loops[before:]:
        reason = f"`@{wrapper}` wraps the code that runs the trials: it may measure or repeat it"
        context.hazard("CHM404", frame.symbols, reason, node)
    return value


# Decorators that leave what a function does as it is.
_TRANSPARENT = {
    "contextmanager", "asynccontextmanager", "wraps", "staticmethod", "classmethod", "property",
    "cached_property", "abstractmethod", "override", "overload", "final", "coroutine", "fixture",
    "patch", "object", "dict", "no_type_check", "skip", "skipIf", "skipUnless",
}  # fmt: skip


@remembered
def wrapped_by(node: FunctionDef) -> str:
    """The first decorator that may change how often, or how, a function runs; "" if none does."""
    for decorator in node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = code_of(function)
        if name.rpartition(".")[2] not in _TRANSPARENT and ".mark." not in f".{name}":
            return name
    return ""


def _run_function(context: Context, node: FunctionDef) -> Value:
    context.note("builds")
    generator = _yields(node)
    _carry_closed_over(context, node)
    context.returns.append([])
    context.calls.append(len(context.stack))
    # What fails in the middle is tried again: only what just counts is done but once.
    ending = [frame for frame in context.stack if frame.ending and not only_counts(node)]
    for frame in ending:
        frame.ending = False
    run_block(context, node.body)
    for frame in ending:
        frame.ending = True
    context.calls.pop()
    returned = context.returns.pop()
    if generator and not _manages_context(node):
        return Unknown()
    if not returned:
        return Literal(None)
    value = returned[0]
    for other in returned[1:]:
        value = joined(value, other)
    return value


def read_yield(context: Context, node: ast.Yield) -> Value:
    """`yield ...`: what a context manager yields is what its block works with."""
    value = context.evaluate(node.value) if node.value is not None else Literal(None)
    if context.returns and _manages_context(context.active[-1]):
        context.returns[-1].append(value)
    return Unknown()


@remembered
def _manages_context(node: ast.AST) -> bool:
    """Whether `with` runs a function up to its `yield`."""
    return isinstance(node, FunctionDef) and any(
        code_of(decorator).endswith("contextmanager") for decorator in node.decorator_list
    )


@remembered
def _yields(node: FunctionDef) -> bool:
    """Whether it is a generator, or holds one."""
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in walk(node))


def _carry_closed_over(context: Context, node: FunctionDef) -> None:
    """A worker that runs in a loop reads what the worker before it has bound, or put in."""
    added, rebound, mutated = written(node)
    for name in mutated - rebound:
        value = context.read(name)
        if isinstance(value, Collection):
            frames = context.since(value.state.birth)
            value.state.grown |= {frame.id for frame in frames if frame.loop}
    names = {n for s in node.body if isinstance(s, ast.Nonlocal) for n in s.names}
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
