"""How often assertions notice that more goes wrong, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaos_migrate.cli.verifying.intervals import Passes, chance_of_fall, significant
from chaos_migrate.cli.verifying.records import TestRun
from chaos_migrate.cli.verifying.verdicts import ALPHA

_POWER = 0.5  # what a test with fewer trials must still notice, in shares of runs


@dataclass(frozen=True)
class Caught:
    """In how many runs with injected failures a test failed, and at which assertion mostly."""

    test: str
    load: float
    by: str
    before: Passes
    after: Passes
    weaker: bool = False


def caught(
    test: str, load: float, before: Sequence[Sequence[TestRun]], after: Sequence[Sequence[TestRun]]
) -> Caught | None:
    """How often a test noticed; the first of each pair is for draws made small, then great.

    Which of the two makes things worse is for the old version to say; None where neither does.
    """
    direction = max((0, 1), key=lambda way: _noticed(before[way]).rate)
    old, new = before[direction], after[direction]
    if not new or not _noticed(old).passed:
        return None
    places = Counter(
        f"{run.failure.place} `{run.failure.text}`" for run in old if run.failure and not run.passed
    )
    by = places.most_common(1)[0][0] if places else ""
    return Caught(test, load, by, _noticed(old), _noticed(new))


def weaker(found: Sequence[Caught]) -> list[Caught]:
    """The same, with those marked that notice less, corrected for their number."""
    chances = [chance_of_fall(each.before, each.after) for each in found]
    return [
        replace(each, weaker=less and (each.load >= 1 or each.after.interval()[1] < _POWER))
        for each, less in zip(found, significant(chances, ALPHA), strict=True)
    ]


def _noticed(runs: Sequence[TestRun]) -> Passes:
    """As a rate: to notice is, here, to pass."""
    return Passes(sum(not run.passed for run in runs), len(runs)) if runs else Passes(0, 1)
