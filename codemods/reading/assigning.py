"""Assignments: what is bound to names, attributes and keys."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    Amount,
    Guard,
    GuardKind,
    Value,
    multiply,
    number,
)
from chaos_migrate.codemods.reading.capacities import note_setting
from chaos_migrate.codemods.reading.containers import constant_key, grow
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Flow
from chaos_migrate.codemods.reading.increments import is_increment, note_change
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    Duration,
    Index,
    Instance,
    Opaque,
    Summary,
    Unknown,
)
from chaos_migrate.codemods.trees import walk


def run_assign(context: Context, statement: ast.Assign) -> Flow:
    """`a = b = value`, which may be an increment in disguise."""
    if len(statement.targets) == 1 and is_increment(context, statement.targets[0], statement.value):
        return None
    value = context.evaluate(statement.value)
    for target in statement.targets:
        assign(context, target, value, statement.value)
    return None


def run_annotated_assign(context: Context, statement: ast.AnnAssign) -> Flow:
    """`a: int = value`."""
    if statement.value is not None:
        assign(context, statement.target, context.evaluate(statement.value), statement.value)
    return None


def read_walrus(context: Context, node: ast.NamedExpr) -> Value:
    """`(a := value)`."""
    value = context.evaluate(node.value)
    context.bind(node.target.id, value)
    return value


def assign(
    context: Context, target: ast.expr, value: Value, value_node: ast.expr | None = None
) -> None:
    """Bind a target of an assignment, a loop or a `with`; `value_node` is what was assigned."""
    if isinstance(target, ast.Name):
        context.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        table = value.state.table if isinstance(value, Collection) else None
        for position, element in enumerate(target.elts):
            part = table.get(position) if table is not None else None
            if isinstance(part, Binding):
                part = part.value
            if part is None:
                part = _part(value)
            if isinstance(element, ast.Starred):
                element = element.value
            assign(context, element, part, value_node)
    elif isinstance(target, ast.Attribute):
        receiver = context.evaluate(target.value)
        binding = Binding(value, context.open_ids)
        note_change(context, receiver, target.attr)
        if isinstance(receiver, Instance):
            receiver.attributes[target.attr] = binding
            if receiver is not context.read("self"):
                note_setting(context, target, value, value_node)
        elif isinstance(receiver, Opaque):
            receiver.fields[target.attr] = binding
            note_setting(context, target, value, value_node, receiver.taint)
    elif isinstance(target, ast.Subscript):
        _assign_item(context, target, value, value_node)


def _part(value: Value) -> Value:
    if isinstance(value, Collection):
        return value.state.element or Unknown(value.deps)
    if isinstance(value, Opaque):
        return value
    return Unknown(value.deps, value.index if isinstance(value, Unknown) else NO_SYMBOLS)


def _assign_item(
    context: Context, target: ast.Subscript, value: Value, value_node: ast.expr | None
) -> None:
    """`d[k] = v`: one element where the key is new in each trial, else at most one."""
    receiver = context.evaluate(target.value)
    key = constant_key(target.slice)
    index = context.evaluate(target.slice)
    of = index.of if isinstance(index, Index | Summary | Duration) else NO_SYMBOLS
    if not isinstance(receiver, Collection):
        context.note("attempts")
        context.swept([index])
        context.taint(receiver)
        return
    state = receiver.state
    if isinstance(target.slice, ast.Constant):
        if state.table is not None or (state.size == number(0)):
            table = state.table if state.table is not None else {}
            if key not in table and state.size is not None:
                state.size = number(len(table) + 1)
            table[key] = Binding(value, context.open_ids)
            state.table = table
        return
    context.note("collects")
    if receiver.kind == "list":
        if of and not receiver.deps & of:
            reason = f"`{ast.unparse(target)}` fills places of a fixed number"
            context.hazard("CHM411", of, reason, target)
        return
    state.counts |= _counts_up(target, value_node)
    state.element = state.element or value
    distinct = bool(of or (isinstance(index, Unknown) and index.index))
    one = number(1)
    if not distinct:
        guard = Guard(context.next_id(), 0, 2, GuardKind.DISTINCT)
        one = multiply(one, Amount((replace(one.terms[0], guards=(guard,)),)))
    grow(context, receiver, one)


def _counts_up(target: ast.Subscript, value: ast.expr | None) -> bool:
    """`d[k] = d.get(k, 0) + 1`."""
    return (
        isinstance(value, ast.BinOp)
        and isinstance(target.value, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == target.value.id for n in walk(value))
    )
