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


def noticed_way(ways: Sequence[float], runs: Sequence[Sequence[TestRun]]) -> float | None:
    """In which of two ways of injecting the old version fails more; None where in neither.

    Whether small draws or great ones make things worse is for the test to say.
    """
    rates = [_noticed(each).rate for each in runs]
    return ways[rates.index(max(rates))] if max(rates) else None


def caught(test: str, load: float, before: Sequence[TestRun], after: Sequence[TestRun]) -> Caught:
    """How often a test noticed, and at which assertion."""
    places = Counter(
        f"{run.failure.place} `{run.failure.text}`"
        for run in before
        if run.failure and not run.passed
    )
    by = places.most_common(1)[0][0] if places else ""
    return Caught(test, load, by, _noticed(before), _noticed(after))


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
