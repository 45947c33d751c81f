"""Objects of classes of the suite."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.capacities import note_policies
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import Keywords, invoke
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    ClassReference,
    Closure,
    Instance,
    Names,
    Unknown,
)
from chaos_migrate.codemods.reading.tasks import STARTERS


def instantiate(
    context: Context,
    cls: ClassReference,
    positional: list[Value],
    keywords: Keywords,
    node: ast.Call,
) -> Value:
    """An object of a class of the suite, after its `__init__`."""
    instance = Instance(cls.cls, cls.source, Names(), context.open_ids)
    foreign = context.suite.foreign_bases(cls.source, cls.cls)
    if any("Enum" in base or "Exception" in base or "Error" in base for base in foreign):
        return Unknown()
    member = context.suite.member(cls.source, cls.cls, "__init__")
    if member is not None and isinstance(member[1], ast.FunctionDef):
        invoke(context, Closure(member[1], member[0], None, (instance,)), positional, keywords)
    elif positional or keywords:
        _fields(context, instance, positional, keywords)
    note_policies(context, node, cls.cls.name)
    if any(base.rpartition(".")[2] in STARTERS for base in foreign):
        run = context.suite.member(cls.source, cls.cls, "run")
        if run is not None and isinstance(run[1], ast.FunctionDef):
            context.note_started()
            invoke(context, Closure(run[1], run[0], None, (instance,)), [], {})
    return instance


def _fields(
    context: Context, instance: Instance, positional: list[Value], keywords: Keywords
) -> None:
    """The arguments of a dataclass, in the order of its fields."""
    names = [
        statement.target.id
        for statement in instance.cls.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    given = {**dict(zip(names, positional, strict=False)), **keywords}
    for name, value in given.items():
        instance.attributes[name] = Binding(value, context.open_ids)
