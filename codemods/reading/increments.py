"""Increments: what `+=` counts, in a name, an attribute or under a key."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import Amount, Guard, GuardKind, Value, number, repeated
from chaos_migrate.codemods.reading.attributes import attribute_of
from chaos_migrate.codemods.reading.containers import constant_key, grow
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Flow
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    Condition,
    Instance,
    Opaque,
    Unknown,
)


def run_augmented_assign(context: Context, statement: ast.AugAssign) -> Flow:
    """`a += b`."""
    _add_to(context, statement.target, statement.op, statement.value)
    return None


def is_increment(context: Context, target: ast.expr, value: ast.expr) -> bool:
    """`x = x + 1` is `x += 1`."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
        return False
    same = ast.dump(value.left).replace("Load()", "Store()") == ast.dump(target)
    if same and _counts(context, target):
        _add_to(context, target, value.op, value.right)
        return True
    return False


def _counts(context: Context, target: ast.expr) -> bool:
    binding = _binding(context, target)
    return binding is not None and isinstance(binding.value, Amount)


def _binding(context: Context, target: ast.expr) -> Binding | None:
    if isinstance(target, ast.Name):
        holder = context.scope.holder(target.id)
        return holder.names[target.id] if holder is not None else None
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        receiver = context.read(target.value.id)
        if isinstance(receiver, Instance):
            attribute_of(context, receiver, target.attr)
            return receiver.attributes.get(target.attr)
    return None


def _add_to(
    context: Context, target: ast.expr, operator: ast.operator, value_node: ast.expr
) -> None:
    context.note("collects")
    value = context.evaluate(value_node)
    sign = {ast.Add: 1, ast.Sub: -1}.get(type(operator))
    if isinstance(value, Collection) and sign == 1:
        receiver = context.evaluate(target)
        if isinstance(receiver, Collection) and receiver.kind == "list":
            grow(context, receiver, value.size)
            return
    amount = value if isinstance(value, Amount) and sign is not None else None
    if isinstance(value, Condition) and sign is not None:
        guard = Guard(context.next_id(), 0, 2, value.kind, value.data)
        amount = Amount((replace(number(1).terms[0], guards=(guard,)),))
    if isinstance(target, ast.Name):
        _add_to_name(context, target.id, amount, sign or 1, value)
    elif isinstance(target, ast.Attribute):
        receiver = context.evaluate(target.value)
        note_change(context, receiver, target.attr)
        fields: dict[str, Binding] | None = None
        if isinstance(receiver, Instance):
            attribute_of(context, receiver, target.attr)
            fields = receiver.attributes
            if target.attr not in fields:
                initial = attribute_of(context, receiver, target.attr)
                fields[target.attr] = Binding(initial, receiver.birth)
        elif isinstance(receiver, Opaque):
            fields = receiver.fields
        if fields is not None and target.attr in fields:
            fields[target.attr] = context.grown(fields[target.attr], amount, sign or 1)
    elif isinstance(target, ast.Subscript):
        _add_to_item(context, target, amount, sign or 1)


def _add_to_name(
    context: Context, name: str, amount: Amount | None, sign: int, value: Value
) -> None:
    holder = context.scope.holder(name)
    if holder is None and name in context.scope.elsewhere and context.scope.outer:
        holder = context.scope.outer.holder(name)
    if holder is None:
        return
    binding = holder.names[name]
    grown = context.grown(binding, amount, sign)
    if amount is None and isinstance(grown.value, Unknown):
        drawn = isinstance(value, Unknown) and value.drawn
        depends = grown.value.depends | value.deps
        grown = replace(grown, value=replace(grown.value, depends=depends, drawn=drawn))
    holder.names[name] = grown


def _add_to_item(context: Context, target: ast.Subscript, amount: Amount | None, sign: int) -> None:
    """`counts[key] += 1`: counted for itself under a constant key, in the total always."""
    receiver = context.evaluate(target.value)
    key = constant_key(target.slice)
    context.evaluate(target.slice)
    if not isinstance(receiver, Collection):
        return
    state = receiver.state
    if not isinstance(target.slice, ast.Constant):
        if receiver.kind in ("dict", "list") and state.table:
            _add_to_some(context, receiver, amount, sign)
        else:
            state.counts = True
            grow(context, receiver, amount if receiver.kind == "counter" else None, sign)
        return
    table = state.table
    if table is None:
        if state.size != number(0):
            return
        table = state.table = {}
    known = table.get(key, number(0))
    binding = known if isinstance(known, Binding) else Binding(known, state.birth)
    table[key] = context.grown(binding, amount, sign)


def _add_to_some(context: Context, receiver: Collection, amount: Amount | None, sign: int) -> None:
    """`counts[key] += 1` under a computed key: one of the known counters, whichever."""
    table = receiver.state.table
    assert table is not None
    branch = context.next_id()
    for arm, (key, known) in enumerate(table.items()):
        binding = known if isinstance(known, Binding) else Binding(known, receiver.state.birth)
        guard = Guard(branch, arm, len(table), GuardKind.OUTCOME)
        one = repeated(amount, (), (guard,)) if amount is not None else None
        table[key] = context.grown(binding, one, sign)


def note_change(context: Context, receiver: Value, name: str) -> None:
    """An object that is older than a trial is changed in it: the trial does something."""
    birth = receiver.birth if isinstance(receiver, Instance | Opaque) else ()
    for frame in context.since(birth):
        if frame.loop:
            frame.attempts = True
            context.changed.add((frame.node, name))
