"""What becomes of a judgement on a group of counts.

It stays as it is (`Free`), gets a bound (`Bound`), repeats the count and follows it (`Copy`), or
holds the group back (`Refused`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule


@dataclass(frozen=True)
class Remark:
    """What a person should know of an assertion; it holds nothing back."""

    code: str
    reason: str
    judgement: Judgement


@dataclass(frozen=True)
class Free:
    """The judgement stays; `floor` is the least the count may be for it ("n": the author's)."""

    floor: int | None = None
    whole: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Bound:
    """A literal bound that becomes a call of `method`; `allowed` bad ones in `of` trials.

    `of` has no terms for the time of one trial, which does not grow with their number.

    `value` is the bound read exactly; the literal is `scale` times it (100 for a percentage).
    Both are None for a bound that is only known when the test runs.
    """

    method: str
    node: ast.expr
    literal: ast.expr
    of: Amount
    allowed: int | None
    strict: bool
    value: Fraction | None
    judgement: Judgement
    scale: Fraction = Fraction(1)
    remark: Remark | None = None


@dataclass(frozen=True, eq=False)
class Copy:
    """A literal that repeats the count: it becomes `amount`, written with the count's name.

    `schedule` says which of the trials count, where not all do.
    """

    symbol: Symbol
    amount: Amount
    judgement: Judgement
    schedule: Schedule | Fixed | None = None


@dataclass(frozen=True)
class Refused:
    """Why the group stays as it is; `instead` is what `--unsafe-fixes` takes for the verdict."""

    code: str
    reason: str
    node: ast.expr | ast.stmt
    advice: str | None = None
    instead: Free | None = None


Verdict = Free | Bound | Copy | Refused
FREE = Free()
WHOLE = Free(whole=True)
