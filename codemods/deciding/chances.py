"""Assertions that fail by their own arithmetic: the test draws the failures that it judges."""

from __future__ import annotations

from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, probability
from chaos_migrate.fixtures_templates import bounds

# A test that fails more often than this by chance would only be exposed by more trials.
_OFTEN = 0.05


def fails_by_itself(
    question: Question, events: Amount, n: int, allowed: int, upper: bool
) -> Refused | None:
    """A refusal where a bound fails too often at load 1, all of its chances being in sight.

    `events` are the bad ones of n trials for an upper bound, the good ones for a lower bound.
    """
    chance = _chance(events, upper)
    if chance is None or allowed >= n:
        return None
    failing = bounds.chance_above(allowed, n, chance if upper else 1 - chance)
    if failing <= _OFTEN:
        return None
    return question.refused("CHM450", f"the assertion fails {failing:.0%} of runs as written")


def drawn_to_fail(question: Question) -> Refused:
    """The refusal where nothing may fail, and the test draws failures."""
    return question.refused("CHM450", "every trial must succeed, and the test draws failures")


def _chance(events: Amount, exactly: bool) -> float | None:
    """The probability of the event in one trial; at most, where several draws decide it.

    Guards inside of one `try` are not independent: their smallest chance bounds the event's.
    """
    if len(events.terms) != 1:
        return None
    chances = [probability([guard]) for guard in events.terms[0].guards]
    known = [chance for chance in chances if chance is not None]
    if not known or (exactly and len(chances) != 1):
        return None
    return min(known)
