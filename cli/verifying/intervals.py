"""What numbers of passed runs allow to say: intervals, changes of a rate, many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Passes:
    """How many of so many runs a test passed."""

    passed: int
    runs: int

    @property
    def failed(self) -> int:
        """The other runs."""
        return self.runs - self.passed

    @property
    def rate(self) -> float:
        """The share that passed, 0 to 1; 1 of no runs."""
        return self.passed / self.runs if self.runs else 1.0

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Wilson's interval for the true rate."""
        if not self.runs:
            return 0.0, 1.0
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        n, p = self.runs, self.rate
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # At the ends rounding would miss the rate itself.
        low = 0.0 if self.passed == 0 else max(0.0, middle - half)
        return low, 1.0 if self.passed == n else min(1.0, middle + half)

    def times(self, factor: float) -> Passes:
        """The same rate in `factor` times as many runs."""
        return Passes(round(self.passed * factor), round(self.runs * factor))


@dataclass(frozen=True)
class Pairs:
    """Runs with the same dice before and after, of which some passed on one side only.

    Where both versions do the same, so do their runs: far fewer of them tell how much has changed
    than if each had dice of its own.
    """

    lost: int
    gained: int
    runs: int

    def times(self, factor: float) -> Pairs:
        """The same shares in `factor` times as many runs."""
        lost, gained, runs = (round(n * factor) for n in (self.lost, self.gained, self.runs))
        return Pairs(lost, gained, runs)

    def least_change(self, confidence: float = 0.95) -> float:
        """The lower end, one-sided, for the change of the pass rate (Tango's score interval)."""
        if not self.runs:
            return -1.0
        z = NormalDist().inv_cdf(confidence)
        low, high = -1.0, (self.gained - self.lost) / self.runs
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self._score(middle) > z else (low, middle)
        return low

    def _score(self, change: float) -> float:
        """How many standard deviations the pairs lie above what a true `change` would give."""
        n, lost, gained = self.runs, self.lost, self.gained
        b = (2 * n - gained + lost) * change - lost - gained
        c = -lost * change * (1 - change)
        likely_lost = (math.sqrt(b * b - 8 * n * c) - b) / (4 * n)
        variance = n * (2 * likely_lost + change * (1 - change))
        above = gained - lost - n * change
        return above / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, above)


def chance_of_fall(before: Passes, after: Passes) -> float:
    """Fisher's exact test, one-sided: how likely so great a fall is if nothing has changed."""
    failed = before.failed + after.failed
    total = math.comb(before.runs + after.runs, after.runs)
    tail = sum(
        math.comb(failed, bad) * math.comb(before.passed + after.passed, after.runs - bad)
        for bad in range(after.failed, min(failed, after.runs) + 1)
    )
    return tail / total


def least_change(before: Passes, after: Passes, confidence: float = 0.95) -> float:
    """The lower end, one-sided, for the change of the pass rate (Newcombe's, from Wilson's)."""
    two_sided = 2 * confidence - 1
    low = after.interval(two_sided)[0]
    high = before.interval(two_sided)[1]
    difference = after.rate - before.rate
    return difference - math.hypot(after.rate - low, high - before.rate)


def significant(chances: Sequence[float], alpha: float) -> list[bool]:
    """Holm's correction: which of these results stand when all are looked at together.

    The chance that one of those that stand is an accident is at most `alpha`.
    """
    order = sorted(range(len(chances)), key=lambda index: chances[index])
    stands = [False] * len(chances)
    for rank, index in enumerate(order):
        if chances[index] > alpha / (len(chances) - rank):
            break
        stands[index] = True
    return stands
