"""Attributes: of objects and classes of the suite, of containers, modules and foreign objects."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Amount, Value, number
from chaos_migrate.codemods.reading.containers import empty_container
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import invoke
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.names import constant_value
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    ClassReference,
    Closure,
    Collection,
    CollectionState,
    Foreign,
    Index,
    Instance,
    Literal,
    Method,
    Names,
    Opaque,
    Promise,
    Unknown,
)
from chaos_migrate.codemods.source import Source

# What takes elements out of a container, as long as there are any.
_TAKES = ("pop", "popleft", "__next__")


def read_attribute(context: Context, node: ast.Attribute) -> Value:
    """`a.b`."""
    return attribute_of(context, context.evaluate(node.value), node.attr)


def attribute_of(context: Context, receiver: Value, name: str) -> Value:
    """What `receiver.name` stands for."""
    if isinstance(receiver, Foreign):
        return Foreign(f"{receiver.name}.{name}")
    if isinstance(receiver, Instance):
        return _instance_attribute(context, receiver, name)
    if isinstance(receiver, ClassReference):
        return _class_attribute(context, receiver, name)
    if isinstance(receiver, Opaque):
        binding = receiver.fields.get(name)
        if binding is not None:
            return context.current(binding)
        if receiver.kind:
            return Method(receiver, name)
        return Opaque("", receiver.taint, birth=receiver.birth)
    if isinstance(receiver, Collection) and name in _TAKES and context.statement is not None:
        reason = f"its `{name}` is handed on as a source of answers, which must last"
        context.hazard("CHM404", receiver.deps, reason, context.statement)
    if isinstance(receiver, Collection | Promise):
        return Method(receiver, name)
    if isinstance(receiver, Index):
        return Unknown(index=receiver.of)
    return mixed(receiver)


def _instance_attribute(context: Context, receiver: Instance, name: str) -> Value:
    binding = receiver.attributes.get(name)
    if binding is not None:
        plain = isinstance(binding.value, Amount | Literal | Unknown)
        left = [f for f in context.since(receiver.birth) if plain and context.changes(f, name)]
        if left:
            symbols = frozenset().union(*(frame.symbols for frame in left))
            return Unknown(symbols | binding.value.deps, carried=True)
        return context.current(binding)
    member = context.suite.member(receiver.source, receiver.cls, name)
    if member is not None:
        source, statement = member
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            closure = Closure(statement, source, None, (receiver,))
            if any(_is_property(d) for d in statement.decorator_list):
                return invoke(context, closure, [], {})
            if any(_named(d, "staticmethod") for d in statement.decorator_list):
                return Closure(statement, source, None)
            return closure
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            value = _class_constant(context, source, receiver.cls, statement.value, name)
            if isinstance(value, Collection):
                value.state.birth = receiver.birth
            if isinstance(value, Collection | Opaque):
                receiver.attributes[name] = Binding(value, receiver.birth)
            return value
    made = _made_in_setup(context, receiver, name)
    receiver.attributes[name] = Binding(made, receiver.birth)
    return made


def _class_attribute(context: Context, receiver: ClassReference, name: str) -> Value:
    member = context.suite.member(receiver.source, receiver.cls, name)
    if member is None:
        return Unknown()
    source, statement = member
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        bound = (
            (receiver,) if any(_named(d, "classmethod") for d in statement.decorator_list) else ()
        )
        return Closure(statement, source, None, bound)
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        return _class_constant(context, source, receiver.cls, statement.value, name)
    return Unknown()


def _class_constant(
    context: Context, source: Source, cls: ast.ClassDef, node: ast.expr, name: str
) -> Value:
    if isinstance(node, ast.Call) and _named(node.func, "field"):
        for keyword in node.keywords:
            if keyword.arg == "default":
                return _class_constant(context, source, cls, keyword.value, name)
            if keyword.arg == "default_factory":
                return _made_by(context, keyword.value)
        return Unknown()
    return constant_value(context, source, node, cls, name)


def _made_by(context: Context, factory: ast.expr) -> Value:
    """The empty container that a factory makes: `list`, `dict`, `deque`, `lambda: 0`."""
    if isinstance(factory, ast.Name) and factory.id in ("list", "dict", "set", "deque"):
        return empty_container(context, "list" if factory.id == "deque" else factory.id)
    if isinstance(factory, ast.Name) and factory.id == "int":
        return number(0)
    return context.opaque()


def _made_in_setup(context: Context, receiver: Instance, name: str) -> Value:
    """The value that a setup method gives to `self.name`, if exactly one place does."""
    found = context.suite.assigned(receiver.source, receiver.cls, name)
    if len({ast.dump(one.value) for one in found}) != 1:
        return context.opaque()
    source, method, value = found[0].source, found[0].method, found[0].value
    if isinstance(value, ast.Constant):
        return constant_value(context, source, value, method, name)
    if (
        isinstance(value, ast.List | ast.Dict | ast.Set)
        and not list(ast.iter_child_nodes(value))[1:]
    ):
        return Collection(type(value).__name__.lower(), CollectionState(number(0), receiver.birth))
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        target = context.suite.find(source, value.func.id)
        if target is not None and isinstance(target.node, ast.ClassDef):
            return Instance(target.node, target.source, Names(), receiver.birth)
    return context.opaque()


def _is_property(node: ast.expr) -> bool:
    return _named(node, "property") or _named(node, "cached_property")


def _named(node: ast.expr, name: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == name
    return isinstance(node, ast.Name) and node.id == name
