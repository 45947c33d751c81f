"""Which counts belong together: a judgement, a container or an object relates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, add
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Taint


def together(load: list[Count], context: Context) -> Iterator[list[Count]]:
    """Counts that a judgement, a container or a worked-on object relates."""
    by_symbol = {count.symbol: count for count in load}
    parent = {symbol: symbol for symbol in by_symbol}

    def find(symbol: Symbol) -> Symbol:
        while parent[symbol] is not symbol:
            symbol = parent[symbol]
        return symbol

    def unite(symbols: Iterable[Symbol]) -> None:
        roots = [find(symbol) for symbol in symbols if symbol in parent]
        for root in roots[1:]:
            parent[find(root)] = find(roots[0])

    for judgement in context.judgements:
        if not _identical(judgement):
            unite(judgement.deps)
    for link in context.links:
        unite(link)
    for capacity, _ in context.couplings:  # it moves along with all that it has room for
        room = (capacity.value, capacity.value - 1)
        unite(count.symbol for count in load if count.concurrent and count.symbol.value in room)
    for first in load:
        for second in load:
            if first.symbol.value == second.symbol.value and share_object(first, second):
                unite([first.symbol, second.symbol])
    together: dict[Symbol, list[Count]] = {}
    for symbol, count in by_symbol.items():
        together.setdefault(find(symbol), []).append(count)
    yield from together.values()


def _identical(judgement: Judgement) -> bool:
    """Whether both sides are one sum of the same counts, whatever their sizes."""
    left, right = judgement.left, judgement.right
    if not isinstance(left, Amount) or not isinstance(right, Amount):
        return False
    return not add(left.unguarded, right.unguarded, -1).terms


def works_on(count: Count, thing: Taint | None) -> bool:
    """Whether the loops of a count have worked on an object; None is one nothing is known of."""
    if thing is None:
        return True
    return any(taint.root is thing.root for frame in count.frames for taint in frame.touched)


def used_again(group: Group, context: Context) -> bool:
    """Whether no assertion judges the trials, but what they worked on is worked on once more.

    It may need as many of them as the author's: a threshold that nobody sees.
    """
    if not group.unjudged:
        return False
    for count in group.counts:
        for frame in count.frames:
            touched = {taint.root for taint in frame.touched}
            after = (taint.root for tick, taint in reversed(context.uses) if tick >= frame.end)
            if touched and not touched.isdisjoint(after):
                return True
    return False


def share_object(first: Count, second: Count) -> bool:
    """Whether the loops of two counts have worked on linked foreign objects."""
    if first is second:
        return False
    mine = {taint.root for frame in first.frames for taint in frame.touched}
    return any(taint.root in mine for frame in second.frames for taint in frame.touched)


def akin(count: Count, load: list[Count], context: Context) -> bool:
    """Whether a count is another part of what a load of its size is: baseline and recovery.

    It works on the same object, or an assertion relates the two.
    """
    symbol = count.symbol
    equals = [other for other in load if other.symbol.value == symbol.value and count.attempts]
    return any(
        share_object(count, other)
        or any({symbol, other.symbol} <= judgement.deps for judgement in context.judgements)
        for other in equals
    )


def shares_object(group: Group, others: list[Group]) -> bool:
    """Whether one of the others, which cannot shrink, works on the same object as this group."""
    return any(
        share_object(mine, theirs)
        for other in others
        for mine in group.counts
        for theirs in other.counts
    )
