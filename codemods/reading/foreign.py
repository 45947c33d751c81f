"""Functions and classes from outside the suite, by their dotted names."""

from __future__ import annotations

import ast
import sys

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.capacities import capacity_object
from chaos_migrate.codemods.reading.chance import draw, is_chance
from chaos_migrate.codemods.reading.clocks import CLOCKS, read_sleep
from chaos_migrate.codemods.reading.container_calls import (
    CONTAINERS,
    SAME_SIZE,
    make_container,
    same_size,
)
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.idle import is_idle
from chaos_migrate.codemods.reading.invoking import arguments_of, invoke
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.opaque import opaque_call
from chaos_migrate.codemods.reading.quantities import (
    Closure,
    Foreign,
    Instant,
    Promise,
    Statistic,
    Unknown,
)
from chaos_migrate.codemods.reading.samples import EXTREME, STEADY, summary_of
from chaos_migrate.codemods.reading.tasks import STARTERS, gather, start_thread, submission

# Modules whose functions leave nothing behind that a test would judge.
_STATELESS = set(sys.stdlib_module_names) | {"pytest", "numpy", "np", "psutil", "pandas", "anyio",
                                             "trio"}  # fmt: skip


def foreign_call(context: Context, node: ast.Call, name: str) -> Value:
    """What a call of `name` gives: by what is known of it, else as code that cannot be read."""
    last = name.rpartition(".")[2]
    if name in CONTAINERS:
        return make_container(context, node, CONTAINERS[name])
    if name in CLOCKS:
        context.ticks += 1
        return Instant(context.ticks, context.open_ids)
    if is_chance(name):
        return draw(context, node, last)
    if last in ("gather", "wait", "as_completed") and not name.startswith("threading"):
        return gather(context, node)
    if name in SAME_SIZE:
        return same_size(context, node, last)
    if last in STEADY or last in EXTREME:
        positional, _ = arguments_of(context, node)
        kind = Statistic.STEADY if last in STEADY else Statistic.EXTREME
        return summary_of(kind, positional[0] if positional else Unknown())
    positional, keywords = arguments_of(context, node)
    if last == "partial" and positional and isinstance(positional[0], Closure):
        inner = positional[0]
        bound = (*inner.bound, *positional[1:])
        given = (*inner.keywords, *keywords.items())
        return Closure(inner.node, inner.source, inner.scope, bound, given)
    if last in STARTERS:
        return start_thread(context, node, positional, keywords)
    if last in ("to_thread", "run_sync") and positional and isinstance(positional[0], Closure):
        context.note_started()
        return Promise(invoke(context, positional[0], positional[1:], keywords))
    submitted = submission(context, node, last, positional, keywords)
    if submitted is not None:
        return submitted
    guarded = capacity_object(context, node, name, positional, keywords)
    if guarded is not None:
        return guarded
    if last in ("ceil", "floor", "trunc", "sqrt"):
        return mixed(*positional)
    if last == "sleep":
        return read_sleep(context, node, positional)
    if is_idle(name):
        return mixed(*positional, *keywords.values())
    if not last[:1].isupper():
        context.note_tested(context.scope.source, name, None)
    return opaque_call(context, node, _imported(context, name), positional, keywords)


def _imported(context: Context, name: str) -> Value:
    """An imported object that a method is called on; modules and classes keep no state here."""
    owner, _, last = name.rpartition(".")
    if not owner or owner.partition(".")[0] in _STATELESS or last[:1].isupper():
        return Foreign(name)
    return context.foreign(owner)
