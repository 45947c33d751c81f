"""The code that is written: with the fixture's methods, or with nothing but the multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Limit:
    """A bound to be written: `literal` as the author spelled it, for `of` trials of `trials`.

    `allowed` is the number of bad trials that the author allows (None: known at run time only);
    `of` is None for the time of one trial.
    """

    method: str
    literal: str
    of: int | None
    trials: str
    strict: bool
    allowed: int | None


class Forms(Protocol):
    """How a count and a bound are spelled; `config` is the way to the configuration."""

    def count(self, config: str, literal: str, n: int, floor: int) -> str:
        """The expression of a count."""

    def bound(self, config: str, limit: Limit) -> str:
        """The expression of a bound."""


class HelperForms:
    """`chaos_config.scaled(10, floor=7)` and `chaos_config.max_count(3, of=10, trials=m)`."""

    def count(self, config: str, literal: str, n: int, floor: int) -> str:
        """A count; the floor is written where it lets the count shrink."""
        shrinks = f", floor={floor}" if floor < n else ""
        return f"{config}.scaled({literal}{shrinks})"

    def bound(self, config: str, limit: Limit) -> str:
        """A bound, with `strict=True` where the author's operator is."""
        if limit.of is None:
            return f"{config}.{limit.method}({limit.literal})"
        strict = ", strict=True" if limit.strict else ""
        arguments = f"{limit.literal}, of={limit.of}, trials={limit.trials}{strict}"
        return f"{config}.{limit.method}({arguments})"


class PlainForms:
    """Integer arithmetic with `load_multiplier` alone; counts never shrink.

    With m >= n trials, k bad ones of n allow max(floor((1 - r) m), ceil(k m / n)) of m.
    """

    def count(self, config: str, literal: str, n: int, floor: int) -> str:
        """A count that never goes below the author's."""
        return f"max({literal}, int({literal} * {config}.load_multiplier))"

    def bound(self, config: str, limit: Limit) -> str:
        """A bound in proportion, equal to the literal at the author's count."""
        n, m = limit.of, limit.trials
        if n is None:
            return limit.literal
        if limit.method == "time_limit":
            return f"{limit.literal} * max(1, {m} / {n})"
        if limit.allowed is None:
            return limit.literal
        k = limit.allowed
        more = f"-(-{_times(k, m)} // {n})"
        if limit.method == "max_count":
            return f"{more} + 1" if limit.strict else more
        if limit.method == "min_count":
            good = f"{_times(n - k, m)} // {n}"
            return f"{good} - 1" if limit.strict else good
        worst = f"{more} / {m}"
        if limit.method == "max_rate":
            return f"max({limit.literal}, {worst})"
        return f"min({limit.literal}, ({m} - {more}) / {m})"


def _times(factor: int, name: str) -> str:
    return name if factor == 1 else f"{factor} * {name}"
