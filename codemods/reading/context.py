"""The state of a reading: open loops and branches, names in scope, and the notes so far.

The rules of the language are functions of a context and a node. They reach one another through
`Context.evaluate` and `Context.run`, so that no module of theirs needs to know all the others.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.reading.algebra import (
    NO_SYMBOLS,
    Amount,
    Guard,
    GuardKind,
    Symbol,
    Value,
    add,
    repeated,
)
from chaos_migrate.codemods.reading.cases import Cases
from chaos_migrate.codemods.reading.frames import Flow, Frame, endless, uncounted
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.notes import Budget, Hazard, Judgement, Policy, Tested, Work
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    Condition,
    Index,
    Opaque,
    Scope,
    Taint,
    Unknown,
)
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import children


@dataclass(frozen=True, eq=False)
class Language:
    """The rule for each kind of expression and statement; others only pass on what they hold."""

    expressions: Mapping[type[ast.expr], Callable[[Context, Any], Value]]
    statements: Mapping[type[ast.stmt], Callable[[Context, Any], Flow]]


# Why a `raise` is reached, and its chance in one trial, its schedule, or the few trials that reach
# it, where that is in sight.
RaisedBy = tuple[GuardKind, Cases | Schedule | Fixed | None]


@dataclass(eq=False)
class Context:
    """Everything that a reading of one test knows so far."""

    test: Test
    suite: Suite
    language: Language
    # Where the reading is.
    scope: Scope
    statement: ast.stmt | None = None
    stack: list[Frame] = field(default_factory=list)
    open_ids: tuple[int, ...] = ()  # of the stack's frames, outermost first
    open_symbols: frozenset[Symbol] = NO_SYMBOLS  # of its loops
    active: list[ast.AST] = field(default_factory=list)  # functions, the innermost last
    returns: list[list[Value]] = field(default_factory=list)  # of each function read now
    calls: list[int] = field(default_factory=list)  # how deep the stack was at each call
    last: dict[ast.stmt, Frame] = field(default_factory=dict)  # what ends which loop that retries
    tries: list[tuple[ast.Try, int, int]] = field(default_factory=list)  # its depth and branch
    ticks: int = 0
    steps: int = 0
    ids: int = 0
    # What it has found.
    symbols: dict[ast.expr, Symbol] = field(default_factory=dict)
    names: dict[Symbol, str] = field(default_factory=dict)
    constant_readers: dict[Symbol, set[ast.AST]] = field(default_factory=dict)
    loops: list[Frame] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    settings: list[Policy] = field(default_factory=list)
    tested: list[Tested] = field(default_factory=list)
    couplings: list[tuple[Symbol, str]] = field(default_factory=list)
    links: list[frozenset[Symbol]] = field(default_factory=list)
    # Numbers that certainly repeat a count, each with the count.
    repeats: list[tuple[Symbol, Symbol]] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    # What may look at all that happens while it is there: mocks, recorders of warnings.
    watchers: list[Taint] = field(default_factory=list)
    # When which foreign objects were used.
    uses: list[tuple[int, Taint]] = field(default_factory=list)
    # Threads: the loops that each works through, and whether the test asks if one is still alive.
    works: dict[Taint, Work] = field(default_factory=dict)
    asks_for_life: bool = False
    # What is used in a block that must raise: one of the trials has to fail there.
    must_fail: frozenset[Symbol] = NO_SYMBOLS
    # What an `if` asks for that fails the test.
    decisive: frozenset[Symbol] = NO_SYMBOLS
    # Foreign objects: what is reached from everywhere, by a global and by an imported name.
    everywhere: Taint = field(default_factory=Taint)
    globals: dict[ast.expr, Opaque] = field(default_factory=dict)
    imported: dict[str, Opaque] = field(default_factory=dict)
    # What objects keep from trial to trial, and why a trial raises: found in the first reading,
    # known in the second.
    changed: set[tuple[ast.AST, str]] = field(default_factory=set)
    asked: set[tuple[ast.AST, str]] = field(default_factory=set)
    changing: frozenset[tuple[ast.AST, str]] = frozenset()
    raised: dict[ast.Try, dict[ast.Raise, RaisedBy]] = field(default_factory=dict)
    raising: dict[ast.Try, dict[ast.Raise, RaisedBy]] = field(default_factory=dict)

    # -- the rules of the language

    def evaluate(self, node: ast.expr) -> Value:
        """The quantity of `node`; anything that is not understood is Unknown, with its deps."""
        rule = self.language.expressions.get(type(node))
        if rule is not None:
            return rule(self, node)
        parts = [child for child in children(node) if isinstance(child, ast.expr)]
        return mixed(*(self.evaluate(part) for part in parts))

    def run(self, statement: ast.stmt) -> Flow:
        """Run one statement."""
        self.steps += 1
        around, self.statement = self.statement, statement
        retry = self.last.get(statement)
        if retry is not None:
            retry.ending = True
        try:
            rule = self.language.statements.get(type(statement))
            if rule is not None:
                return rule(self, statement)
            for child in children(statement):
                if isinstance(child, ast.expr):
                    self.evaluate(child)
            return None
        finally:
            self.statement = around
            if retry is not None:
                retry.ending = False

    # -- frames

    def next_id(self) -> int:
        """A fresh number for a frame or a branch."""
        self.ids += 1
        return self.ids

    def frame(self, frame: Frame) -> Opened:
        """Open `frame` while the block runs."""
        return Opened(self, frame)

    def open(self, frame: Frame) -> None:
        """Open `frame` until it is closed."""
        self.ticks += 1
        frame.tick = self.ticks
        frame.inside = self.open_symbols
        frame.source = self.scope.source
        if frame.guard is not None and frame.guard.kind is GuardKind.RANDOM:
            self.note("simulates")
        self.stack.append(frame)
        self.open_ids = (*self.open_ids, frame.id)
        self.open_symbols |= frame.symbols
        if frame.loop:
            self.loops.append(frame)
            self.everywhere.symbols |= frame.symbols

    def close(self, depth: int) -> None:
        """Close the innermost frames, down to `depth` that stay open."""
        while len(self.stack) > depth:
            frame = self.stack.pop()
            self.open_symbols = frame.inside
            self.open_ids = self.open_ids[:-1]
            self.ticks += 1
            frame.end = self.ticks
            for watcher in self.watchers if frame.loop else ():
                watcher.root.symbols |= frame.symbols

    def loop_frame(
        self,
        node: ast.AST,
        count: Amount | None,
        depends: frozenset[Symbol],
        breaks: bool = False,
    ) -> Frame:
        """A frame for a loop: one that cannot be counted, or breaks, guards what it repeats."""
        ident = self.next_id()
        if count is not None and breaks:
            guard = Guard(ident, 0, 2, GuardKind.UNBOUNDED)
            return Frame(ident, node, nominal=count, guard=guard, symbols=count.deps)
        if count is not None:
            return Frame(ident, node, count=count, symbols=count.deps)
        guard = Guard(ident, 0, 2, GuardKind.UNBOUNDED)
        return Frame(ident, node, guard=guard, symbols=depends)

    def guard_frame(self, node: ast.AST, guard: Guard, condition: Condition | None = None) -> Frame:
        """A frame for one arm of a branch."""
        return Frame(self.next_id(), node, guard=guard, condition=condition)

    def since(self, frames: tuple[int, ...]) -> list[Frame]:
        """The open frames that were not open at `frames`."""
        if self.open_ids[: len(frames)] == frames:
            return self.stack[len(frames) :]
        known = set(frames)
        return [frame for frame in self.stack if frame.id not in known]

    def multiplied(self, amount: Amount, birth: tuple[int, ...]) -> Amount:
        """What adding `amount` here comes to for a counter that was born at `birth`."""
        frames = self.since(birth)
        guards: list[Guard] = []
        retried = False
        for frame in frames:
            retried |= frame.ending
            if frame.guard is not None:
                guards.append(frame.guard.unforeseen() if retried else frame.guard)
        counts = [frame.count for frame in frames if frame.count is not None]
        return repeated(amount, counts, tuple(guards))

    def note(self, flag: str) -> None:
        """Set an evidence flag on every open loop."""
        for frame in self.stack:
            if frame.loop:
                setattr(frame, flag, True)

    def note_started(self) -> None:
        """Trials of the open loops run at the same time."""
        self.note("concurrent")
        self.note("attempts")

    # -- names

    def read(self, name: str) -> Value | None:
        """The value of a local or closed-over name; None for a global one."""
        holder = self.scope.holder(name)
        return None if holder is None else self.current(holder.names[name])

    def current(self, binding: Binding) -> Value:
        """The value of a binding now: in a loop that adds to it, it is a running value."""
        if not binding.grown:
            return binding.value
        growing = [frame for frame in self.stack if frame.id in binding.grown]
        if growing and isinstance(binding.value, Amount):
            depends = frozenset().union(*(frame.symbols for frame in growing))
            carried = not all(frame.retries for frame in growing)
            return Unknown(depends=depends | binding.value.deps, carried=carried)
        return binding.value

    def bind(self, name: str, value: Value) -> None:
        """Bind a name where Python would: here, or where `nonlocal` says."""
        scope = self.scope
        if name in scope.elsewhere and scope.outer is not None:
            scope = scope.outer.holder(name) or scope
        scope.names[name] = Binding(value, self.open_ids)
        if isinstance(value, Amount) and (symbol := value.symbol) is not None:
            self.names.setdefault(symbol, name)

    def grown(self, binding: Binding, amount: Amount | None, sign: int = 1) -> Binding:
        """The binding after `+= amount` here (None: by something that cannot be counted)."""
        frames = self.since(binding.frames)
        loops = frozenset(frame.id for frame in frames if frame.loop)
        if amount is None or not isinstance(binding.value, Amount) or uncounted(frames):
            depends = frozenset().union(*(frame.symbols for frame in frames), binding.value.deps)
            if endless(frames):
                tied = Opaque("", self.everywhere, birth=binding.frames)
                return Binding(tied, binding.frames, binding.grown | loops)
            return Binding(Unknown(depends=depends), binding.frames, binding.grown | loops)
        total = add(binding.value, self.multiplied(amount, binding.frames), sign)
        return Binding(total, binding.frames, binding.grown | loops)

    # -- objects

    def note_tested(self, source: Source, name: str, made: Taint | None) -> None:
        """Other code is put to the test here."""
        self.tested.append(Tested(source, name, made, not self.open_symbols))

    def changes(self, frame: Frame, name: str) -> bool:
        """Whether what runs in `frame` changes an attribute of this name of an older object."""
        self.asked.add((frame.node, name))
        return (frame.node, name) in self.changing

    def taint(self, *values: Value) -> None:
        """Foreign code has had these in its hands, here, in every open loop."""
        symbols = self.open_symbols
        for value in values:
            if isinstance(value, Opaque):
                if not value.kind:
                    self.uses.append((self.ticks, value.taint))
                value.taint.root.symbols |= symbols
                for frame in self.stack:
                    if frame.loop and not set(value.birth) & {frame.id}:
                        frame.touched.add(value.taint)
            elif isinstance(value, Collection) and not value.state.fixed:
                value.state.taint |= symbols

    def opaque(self, *sources: Value, kind: str = "") -> Opaque:
        """A fresh foreign object, linked to the foreign objects it was made from."""
        taint = Taint()
        for value in sources:
            if isinstance(value, Opaque):
                taint.link(value.taint)
        return Opaque(kind, taint, birth=self.open_ids)

    def swept(self, values: Iterable[Value]) -> None:
        """Bare indexes among `values` are data: their loops sweep over a range of values."""
        for value in values:
            if isinstance(value, Index) and value.period is None:
                for frame in self.stack:
                    frame.sweeps |= bool(frame.symbols & value.of)

    def seeded(self, values: Iterable[Value]) -> None:
        """Bare indexes among `values` are seeds: their loops go through chosen cases."""
        for value in values:
            if isinstance(value, Index) and value.period is None:
                for frame in self.stack:
                    frame.seeds |= bool(frame.symbols & value.of)

    def foreign(self, name: str) -> Opaque:
        """The one object behind an imported name."""
        if name not in self.imported:
            self.imported[name] = Opaque("", Taint())
        return self.imported[name]

    def hazard(
        self, code: str, symbols: frozenset[Symbol], reason: str, node: ast.expr | ast.stmt
    ) -> None:
        """Note why these symbols cannot move."""
        self.hazards.extend(Hazard(code, symbol, reason, node) for symbol in symbols)


class Opened:
    """A frame that is open for a block."""

    __slots__ = ("_context", "_frame")

    def __init__(self, context: Context, frame: Frame) -> None:
        self._context = context
        self._frame = frame

    def __enter__(self) -> Frame:
        self._context.open(self._frame)
        return self._frame

    def __exit__(self, *_: object) -> None:
        self._context.close(len(self._context.stack) - 1)
