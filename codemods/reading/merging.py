"""What several values come to where the way from them is not followed."""

from __future__ import annotations

from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, GuardKind, Symbol, Value, depends_on
from chaos_migrate.codemods.reading.quantities import (
    Closure,
    Collection,
    CollectionState,
    Condition,
    Index,
    Literal,
    Opaque,
    Taint,
    Unknown,
)


def mixed(*values: Value) -> Value:
    """What comes of values in a way that is not followed: only their dependences are kept."""
    index: frozenset[Symbol] = NO_SYMBOLS
    carried = drawn = False
    opaque = None
    for value in values:
        if isinstance(value, Unknown):
            index |= value.index
            carried |= value.carried
            drawn |= value.drawn
        elif isinstance(value, Index) and value.period is None:
            index |= value.of
        elif isinstance(value, Condition):
            carried |= value.kind is GuardKind.STATE
            drawn |= value.kind is GuardKind.RANDOM
        elif isinstance(value, Opaque):
            opaque = value
    if opaque is not None and len(values) == 1:
        return opaque
    return Unknown(depends_on(values), index, carried, drawn)


def joined(left: Value, right: Value, deps: frozenset[Symbol] = NO_SYMBOLS) -> Value:
    """What a name stands for after two arms that bound it differently."""
    if left is right or left == right:
        return left
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return replace(
            left,
            depends=left.depends | right.depends | deps,
            index=left.index | right.index,
            carried=left.carried or right.carried,
            drawn=left.drawn or right.drawn,
            uniform=False,
            draw=0,
            cases=None,
        )
    both = _both(left, right, deps)
    if both is not None:
        return both
    if isinstance(left, Closure) or isinstance(right, Closure):
        return Unknown(depends=left.deps | right.deps | deps)
    if isinstance(left, Opaque) and isinstance(right, Opaque | Literal):
        return _either(left, right, deps)
    if isinstance(right, Opaque) and isinstance(left, Literal):
        return _either(right, left, deps)
    drawn = any(isinstance(v, Unknown) and v.drawn for v in (left, right))
    carried = any(isinstance(v, Unknown) and v.carried for v in (left, right))
    return Unknown(depends=left.deps | right.deps | deps, drawn=drawn, carried=carried)


def _either(thing: Opaque, other: Opaque | Literal, deps: frozenset[Symbol]) -> Opaque:
    """One object or another (or None): what is done to either may show in it."""
    taint = Taint(set(deps))
    for each in (thing, other):
        if isinstance(each, Opaque):
            taint.link(each.taint)
    return Opaque("", taint, birth=thing.birth)


def _both(left: Value, right: Value, deps: frozenset[Symbol]) -> Collection | None:
    """Containers whose elements are known by their keys; None for all else."""
    if not isinstance(left, Collection) or not isinstance(right, Collection):
        return None
    one, other = left.state.table, right.state.table
    if one is None or other is None or left.kind != right.kind:
        return None
    same = one.keys() & other.keys()
    table = {key: joined(one[key], other[key], deps) for key in one if key in same}
    if left.size == right.size:
        left.state.table = table
        return left
    if left.kind != "dict":
        return None
    table = {**one, **other, **table}
    taint = left.deps | right.deps | deps
    return Collection("dict", CollectionState(None, left.state.birth, table=table, taint=taint))
