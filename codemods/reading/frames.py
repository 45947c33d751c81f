"""Open loops and branches: where in the course of a test an event happens."""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass, field
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Amount, Guard, GuardKind, Symbol
from chaos_migrate.codemods.reading.quantities import Condition, Taint
from chaos_migrate.codemods.source import Source


@dataclass(eq=False)
class Frame:
    """An open loop (`count`, None where it cannot be counted) or an open branch (`guard`).

    `nominal` is how often a loop runs that may end early. `stays` says why its number is no load,
    whatever else the loop does; `seeds` that its index is the seed of each trial; `source` is where
    it stands, a helper's file or the test's; `simulates` that a draw decides what a trial does;
    `retries` that a loop in a trial tries it again, `ending` that what runs now is its last try.
    `pause` is how many seconds each of its rounds sleeps.
    The flags collect what happens inside: they are the evidence that a loop is load.
    """

    id: int
    node: ast.AST
    count: Amount | None = None
    nominal: Amount | None = None
    guard: Guard | None = None
    condition: Condition | None = None
    symbols: frozenset[Symbol] = NO_SYMBOLS
    inside: frozenset[Symbol] = NO_SYMBOLS
    source: Source | None = None
    tick: int = 0
    end: int = 0
    retries: bool = False
    ending: bool = False
    concurrent: bool = False
    attempts: bool = False
    draws: bool = False
    simulates: bool = False
    tries: bool = False
    collects: bool = False
    sweeps: bool = False
    builds: bool = False
    handed: bool = False
    indexed: bool = False
    seeds: bool = False
    stays: str = ""
    pause: Fraction = Fraction(0)
    touched: set[Taint] = field(default_factory=set)

    @property
    def nest(self) -> frozenset[Symbol]:
        """The counts of the loop and of those around it."""
        return self.symbols | self.inside

    @property
    def loop(self) -> bool:
        """Whether this is a loop."""
        if self.guard is None:
            return True
        return self.guard.kind is GuardKind.UNBOUNDED and not self.ending


def endless(frames: list[Frame]) -> bool:
    """Whether the only loops are such as run until somebody stops them."""
    loops = [frame for frame in frames if frame.loop]
    return bool(loops) and not any(frame.symbols for frame in loops)


def uncounted(frames: list[Frame]) -> bool:
    """Whether a loop is open that cannot be counted: what happens there depends on it."""
    trials = frozenset[Symbol]().union(*(frame.symbols for frame in frames if frame.count))
    return any(
        frame.loop and frame.count is None and not (trials and _tries_again(frame, trials))
        for frame in frames
    )


def _tries_again(frame: Frame, trials: frozenset[Symbol]) -> bool:
    """Whether it tries each of these trials again, by a limit of its own: `while tries < 3`."""
    return frame.retries and frame.nominal is None and not frame.symbols & trials


class Exit(enum.Enum):
    """How a statement leaves its block."""

    CONTINUE = "continue"
    BREAK = "break"
    RETURN = "return"
    RAISE = "raise"


# What a block does: None falls through; a Guard is what the rest of the block stands under.
Flow = Exit | Guard | None
