"""Calls: the way from what is called to the rule that reads it."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.attributes import attribute_of
from chaos_migrate.codemods.reading.builtin_calls import BUILTINS
from chaos_migrate.codemods.reading.clocks import note_join
from chaos_migrate.codemods.reading.comprehensions import note_parts
from chaos_migrate.codemods.reading.container_methods import collection_method
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.foreign import foreign_call
from chaos_migrate.codemods.reading.gauges import GAUGES, read_gauge
from chaos_migrate.codemods.reading.invoking import arguments_of, invoke
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.numbers import adaptive_value
from chaos_migrate.codemods.reading.objects import instantiate
from chaos_migrate.codemods.reading.opaque import opaque_call
from chaos_migrate.codemods.reading.quantities import (
    ClassReference,
    Closure,
    Collection,
    Duration,
    Foreign,
    Instance,
    Instant,
    Literal,
    Method,
    Opaque,
    Promise,
    Taint,
    Unknown,
    awaited,
)
from chaos_migrate.codemods.reading.tasks import submission


def read_call(context: Context, node: ast.Call) -> Value:
    """What a call gives; what it does to its receiver is written down there."""
    if (adaptive := adaptive_value(context, node)) is not None:
        return adaptive
    function = node.func
    if isinstance(function, ast.Name):
        if (
            context.read(function.id) is None
            and (builtin := BUILTINS.get(function.id))
            and context.suite.find(context.scope.source, function.id) is None
        ):
            return builtin(context, node)
        return called(context, node, context.evaluate(function))
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Call) and _is_super(function.value):
            return _super_call(context, node, function.attr)
        return method_call(context, node, _receiver(context, function.value), function.attr)
    return called(context, node, context.evaluate(function))


def _receiver(context: Context, node: ast.expr) -> Value:
    """What a method is called on: if nothing is known of a name, from now on an object."""
    value = context.evaluate(node)
    known = not isinstance(value, Unknown) or value.carried or value.drawn or value.index
    if known or not isinstance(node, ast.Name):
        return value
    holder = context.scope.holder(node.id)
    if holder is None:
        return value
    binding = holder.names[node.id]
    thing = Opaque("", Taint(set(value.deps)), birth=binding.frames)
    holder.names[node.id] = replace(binding, value=thing)
    return thing


def called(context: Context, node: ast.Call, function: Value) -> Value:
    """What a call of this value gives."""
    if isinstance(function, Foreign):
        return foreign_call(context, node, function.name)
    positional, keywords = arguments_of(context, node)
    if isinstance(function, Method):
        return method_call(context, node, function.receiver, function.name)
    if isinstance(function, Closure):
        return invoke(context, function, positional, keywords)
    if isinstance(function, ClassReference):
        return instantiate(context, function, positional, keywords, node)
    return opaque_call(context, node, function, positional, keywords)


def _super_call(context: Context, node: ast.Call, name: str) -> Value:
    receiver = context.read("self")
    arguments_of(context, node)
    if isinstance(receiver, Instance):
        bases = list(context.suite.bases(receiver.source, receiver.cls))[1:]
        for source, cls in bases:
            for statement in cls.body:
                if isinstance(statement, ast.FunctionDef) and statement.name == name:
                    positional, keywords = arguments_of(context, node)
                    return invoke(
                        context, Closure(statement, source, None, (receiver,)), positional, keywords
                    )
    return Unknown()


def method_call(context: Context, node: ast.Call, receiver: Value, name: str) -> Value:
    """What `receiver.name(...)` gives."""
    if name in GAUGES and isinstance(receiver, Foreign | Opaque):
        return read_gauge(context, node)
    if isinstance(receiver, Foreign):
        return foreign_call(context, node, f"{receiver.name}.{name}")
    if isinstance(receiver, Promise) and name in ("result", "get", "exception"):
        arguments_of(context, node)
        context.note("attempts")
        return awaited(receiver) if name != "exception" else Unknown()
    if isinstance(receiver, Collection):
        return collection_method(context, node, receiver, name)
    if isinstance(receiver, Instance | ClassReference):
        member = attribute_of(context, receiver, name)
        if isinstance(member, Closure | ClassReference | Foreign):
            return called(context, node, member)
        positional, keywords = arguments_of(context, node)
        if (submitted := submission(context, node, name, positional, keywords)) is not None:
            return submitted
        return opaque_call(context, node, member, positional, keywords)
    if isinstance(receiver, Opaque):
        if name == "acquire" and receiver.kind in ("lock", "semaphore") and _gives_up(node):
            reason = f"`{ast.unparse(node)}` gives up where trials contend for it"
            context.hazard("CHM408", context.open_symbols, reason, node)
        if receiver.kind == "thread" and name == "join":
            note_join(context, node, receiver)
        context.asks_for_life |= name in ("is_alive", "isAlive")
        binding = receiver.fields.get(name)
        if binding is not None and isinstance(binding.value, Closure):
            positional, keywords = arguments_of(context, node)
            return invoke(context, binding.value, positional, keywords)
    if isinstance(receiver, Instant) and name == "timestamp":
        return receiver
    if isinstance(receiver, Duration) and name == "total_seconds":
        return receiver
    if isinstance(receiver, Literal) and name in ("format", "join"):
        before = len(context.loops)
        positional, _ = arguments_of(context, node)
        if name == "join":
            note_parts(context, before)
        return mixed(*positional)
    positional, keywords = arguments_of(context, node)
    submitted = submission(context, node, name, positional, keywords)
    if submitted is not None:
        if isinstance(receiver, Opaque) and not receiver.kind:
            context.taint(receiver)  # it may give back what it has started
        return submitted
    return opaque_call(context, node, receiver, positional, keywords)


def _gives_up(node: ast.Call) -> bool:
    """Whether an `acquire` may return without the lock."""
    return bool(node.args or node.keywords)


def _is_super(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "super"
