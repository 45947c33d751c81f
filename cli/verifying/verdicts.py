"""What may be said of a test at a load: SAME, WORSE, BETTER, UNDECIDED or BASELINE FLAKY."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaos_migrate.cli.verifying.intervals import (
    Pairs,
    Passes,
    chance_of_fall,
    least_change,
    significant,
)

MARGIN = 0.10
"""A fall of the pass rate that must be excluded before a test is called the same."""

ALPHA = 0.01
"""How likely one wrong WORSE may be in a whole report."""

LEAST_RUNS = 3
"""Fewer runs of a version say nothing."""

_MOST_RUNS = 5_000  # beyond this nobody would wait
_STEP = 1.1  # between two guesses of how many would decide


class Verdict(enum.Enum):
    """The word for a cell of the table."""

    SAME = "SAME"
    WORSE = "WORSE"
    BETTER = "BETTER"
    UNDECIDED = "UNDECIDED"
    FLAKY = "BASELINE FLAKY"


@dataclass(frozen=True)
class Cell:
    """A test at a load: how often it passed before and after, and what follows from that.

    `certain` says that the verdict was given before any counting, for `reason`. `more` is how many
    runs of each version would decide, None if no sensible number would or none is needed. `pairs`
    are the runs with the same dice; `least` is the greatest fall that is left open.
    """

    test: str
    load: float
    before: Passes
    after: Passes
    verdict: Verdict = Verdict.UNDECIDED
    reason: str = ""
    certain: bool = False
    more: int | None = None
    cause: str = ""
    pairs: Pairs | None = None

    @property
    def least(self) -> float:
        """The lower end, one-sided, for the change of the pass rate."""
        alone = least_change(self.before, self.after)
        return max(alone, self.pairs.least_change()) if self.pairs else alone

    @property
    def decided(self) -> bool:
        """Whether more runs would change nothing that matters."""
        if self.verdict is Verdict.FLAKY:
            return not self.more
        return self.verdict is not Verdict.UNDECIDED

    def surely(self, verdict: Verdict, reason: str) -> Cell:
        """The same cell with a verdict that needs no statistics."""
        return replace(self, verdict=verdict, reason=reason, certain=True)


def judged(cells: Sequence[Cell], looks: int) -> list[Cell]:
    """The cells with their verdicts, corrected for their number and for `looks` at growing data."""
    open_cells = [cell for cell in cells if not cell.certain]
    falls = [chance_of_fall(cell.before, cell.after) for cell in open_cells]
    rises = [chance_of_fall(cell.after, cell.before) for cell in open_cells]
    worse = significant(falls, ALPHA / looks)
    better = significant(rises, ALPHA / looks)
    verdicts = iter(map(_judge, open_cells, worse, better))
    return [cell if cell.certain else next(verdicts) for cell in cells]


def _judge(cell: Cell, worse: bool, better: bool) -> Cell:
    before, after = cell.before, cell.after
    flaky = 0 < before.failed < before.runs
    if worse:
        return replace(cell, verdict=Verdict.WORSE)
    if better:
        return replace(cell, verdict=Verdict.BETTER)
    if min(before.runs, after.runs) < LEAST_RUNS:
        verdict = Verdict.FLAKY if flaky else Verdict.UNDECIDED
        return replace(cell, verdict=verdict, more=LEAST_RUNS)
    same = cell.least > -MARGIN
    more = None if same else _runs_to_decide(cell)
    if flaky:
        return replace(cell, verdict=Verdict.FLAKY, more=more)
    if not same:
        return replace(cell, verdict=Verdict.UNDECIDED, more=more)
    never = before.passed == after.passed == 0
    reason = "fails in every run, before as well" if never else ""
    return replace(cell, verdict=Verdict.SAME, reason=reason)


def _runs_to_decide(cell: Cell) -> int | None:
    """About how many more runs of each version would decide if the rates stay what they are."""
    before, after, pairs = cell.before, cell.after, cell.pairs
    runs = max(before.runs, after.runs)
    factor = 1.0
    while runs * factor < _MOST_RUNS:
        factor *= _STEP
        larger = replace(
            cell,
            before=before.times(factor),
            after=after.times(factor),
            pairs=pairs.times(factor) if pairs else None,
        )
        fall = -least_change(larger.after, larger.before, confidence=1 - ALPHA / 100)
        if fall < 0 or larger.least > -MARGIN:
            return max(1, max(larger.before.runs, larger.after.runs) - runs)
    return None
