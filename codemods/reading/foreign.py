"""Functions and classes from outside the suite, by their dotted names."""

from __future__ import annotations

import ast
import sys

from chaos_migrate.codemods.reading.algebra import Amount, Value, depends_on
from chaos_migrate.codemods.reading.blocks import arguments_of, invoke
from chaos_migrate.codemods.reading.capacities import note_coupling, note_policies
from chaos_migrate.codemods.reading.clocks import CLOCKS, read_sleep
from chaos_migrate.codemods.reading.container_calls import (
    CONTAINERS,
    SAME_SIZE,
    make_container,
    same_size,
)
from chaos_migrate.codemods.reading.context import Context
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

# Calls that are no attempt at anything: they neither work nor wait.
IDLE = {
    "print", "str", "repr", "int", "float", "bool", "round", "abs", "isinstance", "issubclass",
    "getattr", "hasattr", "type", "id", "hash", "format", "callable", "any", "all", "divmod",
    "ord", "chr", "bytes", "bytearray", "pow", "vars", "dir", "super", "zip", "filter", "slice",
    "setattr", "object", "frozenset", "memoryview", "hex", "bin",
}  # fmt: skip


_IDLE_MODULES = ("logging.", "math.", "json.", "uuid.", "string.", "itertools.", "operator.",
                 "functools.", "datetime.", "typing.", "warnings.", "sys.", "os.path.", "re.",
                 "decimal.", "fractions.", "hashlib.", "textwrap.", "dataclasses.",
                 "gc.")  # fmt: skip


# Modules whose functions leave nothing behind that a test would judge.
_STATELESS = set(sys.stdlib_module_names) | {"pytest", "numpy", "np", "psutil", "pandas", "anyio",
                                             "trio"}  # fmt: skip


# What bounds how many may enter or be kept, by the callee's name and by the keyword.
_CAPACITIES = {"Semaphore", "BoundedSemaphore", "CapacityLimiter"}


_NAMES = {"random", "randint", "uniform", "choice", "numpy.random.rand"}


def foreign_call(context: Context, node: ast.Call, name: str) -> Value:
    last = name.rpartition(".")[2]
    if name in CONTAINERS:
        return make_container(context, node, CONTAINERS[name])
    if name in CLOCKS:
        context.ticks += 1
        return Instant(context.ticks, context.open_ids)
    if name.startswith("random.") or ".random." in name or name in _NAMES:
        return draw(context, node, last)
    if last in ("gather", "wait", "as_completed") and not name.startswith("threading"):
        return gather(context, node)
    if name in SAME_SIZE:
        return same_size(context, node, last)
    if last in STEADY or last in EXTREME:
        positional, _ = arguments_of(context, node)
        kind = Statistic.STEADY if last in STEADY else Statistic.EXTREME
        return summary_of(context, kind, positional[0] if positional else Unknown())
    positional, keywords = arguments_of(context, node)
    if last == "partial" and positional and isinstance(positional[0], Closure):
        inner = positional[0]
        return Closure(
            inner.node,
            inner.source,
            inner.scope,
            (*inner.bound, *positional[1:]),
            (*inner.keywords, *keywords.items()),
        )
    if last in STARTERS:
        return start_thread(context, node, positional, keywords)
    if last in ("to_thread", "run_sync") and positional and isinstance(positional[0], Closure):
        context.note_started()
        return Promise(invoke(context, positional[0], positional[1:], keywords))
    submitted = submission(context, node, last, positional, keywords)
    if submitted is not None:
        return submitted
    if last in ("ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool"):
        workers = keywords.get("max_workers") or (positional[0] if positional else None)
        capacity = workers if isinstance(workers, Amount) else None
        note_coupling(context, capacity, "executor")
        return context.opaque(kind="executor", capacity=capacity)
    if last == "Barrier":
        parties = positional[0] if positional else keywords.get("parties")
        capacity = parties if isinstance(parties, Amount) else None
        note_coupling(context, capacity, "barrier")
        return context.opaque(kind="barrier", capacity=capacity)
    if last in _CAPACITIES:
        value = positional[0] if positional else keywords.get("value")
        note_policies(context, node, name)
        capacity = value if isinstance(value, Amount) else None
        return context.opaque(kind="semaphore", capacity=capacity)
    if last in ("Lock", "RLock", "Event", "Condition") and len(positional) < 2:
        return context.opaque(kind="lock")
    if last in ("ceil", "floor", "trunc", "sqrt"):
        return mixed(*positional)
    if last == "sleep":
        return read_sleep(context, node, positional)
    if name in IDLE or name.startswith(_IDLE_MODULES):
        return mixed(*positional, *keywords.values())
    return opaque_call(context, node, _imported(context, name), positional, keywords)


def _imported(context: Context, name: str) -> Value:
    """An imported object that a method is called on; modules and classes keep no state here."""
    owner, _, last = name.rpartition(".")
    if not owner or owner.partition(".")[0] in _STATELESS or last[:1].isupper():
        return Foreign(name)
    return context.foreign(owner)


def draw(context: Context, node: ast.Call, last: str) -> Value:
    positional, keywords = arguments_of(context, node)
    context.note("draws")
    depends = depends_on([*positional, *keywords.values()])
    return Unknown(depends, drawn=True, uniform=last == "random" and not positional)
