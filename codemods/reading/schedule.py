"""Schedules: events that the index of the trial decides."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Schedule:
    """The trials with `index % period == remainder`; with `others`, all but these."""

    period: int
    remainder: int
    others: bool = False

    def inverted(self) -> Schedule:
        """The trials that are not on this schedule."""
        return replace(self, others=not self.others)

    def events(self, trials: int) -> int:
        """How many of the first so many trials are on it."""
        hits = len(range(self.remainder, trials, self.period))
        return trials - hits if self.others else hits

    def code(self, trials: str) -> str:
        """The same as an expression, of trials that are one."""
        hits = f"len(range({self.remainder}, {trials}, {self.period}))"
        return f"{trials} - {hits}" if self.others else hits
