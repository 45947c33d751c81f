"""Numbers given to other code: capacities and policies, which need not follow the load."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Value
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import Keywords
from chaos_migrate.codemods.reading.notes import Policy
from chaos_migrate.codemods.reading.quantities import Opaque, Taint
from chaos_migrate.codemods.trees import code_of

_POOLS = ("ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool")
_SEMAPHORES = ("Semaphore", "BoundedSemaphore", "CapacityLimiter")
_LOCKS = ("Lock", "RLock", "Event", "Condition")

# The ends of what keywords are called that give a dict of settings.
_OF_SETTINGS = ("options", "config", "configuration", "settings", "kwargs")


def capacity_object(
    context: Context, node: ast.Call, name: str, positional: list[Value], keywords: Keywords
) -> Opaque | None:
    """A pool, barrier, semaphore or lock; None for what is none of them."""
    last = name.rpartition(".")[2]
    if last in _POOLS:
        workers = keywords.get("max_workers") or (positional[0] if positional else None)
        _note_coupling(context, workers, "executor")
        return context.opaque(kind="executor")
    if last == "Barrier":
        parties = positional[0] if positional else keywords.get("parties")
        _note_coupling(context, parties, "barrier")
        return context.opaque(kind="barrier")
    if last in _SEMAPHORES:
        note_policies(context, node, name)
        return context.opaque(kind="semaphore")
    if last in _LOCKS and len(positional) < 2:
        return context.opaque(kind="lock")
    return None


def note_policies(
    context: Context, node: ast.Call, name: str = "", made: Taint | None = None
) -> None:
    """Literals given to a constructor are its policy; an equal bound speaks of them.

    `name` is what it is called in reports; not given, it is called as it is written. `made` is the
    object that came of it, where that is foreign.
    """
    for keyword, argument in _settings(node):
        if isinstance(argument, ast.Constant | ast.Name | ast.Attribute):
            value = context.evaluate(argument)
            if isinstance(value, Amount) and value.symbol is not None:
                shared = not context.open_symbols
                called = name or code_of(node.func)[:40]
                policy = Policy(value.symbol, called, keyword, shared, made=made)
                context.policies.append(policy)


def note_setting(
    context: Context,
    target: ast.Attribute,
    value: Value,
    given: ast.expr | None,
    made: Taint | None = None,
) -> None:
    """`client.pool_size = 2`: an object, other than the one whose method this is, goes by that.

    A number for foreign code is a policy. Where the class can be read, and for numbers that are too
    small to be load, it can be no more than a capacity.
    """
    symbol = value.symbol if isinstance(value, Amount) else None
    notes = context.policies if symbol is not None and made is not None else context.settings
    match given:
        case ast.Constant(value=number) if symbol is None and type(number) is int and number > 0:
            symbol = Symbol(given, number, context.scope.source, None)
    if symbol is not None:
        shared = not context.open_symbols
        notes.append(Policy(symbol, code_of(target), "", shared, compared=True, made=made))


def _settings(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """What a call is given, with the names; `options=dict(size=5)` gives a size as well."""
    yield from (("", argument) for argument in node.args)
    for keyword in node.keywords:
        yield keyword.arg or "", keyword.value
        if keyword.arg is not None and keyword.arg.endswith(_OF_SETTINGS):
            yield from _entries(keyword.value)


def _entries(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names and values of a dict that is written out."""
    if isinstance(node, ast.Call) and code_of(node.func) == "dict":
        yield from ((keyword.arg or "", keyword.value) for keyword in node.keywords)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _note_coupling(context: Context, capacity: Value | None, kind: str) -> None:
    """The number of places in a pool or at a barrier may have to follow the trials."""
    if isinstance(capacity, Amount) and capacity.symbol is not None:
        context.couplings.append((capacity.symbol, kind))
