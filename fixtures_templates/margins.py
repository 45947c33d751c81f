"""How many bad trials a bound allows at another number of trials.

The author allowed k bad ones in n trials. More trials allow proportionally more.
Fewer trials keep the author's margin of safety: where k of n fails a healthy test
once in a hundred runs, so does, at most, the bound at m trials. The expected part
of a bound so scales with the trials, and its margin with their square root. Plain
k * m / n gives up the margin: at half the trials it fails healthy tests up to one
time in five.
"""

import bisect as _chaos_bisect
import functools as _chaos_functools
import math as _chaos_math

_CHAOS_FALSE_ALARM = 0.01  # how often a bound may fail a healthy test


def _chaos_tail(c: int, m: int, p: float) -> float:
    """P(Bin(m, p) > c): more than c of m trials go bad, each with probability p."""
    if c >= m or p <= 0:
        return 0.0
    first = c + 1
    if first <= m * p:  # below the mean, sum the other side: the good trials
        return 1.0 - _chaos_tail(m - first, m, 1 - p)
    lgamma, log, log1p = _chaos_math.lgamma, _chaos_math.log, _chaos_math.log1p
    ways = lgamma(m + 1) - lgamma(first + 1) - lgamma(m - first + 1)
    term = _chaos_math.exp(ways + first * log(p) + (m - first) * log1p(-p))
    total = 0.0
    for bad in range(first, m + 1):
        total += term
        term *= (m - bad) / (bad + 1) * p / (1 - p)
        if term <= total * 1e-17:  # above the mean the terms only get smaller
            break
    return total


@_chaos_functools.cache
def _chaos_failure_rate(k: int, n: int, chance: float) -> float:
    """The p with P(Bin(n, p) > k) = chance: what k of n reports so often; k < n."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _chaos_tail(k, n, middle) > chance:
            high = middle
        else:
            low = middle
    return low


@_chaos_functools.cache
def _chaos_allowed(k: int, n: int, m: int) -> int:
    """How many of m trials may go bad where k of n might, for 0 <= k < n.

    Never a lower rate than k / n, and never fewer for more trials. Where it is m
    itself, the bound can no longer fail.
    """
    proportional = -(-k * m // n)
    if m >= n:
        return proportional
    healthy = _chaos_failure_rate(k, n, _CHAOS_FALSE_ALARM)
    candidates = range(proportional, k)  # and k itself, which is always enough
    return proportional + _chaos_bisect.bisect_left(
        candidates,
        True,
        key=lambda c: _chaos_tail(c, m, healthy) <= _CHAOS_FALSE_ALARM,
    )
