"""Code that cannot be read: it may work with all that it is given, in every open loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.capacities import note_policies
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.defaults import maker, note_defaults
from chaos_migrate.codemods.reading.invoking import Keywords, invoke
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Closure,
    Collection,
    Foreign,
    Method,
    Opaque,
    Unknown,
)
from chaos_migrate.codemods.reading.writes import written
from chaos_migrate.codemods.trees import code_of, last_name

# What a callee is called that runs a function it is given beside the test; others may only keep it.
_STARTS = re.compile(
    r"start|thread|spawn|task|submit|fork|launch|process|worker|green|concurrent|parallel|async"
    r"|background|dispatch|schedule|execut|run|many|gather|race|stress|hammer"
)


def opaque_call(
    context: Context, node: ast.Call, function: Value, positional: list[Value], keywords: Keywords
) -> Value:
    """Foreign code: it may work with all that it is given, and call every function in it."""
    values = [*positional, *keywords.values()]
    last = last_name(node.func)
    constructs = last[:1].isupper() and not last.isupper()
    context.note("builds" if constructs else "attempts")
    _hand_over(context, values)
    _note_chain(context, node, values)
    context.swept(values)
    for value in values:
        if isinstance(value, Collection) and value.state.table is not None:
            context.swept(value.state.table.values())
    result = context.opaque(function, *_objects(values))
    note_policies(context, node, made=result.taint)
    if last in ("patch", "spy", "stub") or "patch." in code_of(node.func):
        context.watchers.append(result.taint)
    name = function.name if constructs and isinstance(function, Foreign) else maker(context, node)
    if name:
        note_defaults(context, node, name, result.taint)
        context.note_tested(context.scope.source, name, result.taint)
    if isinstance(function, Opaque) and function.kind == "barrier":
        return Unknown()
    context.taint(function, *values)
    owner = next((v for v in (function, *values) if isinstance(v, Opaque)), function)
    for value in values:
        if isinstance(value, Closure):
            frame = context.loop_frame(node, None, depends_on(values))
            with context.frame(frame):
                if _STARTS.search(last.lower()):
                    context.note_started()
                invoke(context, value, [], {})
        if isinstance(value, Closure | Method):
            hand_to(context, owner, value)
        elif (
            isinstance(value, Collection)
            and not value.state.fixed
            and (value.kind == "queue" or not value.deps)
        ):
            _escaped(context, value)
    depends = depends_on([v for v in (function, *values) if not isinstance(v, Opaque)])
    result.taint.root.symbols |= depends
    return result


def _note_chain(context: Context, node: ast.Call, values: Sequence[Value]) -> None:
    """`state = step(state)`: each trial works on what the one before it gave."""
    last = last_name(node.func)
    if last.startswith("assert") or re.fullmatch(r"[A-Z]\w*(Error|Exception)", last):
        return
    for value in values:
        if isinstance(value, Unknown) and value.carried and value.deps & context.open_symbols:
            reason = f"`{ast.unparse(node)[:60]}` takes what the trial before it gave"
            context.hazard("CHM402", value.deps & context.open_symbols, reason, node)


def _objects(values: Iterable[Value | None], depth: int = 3) -> Iterator[Opaque]:
    """The foreign objects among values, and in the containers among them."""
    for value in values:
        held = value.value if isinstance(value, Binding) else value
        if isinstance(held, Opaque):
            yield held
        elif isinstance(held, Collection) and depth:
            state = held.state
            yield from _objects([state.element, *(state.table or {}).values()], depth - 1)


def _hand_over(context: Context, values: Sequence[Value]) -> None:
    """Containers given away whole: what their loops built is a payload."""
    for value in values:
        if isinstance(value, Collection):
            for frame in context.loops:
                frame.handed |= bool(value.deps and frame.symbols & value.deps)
            if value.state.table:
                _hand_over(context, list(value.state.table.values()))


def _escaped(context: Context, value: Collection) -> None:
    """A container in foreign hands: it may be filled there, any number of times."""
    symbols = context.open_symbols
    value.state.taint |= symbols
    if symbols or not value.state.size:
        value.state.size = None


def hand_to(context: Context, owner: Value, value: Value) -> None:
    """Foreign code keeps a function or a container's method, and may use it in any loop."""
    taint = owner.taint if isinstance(owner, Opaque) else context.everywhere
    if isinstance(value, Method) and isinstance(value.receiver, Collection):
        value.receiver.state.size = None
        value.receiver.state.hands = taint
    if not isinstance(value, Closure) or isinstance(value.node, ast.Lambda):
        return
    scope = value.scope
    added, rebound, mutated = written(value.node)
    shared = {name for s in value.node.body if isinstance(s, ast.Nonlocal) for name in s.names}
    for name in mutated | ((added | rebound) & shared):
        holder = scope.holder(name) if scope is not None else None
        if holder is None:
            continue
        binding = holder.names[name]
        if isinstance(binding.value, Collection):
            binding.value.state.size = None
            binding.value.state.hands = taint
        elif name in shared:
            holder.names[name] = replace(binding, value=Opaque("", taint))
