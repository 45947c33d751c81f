"""Calls that make a container, of another one or empty."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Value, depends_on, repeated
from chaos_migrate.codemods.reading.capacities import note_policies
from chaos_migrate.codemods.reading.clocks import note_call_budget
from chaos_migrate.codemods.reading.containers import distinct_guard, empty_container
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import arguments_of
from chaos_migrate.codemods.reading.iteration import iteration_of
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    CollectionState,
    Index,
    Opaque,
    Promise,
    Unknown,
    awaited,
    exact_number,
)

CONTAINERS = {
    "list": "list", "deque": "list", "collections.deque": "list", "dict": "dict", "set": "set",
    "collections.OrderedDict": "dict", "OrderedDict": "dict", "WeakSet": "set",
    "collections.defaultdict": "dict", "defaultdict": "dict", "weakref.WeakSet": "set",
    "collections.Counter": "counter", "Counter": "counter",
    "queue.Queue": "queue", "queue.SimpleQueue": "queue", "queue.LifoQueue": "queue",
    "queue.PriorityQueue": "queue", "Queue": "queue", "asyncio.Queue": "queue",
    "multiprocessing.Queue": "queue", "multiprocessing.SimpleQueue": "queue",
    "SimpleQueue": "queue",
}  # fmt: skip
# Calls that leave the number of elements as it is.
SAME_SIZE = {
    "list", "tuple", "sorted", "reversed", "enumerate", "as_completed", "tqdm", "deepcopy", "copy",
    "asyncio.as_completed", "concurrent.futures.as_completed", "copy.copy", "copy.deepcopy",
    "cycle", "iter",
}  # fmt: skip


def make_container(context: Context, node: ast.Call, kind: str) -> Value:
    """`deque(...)`, `Queue(maxsize=...)`, `Counter(...)` and their kin."""
    positional, keywords = arguments_of(context, node)
    bounded = False
    if kind == "queue":
        bound = keywords.get("maxsize") or (positional[0] if positional else None)
        bounded = bound is not None and exact_number(bound) not in (0, None)
        positional = []
        note_policies(context, node, "queue")
    if "maxlen" in keywords or (kind == "list" and len(positional) == 2):
        bounded = True
        note_policies(context, node, "deque")
    collection = empty_container(context, kind)
    collection.state.bounded = bounded
    if kind == "list" and positional and isinstance(positional[0], Collection):
        inner = positional[0].state
        collection.state.size, collection.state.element = inner.size, inner.element
        collection.state.taint, collection.state.fixed = inner.taint, inner.fixed
    elif positional and kind in ("set", "counter"):
        fill_distinct(context, node.args[0], collection)
    elif positional and isinstance(positional[0], Index | Opaque | Unknown):
        collection.state.size = None
        collection.state.taint = depends_on(positional)
    elif positional and kind == "list":
        fill_from(context, node.args[0], collection)
    return collection


def fill_from(context: Context, iterable: ast.expr, collection: Collection) -> None:
    """Let a fresh container hold what an iteration gives."""
    count, element, depends = iteration_of(context, iterable)
    collection.state.size = count
    collection.state.element = element
    collection.state.taint = depends if count is None else NO_SYMBOLS


def fill_distinct(context: Context, iterable: ast.expr, collection: Collection) -> None:
    """`set(xs)`: at most as many as there are; equality says that all are different."""
    count, _, depends = iteration_of(context, iterable)
    if count is None:
        collection.state.size, collection.state.taint = None, depends
        return
    collection.state.size = repeated(count, (), (distinct_guard(context),))


def same_size(context: Context, node: ast.Call, last: str) -> Value:
    """`sorted(xs)`, `enumerate(xs)`: as many elements as before."""
    positional, _ = arguments_of(context, node)
    if last == "as_completed":
        note_call_budget(context, node, positional)
    if positional and isinstance(positional[0], Collection):
        inner = positional[0].state
        kind = "sorted" if last == "sorted" else "list"
        element = inner.element
        if last == "as_completed" and element is not None:
            element = Promise(awaited(element))
        return Collection(
            kind,
            CollectionState(
                inner.size,
                context.open_ids,
                element,
                inner.fixed,
                taint=inner.taint,
                grown=inner.grown,
            ),
        )
    if node.args and last in ("list", "tuple", "sorted"):
        collection = empty_container(context, "list")
        fill_from(context, node.args[0], collection)
        return collection
    return mixed(*positional)
