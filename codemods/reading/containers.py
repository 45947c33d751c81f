"""How containers grow: what loops put in, take out and look up."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import (
    Amount,
    Guard,
    GuardKind,
    Term,
    Value,
    add,
    number,
    repeated,
)
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import endless, uncounted
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.quantities import Collection, CollectionState, Opaque, Unknown


def grow(context: Context, receiver: Collection, amount: Amount | None, sign: int = 1) -> None:
    """Add `amount` elements to a container here (None: nobody knows how many)."""
    state = receiver.state
    frames = context.since(state.birth)
    state.grown |= {frame.id for frame in frames if frame.loop}
    own = frozenset().union(*(frame.symbols for frame in frames))
    if sign < 0:
        context.links.append(state.writers | own)
    else:
        state.writers |= own
    if endless(frames):
        state.hands = context.everywhere
    if amount is None or state.size is None or state.bounded or uncounted(frames):
        state.taint |= frozenset().union(*(frame.symbols for frame in frames))
        if amount is not None:
            state.taint |= amount.deps
        state.size = None
        return
    change = context.multiplied(amount, state.birth)
    state.size = add(state.size, change, sign)
    if state.table is not None:
        state.table = None


def length_of(context: Context, value: Value) -> Value:
    """What `len(value)` is."""
    if isinstance(value, Collection):
        if is_growing(context, value):
            return Unknown(value.deps, carried=True)
        if value.kind in ("counts", "counter"):
            return Unknown(value.deps)
        if value.size is not None:
            return Unknown(value.deps | value.state.taint) if value.state.taint else value.size
        return Unknown(value.deps)
    return mixed(value) if not isinstance(value, Opaque) else Unknown(value.deps)


def is_growing(context: Context, value: Collection) -> bool:
    """Whether a loop that is open now adds to it: then it holds a running value."""
    open_ids = set(context.open_ids)
    return bool(value.state.grown & open_ids)


def empty_container(context: Context, kind: str) -> Collection:
    """A fresh container born here."""
    return Collection(kind, CollectionState(number(0), context.open_ids))


def counted_under_key(context: Context, receiver: Collection) -> Value:
    """One count of a `Counter`: each trial adds to it at most once."""
    if is_growing(context, receiver):
        return Unknown(receiver.deps, carried=True)
    if receiver.size is None:
        guard = Guard(context.next_id(), 0, 2, GuardKind.UNBOUNDED)
        symbols = tuple(sorted(receiver.deps, key=lambda s: s.position))
        return Amount((Term(Fraction(1), symbols, (guard,)),)) if symbols else Unknown()
    guard = Guard(context.next_id(), 0, 2, GuardKind.OUTCOME)
    return repeated(receiver.size, (), (guard,))


def read_back(context: Context, receiver: Collection) -> None:
    """A loop looks up what another one has put in: they belong together."""
    writers, here = receiver.state.writers, context.open_symbols
    if here and writers - here:
        context.links.append(writers | here)


def constant_key(node: ast.expr) -> object:
    """The key of a constant subscript, or an object that equals no key."""
    if isinstance(node, ast.Constant):
        return node.value
    return node


def distinct_guard(context: Context) -> Guard:
    """The guard of what counts only if it is new."""
    return Guard(context.next_id(), 0, 2, GuardKind.DISTINCT)
