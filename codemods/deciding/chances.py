"""Assertions that fail by their own arithmetic: the test draws the failures that it judges."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction
from math import floor, prod

from chaos_migrate.codemods.deciding.questions import Question, ask
from chaos_migrate.codemods.deciding.verdicts import Refused, Remark
from chaos_migrate.codemods.reading.algebra import Amount, probability
from chaos_migrate.codemods.reading.cases import Cases, in_each
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import exact_number
from chaos_migrate.fixtures_templates import bounds

# A test that fails more often than this by chance would only be exposed by more trials.
_OFTEN = Fraction("0.05")
# One that fails more often than this is told of.
_SOMETIMES = Fraction("0.01")


@dataclass(frozen=True)
class Draws:
    """Events that a test draws by itself, against a bound.

    `events` are the bad ones of n trials under an upper bound, the good ones over a lower one;
    `share` is the part of the trials that may be bad, in every case that the test goes through.
    """

    events: Amount
    n: int
    share: Cases
    upper: bool
    strict: bool = False

    def failing(self, trials: int) -> Fraction | None:
        """The chance that a run fails with so many trials; None if not all chances are known."""
        chance = _chance(self.events, self.upper)
        holding = chance and in_each(
            lambda p, r: 1 - self._failing(p, r, trials), chance, self.share
        )
        return None if holding is None else 1 - prod(holding.numbers, start=Fraction(1))

    def _failing(self, chance: Fraction, share: Fraction, trials: int) -> Fraction:
        allowed = self._allowed(share, trials)
        if allowed >= trials:
            return Fraction(0)
        bad = chance if self.upper else 1 - chance
        above = bounds.chance_above(allowed, trials, float(bad))
        return Fraction(above) if allowed >= 0 else Fraction(1)

    def _allowed(self, share: Fraction, trials: int) -> int:
        """What the bound allows, as written at n trials and in proportion at others."""
        own = allowed_bad(share, self.n, self.strict)
        if trials == self.n or not 0 <= own < self.n:
            return allowed_bad(share, trials, self.strict)
        return max(bounds.allowed(own, self.n, trials), allowed_bad(share, trials, self.strict))

    def sentence(self, failing: Fraction) -> str:
        """What is to be said of it."""
        half, four = self.failing(-(-self.n // 2)), self.failing(4 * self.n)
        assert half is not None and four is not None
        return (
            f"the assertion fails {_percent(failing)} of runs as written, {self._odds()} "
            f"(in proportion it would {_percent(half)} at half the load and {_percent(four)} "
            "at four times)"
        )

    def _odds(self) -> str:
        chance = _chance(self.events, self.upper)
        assert chance is not None
        if chance.loop or self.share.loop:
            return f"{self.n} trials in each of several cases"
        rate = self.share.numbers[0] if self.upper else 1 - self.share.numbers[0]
        return f"{self.n} trials at {float(chance.numbers[0]):g} against {float(rate):.3g}"


def fails_by_itself(question: Question, draws: Draws) -> Refused | Remark | None:
    """A refusal where a bound fails too often at load 1, a remark where it does now and then."""
    failing = draws.failing(draws.n)
    if failing is None or failing <= _SOMETIMES:
        return None
    sentence = draws.sentence(failing)
    if failing > _OFTEN:
        return question.refused("CHM450", sentence)
    return Remark("CHM450", sentence, question.judgement)


def finds_none(judgement: Judgement) -> str:
    """How often an assertion finds none of what the test draws, where that is more than rare.

    "" where it is rare, asks for something else, or stands under a condition. More trials only
    make it rarer.
    """
    if any(frame.guard is not None for frame in judgement.frames):
        return ""
    question = ask(judgement, judgement.deps, False, frozenset())
    value, operator = question.value, question.operator
    number = exact_number(question.bound) if question.bound is not None else None
    any_at_all = (isinstance(operator, ast.Gt) and number == 0) or (
        isinstance(operator, ast.GtE) and number == 1
    )
    if not any_at_all or not isinstance(value, Amount):
        return ""
    chance, n = _chance(value, exactly=True), int(value.unguarded.total)
    if chance is None or chance.loop:
        return ""
    none = [(1 - chance.numbers[0]) ** trials for trials in (n, -(-n // 2), 4 * n)]
    if none[0] <= _SOMETIMES:
        return ""
    now, half, four = map(_percent, none)
    return (
        f"the assertion fails {now} of runs as written: there is none in {n} trials at "
        f"{float(chance.numbers[0]):g} (with half as many it would fail {half}, with four times "
        f"as many {four})"
    )


def allowed_bad(share: Fraction, n: int, strict: bool) -> int:
    """How many of n trials may be bad where no more (`strict`: less) than `share` of them may."""
    exact = share * n
    return int(exact) - 1 if strict and exact.denominator == 1 else floor(exact)


def drawn_to_fail(question: Question) -> Refused:
    """The refusal where nothing may fail, and the test draws failures."""
    return question.refused("CHM450", "every trial must succeed, and the test draws failures")


def _percent(chance: Fraction) -> str:
    return f"{float(chance):.0%}" if chance >= _SOMETIMES else f"{float(chance):.1%}"


def _chance(events: Amount, exactly: bool) -> Cases | None:
    """The probability of the event in one trial; at most, where several draws decide it.

    Numbers drawn one by one are independent of each other; what else goes on in a `try` is not:
    its smallest chance bounds the event's.
    """
    if len(events.terms) != 1:
        return None
    guards = [(guard, probability([guard])) for guard in events.terms[0].guards]
    known = [(guard, chance) for guard, chance in guards if chance is not None]
    if not known or (exactly and len(guards) != 1):
        return None
    draws = [guard.draw for guard, _ in known]

    def joint(*chances: Fraction) -> Fraction:
        least: dict[int, Fraction] = {}
        for draw, chance in zip(draws, chances, strict=True):
            least[draw] = min(chance, least.get(draw, chance))
        rest = least.pop(0, Fraction(1))
        return min(rest, prod(least.values(), start=Fraction(1)))

    return in_each(joint, *(chance for _, chance in known))
