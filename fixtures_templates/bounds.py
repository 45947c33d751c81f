"""The bounds and floors of a count as pure functions, for planning without a run.

These are the very methods that the suite will call (see `_ChaosLoad` for what they
mean), and what only a planner asks: how far a count may shrink, and what its
assertion can still detect.
"""

from __future__ import annotations

import functools

from chaos_migrate.fixtures_templates.config import _chaos_bad, _chaos_exact, _ChaosLoad
from chaos_migrate.fixtures_templates.margins import (
    _CHAOS_FALSE_ALARM,
    _chaos_allowed,
    _chaos_failure_rate,
    _chaos_tail,
)

FALSE_ALARM = _CHAOS_FALSE_ALARM
"""How often a bound may fail a healthy test: one time in a hundred."""

CAUGHT = 0.9
"""The chance with which a bound catches what it is said to detect: nine times in ten."""

POWER = 0.5
"""The least chance with which a shrunk bound must still catch that: even odds."""

# Up to here every number of trials is tried for a floor.
_FINE = 200

allowed = _chaos_allowed
max_count = _ChaosLoad.max_count
min_count = _ChaosLoad.min_count
max_rate = _ChaosLoad.max_rate
min_rate = _ChaosLoad.min_rate


def scaled(n: int, multiplier: float, floor: int | None = None) -> int:
    """`n` trials at a load multiplier: n times it, half up, never below `floor` (`n`)."""
    return _ChaosLoad(multiplier, 1).scaled(n, floor)


def time_limit(
    seconds: float, time_factor: float, of: int | None = None, trials: int | None = None
) -> float:
    """`seconds` times the factor, and, given both, as much longer as the trials are more."""
    return _ChaosLoad(1, time_factor).time_limit(seconds, of, trials)


def bad_by_max_rate(r: float, of: int, strict: bool = False) -> int:
    """How many of `of` trials `bad / of <= r` lets go bad; with `strict`, `< r`."""
    return _chaos_bad(_chaos_exact(r), of, strict)


def bad_by_min_rate(r: float, of: int, strict: bool = False) -> int:
    """How many of `of` trials `good / of >= r` lets go bad; with `strict`, `> r`."""
    return _chaos_bad(1 - _chaos_exact(r), of, strict)


def chance_above(k: int, of: int, p: float) -> float:
    """The chance that more than `k` of `of` trials go bad, each with probability `p`."""
    return _chaos_tail(k, of, p)


@functools.cache
def floor_for_bad(k: int, of: int) -> int:
    """How few trials still bear out a bound of `k` bad ones in `of`.

    The smallest m such that at every number of trials from m to `of` the bound can fail, and
    catches with even odds what the author's catches nine times in ten. Every number, because
    power is not monotone: a bound of whole numbers is now a little looser, now a little tighter.
    """
    telling = detectable_rate(k, of, of)
    # Large counts go in steps, to half at most: their sawtooth is lost in the margin.
    step, least = (1, 1) if of <= _FINE else (-(-of // 32), of // 2)
    floor = of
    while floor > least:
        fewer = max(least, floor - step)
        allowed = _chaos_allowed(k, of, fewer) if k < of else fewer
        if allowed >= fewer or _chaos_tail(allowed, fewer, telling) < POWER:
            break
        floor = fewer
    return floor


@functools.cache
def floor_for_failing(k: int, of: int, least: int) -> int:
    """How few trials, from `least` up, leave a bound of `k` bad in `of` that can fail at all."""
    return next((m for m in range(least, of) if _chaos_allowed(k, of, m) < m), of)


def floor_for_event(p: float, of: int) -> int:
    """How few trials still let an event of probability `p` happen at least once.

    The smallest m, at most `of`, at which it fails to happen no more often than in the author's
    trials, or than one time in a hundred.
    """
    missed = max((1 - p) ** of, FALSE_ALARM)
    return next((m for m in range(1, of) if (1 - p) ** m <= missed), of)


def floor_for_exact(of: int) -> int:
    """How few trials are enough where no assertion, or only exact equality, depends on them."""
    return min(of, max(3, of // 2))


def detectable_rate(k: int, of: int, trials: int) -> float:
    """The failure rate, 0 to 1, that `k` bad of `of` catches nine times in ten at `trials`.

    1 where the bound cannot fail.
    """
    if k >= of:
        return 1.0
    return _chaos_failure_rate(_chaos_allowed(k, of, trials), trials, CAUGHT)


def detectability(k: int, of: int, floor: int) -> str:
    """What a bound of `k` bad in `of` can detect at its floor and at the author's count."""
    least, own = detectable_rate(k, of, floor), detectable_rate(k, of, of)
    return (
        f"at {floor} of {of} trials it catches a {least:.0%} failure rate nine times in ten; "
        f"at {of}, {own:.0%}"
    ).replace("%", " %")
