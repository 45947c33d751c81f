"""The bindings of names before and after the arms of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, GuardKind
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import joined
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Condition,
    Instance,
    Names,
    Scope,
    Unknown,
)

Moment = dict[int, int]
"""A point in time, for each namespace there was."""


def snapshot(context: Context) -> Moment:
    """The bindings as they are now."""
    return {id(names): names.now for names in namespaces(context)}


def at(moment: Moment, names: Names) -> dict[str, Binding | None]:
    """What the names bound since stood for at that time; None for those not bound yet."""
    return names.at(moment.get(id(names), 0))


def restore(context: Context, before: Moment) -> None:
    """Go back to the bindings of before, but keep what was counted: arms add up."""
    for names in namespaces(context):
        for name, old in at(before, names).items():
            now = names[name]
            if old is not None and old is not now and not _counted(old, now):
                names[name] = old


def restore_mixed(context: Context, before: Moment, after: Moment) -> None:
    """In a handler, what the body bound may or may not have been bound."""
    for names in namespaces(context):
        ended = at(after, names)
        for name, old in at(before, names).items():
            now = names[name]
            new = ended.get(name, now)
            if old is None or new is None or old is new or _counted(old, now):
                continue
            names[name] = Binding(joined(old.value, new.value), old.frames)


def join(
    context: Context, before: Moment, after: list[Moment], condition: Condition | None
) -> None:
    """After a branch, a name that its arms bound differently is either."""
    deps = condition.deps if condition is not None else NO_SYMBOLS
    state = condition is not None and condition.kind is GuardKind.STATE
    for names in namespaces(context):
        versions = [at(arm, names) for arm in after]
        earlier = at(before, names)
        for name in _rebound(names, versions):
            now = names[name]
            old = earlier.get(name, now)
            present = [b for version in versions if (b := version.get(name, now)) is not None]
            if old is not None and _counted(old, now):
                continue
            value = present[0].value
            for other in present[1:]:
                value = joined(value, other.value, deps)
            if state and value is not present[0].value and isinstance(value, Unknown):
                value = replace(value, carried=True)
            frames = min((binding.frames for binding in present), key=len)
            names[name] = Binding(value, frames, now.grown)


def _rebound(names: Names, versions: list[dict[str, Binding | None]]) -> list[str]:
    """The names of which a version is not what is bound now."""
    other = {
        name
        for version in versions
        for name, then in version.items()
        if then is not None and then is not names[name]
    }
    return names.in_order(other)


def namespaces(context: Context) -> Iterator[Names]:
    """The names that code here can bind: local ones, closed-over ones, attributes of `self`."""
    scope: Scope | None = context.scope
    while scope is not None:
        yield scope.names
        receiver = scope.names.get("self")
        if receiver is not None and isinstance(receiver.value, Instance):
            yield receiver.value.attributes
        scope = scope.outer


def _counted(old: Binding, now: Binding) -> bool:
    """Whether `now` is `old` after some `+=`: such bindings add up over the arms of a branch."""
    return now.frames == old.frames and bool(now.grown - old.grown or now.grown)
