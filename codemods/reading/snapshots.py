"""The bindings of names before and after the arms of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, GuardKind
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import joined
from chaos_migrate.codemods.reading.quantities import Binding, Condition, Instance, Scope, Unknown

Names = dict[int, dict[str, Binding]]


def snapshot(context: Context) -> Names:
    """The bindings as they are now."""
    return {id(names): dict(names) for names in namespaces(context)}


def restore(context: Context, snapshot: Names) -> None:
    """Go back to the bindings of before, but keep what was counted: arms add up."""
    for names in namespaces(context):
        old = snapshot.get(id(names), {})
        for name, binding in old.items():
            now = names.get(name)
            if now is not None and now is not binding and not _counted(binding, now):
                names[name] = binding


def restore_mixed(context: Context, before: Names, after: Names) -> None:
    """In a handler, what the body bound may or may not have been bound."""
    for names in namespaces(context):
        old = before.get(id(names), {})
        for name, binding in after.get(id(names), {}).items():
            known = old.get(name)
            if known is None or known is binding or _counted(known, names[name]):
                continue
            names[name] = Binding(joined(known.value, binding.value), known.frames)


def join(context: Context, before: Names, after: list[Names], condition: Condition | None) -> None:
    """After a branch, a name that its arms bound differently is either."""
    deps = condition.deps if condition is not None else NO_SYMBOLS
    state = condition is not None and condition.kind is GuardKind.STATE
    for names in namespaces(context):
        versions = [arm.get(id(names), {}) for arm in after]
        earlier = before.get(id(names), {})
        for name in _rebound(names, versions):
            now, old = names[name], earlier.get(name)
            present = [version[name] for version in versions if name in version]
            if not present:
                continue
            if old is not None and _counted(old, now):
                continue
            value = present[0].value
            for other in present[1:]:
                value = joined(value, other.value, deps)
            if state and value is not present[0].value and isinstance(value, Unknown):
                value = replace(value, carried=True)
            frames = min((binding.frames for binding in present), key=len)
            names[name] = Binding(value, frames, now.grown)


def _rebound(names: dict[str, Binding], versions: list[dict[str, Binding]]) -> list[str]:
    """The names of which a version is not what is bound now: few, where a function has many."""
    other = {
        name
        for version in versions
        for name, now in names.items()
        if version.get(name, now) is not now
    }
    return [name for name in names if name in other] if other else []


def namespaces(context: Context) -> Iterator[dict[str, Binding]]:
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
