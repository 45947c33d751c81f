"""Events that the index of the trial decides: on a schedule, or in a fixed few trials."""

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

    def __str__(self) -> str:
        """How the trials are told from the others, `others` or not."""
        return f"i % {self.period} == {self.remainder}"


@dataclass(frozen=True)
class Fixed:
    """The trials from `start` to `stop`, early in a loop; with `others`, all but these."""

    start: int
    stop: int
    others: bool = False

    def inverted(self) -> Fixed:
        """The trials that are not among them."""
        return replace(self, others=not self.others)

    def events(self, trials: int) -> int:
        """How many of the first so many trials are among them."""
        hits = len(range(self.start, min(self.stop, trials)))
        return trials - hits if self.others else hits

    def code(self, trials: str) -> str:
        """The same as an expression, of trials that are one and go beyond `stop`."""
        hits = self.stop - self.start
        return f"{trials} - {hits}" if self.others else str(hits)

    def __str__(self) -> str:
        """How the trials are told from the others, `others` or not."""
        return f"i < {self.stop}" if self.start == 0 else f"i == {self.start}"
