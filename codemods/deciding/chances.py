"""Assertions that fail by their own arithmetic: the test draws the failures that it judges."""

from __future__ import annotations

from fractions import Fraction
from math import floor, prod

from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, probability
from chaos_migrate.codemods.reading.cases import Cases, in_each
from chaos_migrate.fixtures_templates import bounds

# A test that fails more often than this by chance would only be exposed by more trials.
_OFTEN = 0.05


def fails_by_itself(
    question: Question, events: Amount, n: int, share: Cases, *, upper: bool, strict: bool
) -> Refused | None:
    """A refusal where a bound fails too often at load 1, all of its chances being in sight.

    `events` are the bad ones of n trials for an upper bound, the good ones for a lower bound;
    `share` is the part of them that may be bad, in every case that the test goes through.
    """
    chance = _chance(events, upper)
    holding = chance and in_each(lambda p, r: 1 - _failing(p, r, n, upper, strict), chance, share)
    if holding is None:
        return None
    failing = 1 - prod(holding.numbers)
    if failing <= _OFTEN:
        return None
    return question.refused(
        "CHM450", f"the assertion fails {float(failing):.0%} of runs as written"
    )


def allowed_bad(share: Fraction, n: int, strict: bool) -> int:
    """How many of n trials may be bad where no more (`strict`: less) than `share` of them may."""
    exact = share * n
    return int(exact) - 1 if strict and exact.denominator == 1 else floor(exact)


def drawn_to_fail(question: Question) -> Refused:
    """The refusal where nothing may fail, and the test draws failures."""
    return question.refused("CHM450", "every trial must succeed, and the test draws failures")


def _failing(chance: Fraction, share: Fraction, n: int, upper: bool, strict: bool) -> Fraction:
    allowed = allowed_bad(share, n, strict)
    if allowed >= n:
        return Fraction(0)
    bad = chance if upper else 1 - chance
    return Fraction(bounds.chance_above(allowed, n, float(bad))) if allowed >= 0 else Fraction(1)


def _chance(events: Amount, exactly: bool) -> Cases | None:
    """The probability of the event in one trial; at most, where several draws decide it.

    Guards inside of one `try` are not independent: their smallest chance bounds the event's.
    """
    if len(events.terms) != 1:
        return None
    chances = [probability([guard]) for guard in events.terms[0].guards]
    known = [chance for chance in chances if chance is not None]
    if not known or (exactly and len(chances) != 1):
        return None
    return in_each(lambda *numbers: min(numbers), *known)
