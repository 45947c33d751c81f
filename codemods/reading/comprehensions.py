"""Comprehensions: loops that make a container."""

from __future__ import annotations

import ast
from contextlib import ExitStack

from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    ONE,
    Amount,
    Guard,
    Symbol,
    Value,
    repeated,
)
from chaos_migrate.codemods.reading.assigning import assign
from chaos_migrate.codemods.reading.conditions import condition_of
from chaos_migrate.codemods.reading.containers import distinct_guard
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Frame
from chaos_migrate.codemods.reading.iteration import iteration_of
from chaos_migrate.codemods.reading.quantities import Collection, CollectionState, Unknown
from chaos_migrate.codemods.reading.sweeps import index_is_data, index_is_read


def read_comprehension(
    context: Context, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
) -> Value:
    """`[... for ...]`, `{... for ...}` and `(... for ...)`."""
    kind = "set" if isinstance(node, ast.SetComp) else "list"
    return _comprehension(context, kind, node, node.elt, node.generators)


def read_dict_comprehension(context: Context, node: ast.DictComp) -> Value:
    """`{...: ... for ...}`."""
    pair = ast.copy_location(ast.Tuple(elts=[node.key, node.value], ctx=ast.Load()), node)
    return _comprehension(context, "dict", node, pair, node.generators)


def note_parts(context: Context, before: int) -> None:
    """The loops read since `before` made the parts of one text: how many is its length."""
    for frame in context.loops[before:]:
        if isinstance(frame.node, ast.ListComp | ast.GeneratorExp):
            frame.stays = "its rounds make the parts of one text: that is a length, not load"


def _comprehension(
    context: Context,
    kind: str,
    node: ast.expr,
    element: ast.expr,
    generators: list[ast.comprehension],
) -> Value:
    """A container with one element for each trial that passes the conditions."""
    birth = context.open_ids
    opened: list[Frame] = []
    unknown: frozenset[Symbol] = NO_SYMBOLS
    unbounded = False
    stack = ExitStack()
    for generator in generators:
        count, item, depends = iteration_of(context, generator.iter)
        frame = context.loop_frame(node, count, depends)
        stack.enter_context(context.frame(frame))
        opened.append(frame)
        if count is None:
            unbounded, unknown = True, unknown | depends
        parts = [element, *generator.ifs]
        frame.sweeps |= index_is_data(generator.target, item, parts)
        frame.indexed = index_is_read(generator.target, item, parts)
        assign(context, generator.target, item)
        for test in generator.ifs:
            condition = condition_of(context, test)
            guard = Guard(context.next_id(), 0, 2, condition.kind, condition.data, condition.draw)
            stack.enter_context(context.frame(context.guard_frame(test, guard, condition)))
    value = context.evaluate(element)
    one: Amount = ONE
    if kind == "set":
        one = repeated(ONE, (), (distinct_guard(context),))
    size = context.multiplied(one, birth)
    stack.close()
    if kind == "dict" and isinstance(value, Collection) and value.state.table:
        value = value.state.table.get(1, Unknown())
    if unbounded:
        return Collection(kind, CollectionState(None, birth, value, taint=unknown))
    state = CollectionState(size, birth, value)
    state.writers = frozenset().union(*(frame.symbols for frame in opened))
    return Collection(kind, state)
