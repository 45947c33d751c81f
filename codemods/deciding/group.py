"""Numbers that move together."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.deciding.verdicts import Bound, Copy, Free, Refused, Remark
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.notes import Judgement


@dataclass(eq=False)
class Group:
    """Counts that move in one step, with all that depends on them."""

    counts: list[Count]
    bounds: list[Bound] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    frees: list[tuple[Judgement, Free]] = field(default_factory=list)
    refusal: Refused | None = None
    held: str = ""  # why its counts do not shrink, the first reason

    def hold(self, reason: str) -> None:
        """Let the counts never shrink."""
        self.held = self.held or reason

    @property
    def symbols(self) -> frozenset[Symbol]:
        """The counts' symbols."""
        return frozenset(count.symbol for count in self.counts)

    @property
    def adaptive(self) -> bool:
        """Whether all of its counts scale already."""
        return all(symbol.adaptive for symbol in self.symbols)

    @property
    def unjudged(self) -> bool:
        """Whether no assertion that was put to it says anything of its trials."""
        return not (self.bounds or self.copies or self.frees)

    @property
    def end(self) -> int:
        """When the last of its loops is over, in ticks of the reading."""
        return max(frame.end for count in self.counts for frame in count.frames)

    @property
    def first(self) -> Symbol:
        """The count that stands for the group: the first in the text."""
        return min(self.symbols, key=lambda s: (s.node.lineno, s.node.col_offset))


@dataclass(frozen=True)
class Findings:
    """The groups of a test, the counts that are not load, and what else is to be said."""

    groups: tuple[Group, ...]
    kept: tuple[tuple[Count, str], ...]
    remarks: tuple[Remark, ...] = ()
