"""What is noted while a test is read, for the decisions to come."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import Symbol, Value, depends_on
from chaos_migrate.codemods.reading.frames import Frame
from chaos_migrate.codemods.reading.quantities import Taint
from chaos_migrate.codemods.source import Source


@dataclass(frozen=True, eq=False)
class Judgement:
    """A comparison that decides the test: in an assertion, or in a loop that waits.

    `operator` is an `ast.cmpop`; for a bare truth value it is None and `right` too, and `negated`
    says that it must be false. `known` is what its sides depended on when it was read; None inside
    a loop, whose later trials come back to it. `tick` orders it among the loops.
    """

    statement: ast.stmt
    left: Value
    operator: ast.cmpop | None
    right: Value | None
    left_node: ast.expr
    right_node: ast.expr | None
    frames: tuple[Frame, ...]
    owner: ast.AST
    source: Source
    message: ast.expr | None = None
    negated: bool = False
    known: frozenset[Symbol] | None = None
    tick: int = 0

    @property
    def deps(self) -> frozenset[Symbol]:
        """Every symbol that either side depends on."""
        if self.known is not None:
            return self.known
        return depends_on(v for v in (self.left, self.right) if v is not None)

    @property
    def open_symbols(self) -> frozenset[Symbol]:
        """The symbols of the loops that the judgement stands in."""
        return frozenset().union(*(frame.symbols for frame in self.frames if frame.loop))


@dataclass(frozen=True, eq=False)
class Hazard:
    """A reason why a symbol cannot move, found while reading."""

    code: str
    symbol: Symbol
    reason: str
    node: ast.expr | ast.stmt


@dataclass(frozen=True, eq=False)
class Policy:
    """A number that other code goes by: mostly `callee(keyword=symbol)`.

    `shared` says that it was not given anew in each trial, `compared` that it stands in a
    comparison or an assignment, `hidden` that this is one of the code under test. `gate` is a
    limit of those who are there at the same time. `made` is the object that goes by it.
    """

    symbol: Symbol
    callee: str
    keyword: str
    shared: bool
    gate: bool = False
    compared: bool = False
    hidden: bool = False
    made: Taint | None = None


@dataclass(frozen=True, eq=False)
class Tested:
    """What a test makes objects of, or calls: `name` in full, or as `source` has it.

    `made` is the object, None for a call; `shared` says that it was not made anew in each trial.
    """

    source: Source
    name: str
    made: Taint | None
    shared: bool


@dataclass(frozen=True, eq=False)
class Work:
    """What a thread does: the loops that it goes through, and the frames around its start."""

    inner: frozenset[Symbol]
    around: tuple[Frame, ...]


@dataclass(frozen=True, eq=False)
class Budget:
    """A time that all trials together may take, in a call: `wait_for(..., timeout=5)`.

    `limit` is its value where that is in sight. `patient` says that nothing fails when it is over:
    a `join` just goes on, unless the test asks whether the thread is still alive.
    """

    node: ast.expr
    limit: Fraction | None
    of: frozenset[Symbol]
    frames: tuple[Frame, ...]
    statement: ast.stmt
    owner: ast.AST
    source: Source
    patient: bool = False
