"""How far a count may shrink."""

from __future__ import annotations

from collections.abc import Iterator

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.trials import run_time
from chaos_migrate.codemods.deciding.verdicts import Bound
from chaos_migrate.codemods.plan import Options, Shrink
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.fixtures_templates import bounds


class Floor:
    """How far the counts of a group may shrink, by what its assertions need."""

    def __init__(self, group: Group, options: Options) -> None:
        self._least: dict[Symbol, int] = {}
        whole = bool(group.held) or options.style == "plain"
        for symbol in group.symbols:
            n = symbol.value
            least = bounds.floor_for_exact(n)
            if options.shrink == "always":
                self._least[symbol] = max([least, *self._able_to_fail(group, symbol, least)])
                continue
            if whole:
                least = n
            for _, free in group.frees:
                least = max(least, min(n, free.floor or 0))
            for bound in group.bounds:
                if symbol in bound.of.deps:
                    least = max(least, self._by_power(bound, symbol))
            self._least[symbol] = min(n, least)
        if len({s.value for s in group.symbols}) == 1:
            most = max(self._least.values())
            self._least = dict.fromkeys(self._least, most)
        self._detected = self._detecting(group)
        self._detail = self._detected or _loosely_held(group)
        self._holding = group.held or "with fewer its bounds could hardly fail"
        if options.style == "plain":
            self._holding = "in plain style no count does"

    def _able_to_fail(self, group: Group, symbol: Symbol, least: int) -> Iterator[int]:
        """What each bound needs to stay one that something can fail."""
        for bound in group.bounds:
            if symbol in bound.of.deps and bound.allowed is not None:
                n = int(bound.of.total)
                inner = max(1, n // symbol.value)
                yield -(-bounds.floor_for_failing(bound.allowed, n, least * inner) // inner)

    def _by_power(self, bound: Bound, symbol: Symbol) -> int:
        n = int(bound.of.total)
        if bound.method == "time_limit":
            return 1
        if bound.allowed is None:
            return symbol.value
        trials = bounds.floor_for_bad(bound.allowed, n)
        inner = max(1, n // symbol.value)
        return -(-trials // inner)

    def _detecting(self, group: Group) -> str:
        """What the tightest bound detects at the floor, for a failure of it fails the test."""
        found: list[tuple[float, str]] = []
        for bound in group.bounds:
            if bound.allowed is None or bound.method == "time_limit":
                continue
            n, trials = int(bound.of.total), run_time(bound.of, self._least)
            if bound.allowed < n:
                rate = bounds.detectable_rate(bound.allowed, n, trials)
                found.append((rate, bounds.detectability(bound.allowed, n, trials)))
        return min(found)[1] if found else ""

    def of(self, symbol: Symbol) -> int:
        """The least that a count may be at run time."""
        return self._least.get(symbol, symbol.value)

    def shrink(self, function: str, group: Group, number: int) -> Shrink:
        """Whether the group can shrink, and what it can still detect then."""
        first = group.first
        can = any(self.of(s) < s.value for s in group.symbols if not s.adaptive)
        detail = self._detail if can else self._holding
        detects = can and bool(self._detected)
        return Shrink(function, first.node.lineno, can, detail, number, detects)


def _loosely_held(group: Group) -> str:
    """Why any number of trials will do, where no bound asks for so many."""
    if group.copies:
        return "all that depends on it follows it"
    if group.bounds:
        return "only a limit of time depends on it"
    if group.frees:
        return "what is asserted holds for any number of trials"
    return "no assertion depends on it"
