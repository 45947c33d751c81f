"""What tests ask for: counts that scale with the load, and bounds that follow them."""

import fractions as _chaos_fractions
import math as _chaos_math

from chaos_migrate.fixtures_templates.margins import _chaos_allowed


class _ChaosLoad:
    """How much load this run puts on, and what its tests may then expect.

    `load_multiplier` is 1 for the load that the author wrote. `time_factor`, at
    least 1, is how much longer than the author's things may take here.

    In the bounds, `of` is the author's number of trials and `trials` the number in
    this run. Where they are equal, a bound is its first argument, untouched. `strict`
    is for the author's `<` and `>`: the caller goes on comparing with them. The bounds
    raise ValueError for what is no count or rate, and if they could no longer fail.
    """

    def __init__(self, load_multiplier: float, time_factor: float) -> None:
        self.load_multiplier = load_multiplier
        self.time_factor = time_factor

    def __repr__(self) -> str:
        load, time = self.load_multiplier, self.time_factor
        return f"{type(self).__name__}(load_multiplier={load}, time_factor={time})"

    def scaled(self, n: int, floor: int | None = None) -> int:
        """`n` times the load, half up; never below `floor`, or `n` if none is given."""
        least = n if floor is None else floor
        _chaos_check_whole("a count", n, least=1)
        _chaos_check_whole("a floor", least, least=1)
        if least > n:
            raise ValueError(f"the floor {least} is above its count {n}")
        exact = _chaos_fractions.Fraction(str(self.load_multiplier)) * n
        half = _chaos_fractions.Fraction(1, 2)
        return max(least, _chaos_math.floor(exact + half))

    @staticmethod
    def max_count(k: int, of: int, trials: int, strict: bool = False) -> int:
        """The bound for `bad <= k`, or `bad < k`: how many of the trials may go bad."""
        if _chaos_unscaled(of, trials):
            return k
        _chaos_check_whole("a bound", k, least=0)
        bad = _chaos_follow(f"max_count({k})", k - strict, of, trials)
        return bad + strict

    @staticmethod
    def min_count(j: int, of: int, trials: int, strict: bool = False) -> int:
        """The bound for `good >= j`, or `good > j`: how many must go well."""
        if _chaos_unscaled(of, trials):
            return j
        _chaos_check_whole("a bound", j, least=0)
        bad = _chaos_follow(f"min_count({j})", of - j - strict, of, trials)
        return trials - bad - strict

    @staticmethod
    def max_rate(r: float, of: int, trials: int, strict: bool = False) -> float:
        """The bound for `bad / trials <= r`, or `< r`, midway between two rates."""
        if _chaos_unscaled(of, trials):
            return r
        bad_rate = _chaos_exact(r)
        bad = _chaos_follow_rate(f"max_rate({r})", bad_rate, of, trials, strict)
        return (bad + 0.5) / trials

    @staticmethod
    def min_rate(r: float, of: int, trials: int, strict: bool = False) -> float:
        """The bound for `good / trials >= r`, or `> r`, midway between two rates."""
        if _chaos_unscaled(of, trials):
            return r
        bad_rate = 1 - _chaos_exact(r)
        bad = _chaos_follow_rate(f"min_rate({r})", bad_rate, of, trials, strict)
        return (trials - bad - 0.5) / trials

    def time_limit(
        self,
        seconds: float,
        of: int | None = None,
        trials: int | None = None,
    ) -> float:
        """`seconds` for this machine, and, given the trials, for more of them."""
        factor = self.time_factor
        if of is not None and trials is not None:
            if not _chaos_unscaled(of, trials):
                factor *= max(1.0, trials / of)
        elif of is not trials:
            raise ValueError("time_limit takes both `of` and `trials`, or neither")
        return seconds if factor == 1 else seconds * factor


def _chaos_follow(bound: str, k: int, n: int, m: int) -> int:
    """How many of m trials may go bad, where the author's `bound` allowed k of n."""
    if k < 0:
        raise ValueError(f"{bound}, of={n}: no result could meet this bound")
    allowed = _chaos_allowed(k, n, m) if k < n else m
    if allowed >= m:
        why = "the count needs a higher floor" if k < n else "nor could the author's"
        raise ValueError(f"{bound}, of={n}: at {m} trials this cannot fail; {why}")
    return allowed


def _chaos_follow_rate(
    bound: str,
    rate: _chaos_fractions.Fraction,
    n: int,
    m: int,
    strict: bool,
) -> int:
    """The same for a bad rate, which may allow more of m than its k of n does."""
    bad = _chaos_follow(bound, _chaos_bad(rate, n, strict), n, m)
    return max(bad, _chaos_bad(rate, m, strict))


def _chaos_bad(rate: _chaos_fractions.Fraction, trials: int, strict: bool) -> int:
    """The most bad trials whose rate is at most `rate`; where strict, below it."""
    if strict:
        return _chaos_math.ceil(rate * trials) - 1
    return _chaos_math.floor(rate * trials)


def _chaos_exact(rate: float) -> _chaos_fractions.Fraction:
    """The rate as it is written: 0.7 is 7/10, which no float is."""
    try:
        exact = _chaos_fractions.Fraction(str(rate))
    except ValueError:
        exact = _chaos_fractions.Fraction(-1)
    if not 0 <= exact <= 1:
        raise ValueError(f"a rate must be a number from 0 to 1, not {rate!r}")
    return exact


def _chaos_unscaled(of: int, trials: int) -> bool:
    """Whether this run has as many trials as the author's."""
    _chaos_check_whole("of", of, least=1)
    _chaos_check_whole("trials", trials, least=1)
    return of == trials


def _chaos_check_whole(name: str, value: int, least: int) -> None:
    """Raise ValueError unless `value` is a whole number, not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        wanted = f"a whole number of at least {least}"
        raise ValueError(f"{name} must be {wanted}, not {value!r}")
