"""What a bound lets pass, and how often it catches what goes wrong: by plain arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass

CAUGHT = 0.9  # how often the author's bound catches the failures that are injected


@dataclass(frozen=True)
class Bound:
    """A bound that a test computed: of `of` trials by its author, for `trials` in this run."""

    test: str
    line: int
    method: str
    of: int
    trials: int
    strict: bool
    result: float

    @property
    def allowed(self) -> int:
        """How many bad trials it lets pass, found by trying; -1 if it lets none pass."""
        return max((bad for bad in range(self.trials + 1) if self._passes(bad)), default=-1)

    def _passes(self, bad: int) -> bool:
        upper = self.method.startswith("max")
        judged: float = bad if upper else self.trials - bad
        if self.method.endswith("rate"):
            judged /= self.trials
        if judged == self.result:
            return not self.strict
        return (judged < self.result) == upper

    def power(self, chance: float) -> float:
        """How often it catches that each trial goes bad with this chance."""
        return above(self.allowed, self.trials, chance)


def above(allowed: int, trials: int, chance: float) -> float:
    """The chance that more trials go bad than are allowed."""
    return math.fsum(
        math.comb(trials, bad) * chance**bad * (1 - chance) ** (trials - bad)
        for bad in range(allowed + 1, trials + 1)
    )


def regression(allowed: int, trials: int) -> float:
    """The chance of a bad trial that such a bound catches nine times in ten."""
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (low, middle) if above(allowed, trials, middle) > CAUGHT else (middle, high)
    return high


def least(runs: int, power: float) -> int:
    """How often, of so many runs, a test with this power fails but for one time in a thousand."""
    return next(c for c in range(runs + 1) if 1 - above(c, runs, power) > 0.001)
