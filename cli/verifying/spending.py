"""Where the next runs go: to what is not decided, and to how often the old version fails."""

from __future__ import annotations

from collections.abc import Sequence

from chaos_migrate.cli.verifying.certain import steady
from chaos_migrate.cli.verifying.experiment import AFTER, Arm
from chaos_migrate.cli.verifying.intervals import Passes
from chaos_migrate.cli.verifying.records import TestRun
from chaos_migrate.cli.verifying.verdicts import LEAST_RUNS, Cell

_ROUNDS = (3, 6, 12, 25, 40)

_TO_FIND_FAILURES = 40
"""Runs of the old version that find, nineteen times in twenty, what fails one time in fourteen."""


def rounds(most: int) -> list[int]:
    """After how many runs it is looked at whether there need to be more."""
    steps = [step for step in _ROUNDS if step < most]
    more = list(range(2 * _ROUNDS[-1], most, 2 * _ROUNDS[-1]))
    return [*steps, *more, most]


def rate_is_open(runs: Sequence[TestRun], most: int, precision: float) -> bool:
    """Whether it needs more runs of the old version to say how often a test fails by itself.

    The rate is known when half of the interval in which it lies is no more than `precision`.
    """
    if not runs or len(runs) >= most or steady(runs):
        return False
    low, high = Passes(sum(run.passed for run in runs), len(runs)).interval()
    return len(runs) < _TO_FIND_FAILURES or (high - low) / 2 > precision


def arms_of(cell: Cell, baseline: Arm) -> tuple[Arm, ...]:
    """What has to run for a cell that is not decided.

    Where all has failed so far, only the old version can show that there is anything to lose.
    """
    if cell.before.passed == cell.after.passed == 0 and cell.after.runs >= LEAST_RUNS:
        return (baseline,)
    return (baseline, Arm(AFTER, cell.load))
