"""Numbers that the text fixes, in each of the cases that a test goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Cases:
    """A fixed number, or one for each round of a loop over data that is written out.

    `loop` tells such loops apart; it is 0 for a number that is the same everywhere.
    """

    numbers: tuple[Fraction, ...]
    loop: int = 0


def in_each(function: Callable[..., Fraction], *cases: Cases) -> Cases | None:
    """`function` of the numbers, round by round; None where different loops fix them."""
    loops = {one.loop for one in cases if one.loop}
    if len(loops) > 1:
        return None
    rounds = max(len(one.numbers) for one in cases)
    columns = (one.numbers if one.loop else one.numbers * rounds for one in cases)
    numbers = tuple(function(*row) for row in zip(*columns, strict=True))
    return Cases(numbers, loops.pop() if loops else 0)


def complement(chance: Cases) -> Cases:
    """The chance that the other thing happens."""
    return Cases(tuple(1 - number for number in chance.numbers), chance.loop)
