"""Loops that would be left behind by a group that moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.kinship import share_object
from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context


def partnered(group: Group, kept: list[tuple[Count, str]]) -> Refused | None:
    """A kept loop of the same size would fall behind: on the same object, or by its index."""
    for partner, _ in kept:
        if not partner.attempts:
            continue
        symbol = partner.symbol
        for count in group.counts:
            if symbol.value != count.symbol.value or partner.nested_in(count):
                continue
            if share_object(count, partner):
                what = "on the same object"
            elif partner.indexed and count.indexed:
                what = "with the same indexes"
            else:
                continue
            reason = f"the loop of line {symbol.node.lineno} runs as often {what}, and would stay"
            return Refused("CHM404", reason, symbol.node)
    return None


def supplied(
    group: Group, moving: Iterable[Group], kept: list[tuple[Count, str]]
) -> Refused | None:
    """A loop that makes as many things as there are trials, and follows nothing that moves."""
    known = {copy.symbol for each in moving for copy in each.copies}
    for maker, _ in kept:
        symbol = maker.symbol
        if maker.attempts or symbol in known:
            continue
        if any(
            symbol.value == count.symbol.value and not maker.nested_in(count)
            for count in group.counts
        ):
            reason = f"line {symbol.node.lineno} makes as many things, and would stay"
            return Refused("CHM404", reason, symbol.node)
    return None


def twinned(group: Group, moving: Iterable[Group], context: Context) -> Refused | None:
    """Nested loops that come to as many, and follow nothing that moves: they may be compared."""
    if not group.unjudged:
        return None
    followed = frozenset().union(*(other.symbols for other in moving))
    for frame in context.loops:
        nest = frame.nest
        if len(nest) < 2 or nest & followed or any(symbol.value < 2 for symbol in nest):
            continue
        if prod(symbol.value for symbol in nest) in {c.symbol.value for c in group.counts}:
            sizes = " x ".join(str(s.value) for s in sorted(nest, key=lambda s: s.position))
            line = getattr(frame.node, "lineno", 0)
            reason = f"the loops around line {line} come to {sizes} as well, and would stay"
            return Refused("CHM404", reason, group.first.node)
    return None


def summed_up(group: Group, groups: list[Group], kept: list[tuple[Count, str]]) -> Refused | None:
    """A count that is the sum of others: what they produce, it takes, out of sight."""
    counts = [count for other in groups for count in other.counts]
    counts += [count for count, _ in kept if count.attempts]
    # A sample has an assertion of its own.
    symbols = [count.symbol for count in counts if not count.sampled]
    places: dict[int, list[int]] = {}
    for place, symbol in enumerate(symbols):
        places.setdefault(symbol.value, []).append(place)
    sums = (_multiples(symbols, places, group.symbols), _sums(symbols, places, group.symbols))
    found = next((min(few) for few in map(list, sums) if few), None)
    if found is None:
        return None
    total, *parts = (symbols[place] for place in found)
    *others, last = (str(part.node.lineno) for part in parts)
    lines = f"lines {', '.join(others)} and {last}"
    reason = f"{total.value} on line {total.node.lineno} is the sum of {lines}"
    return Refused("CHM404", reason, total.node)


Places = dict[int, list[int]]


def _multiples(
    symbols: list[Symbol], places: Places, own: frozenset[Symbol]
) -> Iterator[tuple[int, ...]]:
    """The places of a total and of three or more equal parts, one of all being among `own`."""
    for value, parts in places.items():
        for times in range(3, len(parts) + 1):
            for total in places.get(times * value, ()):
                found = (total, *parts[:times])
                if own & {symbols[place] for place in found}:
                    yield found


def _sums(
    symbols: list[Symbol], places: Places, own: frozenset[Symbol]
) -> Iterator[tuple[int, int, int]]:
    """The places of a total and its two parts, one of the three being among `own`."""
    for one, mine in enumerate(symbols):
        if mine not in own:
            continue
        for other, theirs in enumerate(symbols):
            parts = places.get(mine.value - theirs.value, [])
            totals = places.get(mine.value + theirs.value, [])
            sums = [(one, other, part) for part in parts[:3]]
            sums += [(total, one, other) for total in totals[:3]]
            sums += [(total, other, one) for total in totals[:3]]
            yield from (three for three in sums if len(set(three)) == 3)


def left_behind(group: Group, context: Context, kept: list[tuple[Count, str]]) -> Refused | None:
    """What one loop puts in, another takes out or looks up: a kept one would not follow."""
    symbols = {count.symbol: reason for count, reason in kept}
    for link in context.links:
        if not link & group.symbols:
            continue
        nested = frozenset().union(*(f.inside for c in group.counts for f in c.frames))
        for symbol in link - group.symbols - nested:
            if symbol in symbols and symbol.value > 1:
                reason = (
                    f"the loop of line {symbol.node.lineno} shares a container with it, "
                    f"and would stay: {symbols[symbol]}"
                )
                return Refused("CHM404", reason, symbol.node)
    return None
