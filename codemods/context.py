"""The state of a reading: open loops and branches, names in scope, and what was noted on the way."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.quantities import (
    NO_SYMBOLS,
    Amount,
    Binding,
    Closure,
    Collection,
    Condition,
    Guard,
    GuardKind,
    Index,
    Method,
    Opaque,
    Symbol,
    Taint,
    Unknown,
    Value,
    add,
    depends_on,
    repeated,
)
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.writes import written

# Helpers are read as deep as this; deeper ones are opaque.
MAX_DEPTH = 5
# Statements that one test may take; beyond, its helpers are opaque. A guard against explosions.
MAX_STEPS = 5_000


@dataclass(eq=False)
class Frame:
    """An open loop (`count`, None where it cannot be counted) or an open branch (`guard`).

    `nominal` is how often a loop runs that may end early.
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
    tick: int = 0
    concurrent: bool = False
    attempts: bool = False
    draws: bool = False
    tries: bool = False
    collects: bool = False
    sweeps: bool = False
    builds: bool = False
    handed: bool = False
    touched: set[Taint] = field(default_factory=set)

    @property
    def loop(self) -> bool:
        """Whether this is a loop."""
        return self.guard is None or self.guard.kind is GuardKind.UNBOUNDED


@dataclass(eq=False)
class Scope:
    """The names of one call of a function; `outer` is where it was defined."""

    owner: ast.AST
    source: Source
    outer: Scope | None = None
    names: dict[str, Binding] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)

    def holder(self, name: str) -> Scope | None:
        """The scope that binds `name`, this one or an outer one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and name not in scope.elsewhere:
                return scope
            scope = scope.outer
        return None


@dataclass(frozen=True, eq=False)
class Judgement:
    """A comparison that decides the test: in an assertion, or in a loop that waits.

    `operator` is an `ast.cmpop`; for a bare truth value it is None and `right` too.
    """

    statement: ast.stmt
    node: ast.expr
    left: Value
    operator: ast.cmpop | None
    right: Value | None
    left_node: ast.expr
    right_node: ast.expr | None
    frames: tuple[Frame, ...]
    owner: ast.AST
    source: Source
    waits: bool = False
    message: ast.expr | None = None

    @property
    def deps(self) -> frozenset[Symbol]:
        """Every symbol that either side depends on."""
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
    node: ast.AST


@dataclass(frozen=True, eq=False)
class Policy:
    """A literal given to foreign code or a constructor: `callee(keyword=symbol)`.

    `shared` says that it was not given anew in each trial.
    """

    symbol: Symbol
    callee: str
    keyword: str
    shared: bool


@dataclass(frozen=True, eq=False)
class Budget:
    """A literal time that all trials together may take, in a call: `wait_for(..., timeout=5)`."""

    node: ast.expr
    of: frozenset[Symbol]
    frames: tuple[Frame, ...]
    statement: ast.stmt
    owner: ast.AST
    source: Source


@dataclass(eq=False)
class Context:
    """Everything that a reading of one test knows so far."""

    test: Test
    suite: Suite
    scope: Scope
    stack: list[Frame] = field(default_factory=list)
    symbols: dict[ast.expr, Symbol] = field(default_factory=dict)
    loops: list[Frame] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    couplings: list[tuple[Symbol, str]] = field(default_factory=list)
    links: list[frozenset[Symbol]] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    everywhere: Taint = field(default_factory=Taint)
    changed: set[tuple[ast.AST, str]] = field(default_factory=set)
    changing: frozenset[tuple[ast.AST, str]] = frozenset()
    raised: dict[ast.AST, GuardKind] = field(default_factory=dict)
    raising: dict[ast.AST, GuardKind] = field(default_factory=dict)
    statement: ast.stmt | None = None
    names: dict[Symbol, str] = field(default_factory=dict)
    active: list[ast.AST] = field(default_factory=list)
    globals: dict[ast.expr, Opaque] = field(default_factory=dict)
    imported: dict[str, Opaque] = field(default_factory=dict)
    constant_readers: dict[Symbol, set[ast.AST]] = field(default_factory=dict)
    ticks: int = 0
    steps: int = 0
    ids: int = 0

    # -- frames

    def next_id(self) -> int:
        """A fresh number for a frame or a branch."""
        self.ids += 1
        return self.ids

    @property
    def open_ids(self) -> tuple[int, ...]:
        """The frames that are open now, outermost first."""
        return tuple(frame.id for frame in self.stack)

    @property
    def open_symbols(self) -> frozenset[Symbol]:
        """The symbols of the loops that are open now."""
        return frozenset().union(*(frame.symbols for frame in self.stack))

    @contextmanager
    def frame(self, frame: Frame) -> Iterator[Frame]:
        """Open `frame` while the block runs."""
        self.ticks += 1
        frame.tick = self.ticks
        frame.inside = self.open_symbols
        self.stack.append(frame)
        if frame.loop:
            self.loops.append(frame)
            self.everywhere.symbols |= frame.symbols
        try:
            yield frame
        finally:
            self.stack.pop()
            self.ticks += 1

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
        known = set(frames)
        return [frame for frame in self.stack if frame.id not in known]

    def multiplied(self, amount: Amount, birth: tuple[int, ...]) -> Amount:
        """What adding `amount` here comes to for a counter that was born at `birth`."""
        frames = self.since(birth)
        return repeated(
            amount,
            [frame.count for frame in frames if frame.count is not None],
            tuple(frame.guard for frame in frames if frame.guard is not None),
        )

    def note(self, flag: str) -> None:
        """Set an evidence flag on every open loop."""
        for frame in self.stack:
            if frame.loop:
                setattr(frame, flag, True)

    # -- names

    def read(self, name: str) -> Value | None:
        """The value of a local or closed-over name; None for a global one."""
        holder = self.scope.holder(name)
        return None if holder is None else self.current(holder.names[name])

    def current(self, binding: Binding) -> Value:
        """The value of a binding now: in a loop that adds to it, it is a running value."""
        growing = [frame for frame in self.stack if frame.id in binding.grown]
        if growing and isinstance(binding.value, Amount):
            depends = frozenset().union(*(frame.symbols for frame in growing))
            return Unknown(depends=depends | binding.value.deps, carried=True)
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

    def hand_to(self, owner: Value, value: Value) -> None:
        """Foreign code keeps a function or a container's method, and may use it in any loop."""
        taint = owner.taint if isinstance(owner, Opaque) else self.everywhere
        if isinstance(value, Method) and isinstance(value.receiver, Collection):
            value.receiver.state.size = None
            value.receiver.state.hands = taint
        if not isinstance(value, Closure) or isinstance(value.node, ast.Lambda):
            return
        scope = value.scope if isinstance(value.scope, Scope) else None
        added, rebound, mutated = written(value.node.body)
        shared = {
            name for s in value.node.body if isinstance(s, ast.Nonlocal) for name in s.names
        }
        for name in mutated | ((added | rebound) & shared):
            holder = scope.holder(name) if scope is not None else None
            if holder is None:
                continue
            binding = holder.names[name]
            if isinstance(binding.value, Collection):
                binding.value.state.size = None
                binding.value.state.hands = taint
            elif name in shared:
                holder.names[name] = replace(binding, value=Opaque("", taint))

    def taint(self, *values: Value) -> None:
        """Foreign code has had these in its hands, here, in every open loop."""
        symbols = self.open_symbols
        for value in values:
            if isinstance(value, Opaque):
                value.taint.root.symbols |= symbols
                for frame in self.stack:
                    if frame.loop and not set(value.birth) & {frame.id}:
                        frame.touched.add(value.taint)
            elif isinstance(value, Collection) and not value.state.fixed:
                if symbols and not value.state.taint >= symbols:
                    value.state.taint |= symbols

    def opaque(self, *sources: Value, kind: str = "", capacity: Amount | None = None) -> Opaque:
        """A fresh foreign object, linked to the foreign objects it was made from."""
        taint = Taint()
        for value in sources:
            if isinstance(value, Opaque):
                taint.link(value.taint)
        return Opaque(kind, taint, birth=self.open_ids, capacity=capacity)

    def swept(self, values: Iterable[Value]) -> None:
        """Bare indexes among `values` are data: their loops sweep over a range of values."""
        for value in values:
            if isinstance(value, Index) and value.period is None:
                for frame in self.stack:
                    frame.sweeps |= bool(frame.symbols & value.of)

    def foreign(self, name: str) -> Opaque:
        """The one object behind an imported name."""
        if name not in self.imported:
            self.imported[name] = Opaque("", Taint())
        return self.imported[name]

    def hazard(self, code: str, symbols: frozenset[Symbol], reason: str, node: ast.AST) -> None:
        """Note why these symbols cannot move."""
        self.hazards.extend(Hazard(code, symbol, reason, node) for symbol in symbols)


def endless(frames: list[Frame]) -> bool:
    """Whether the only loops are such as run until somebody stops them."""
    loops = [frame for frame in frames if frame.loop]
    return bool(loops) and not any(frame.symbols for frame in loops)


def uncounted(frames: list[Frame]) -> bool:
    """Whether a loop is open that cannot be counted: what happens there depends on it."""
    return any(frame.loop and frame.count is None for frame in frames)


def joined(left: Value, right: Value, deps: frozenset[Symbol] = NO_SYMBOLS) -> Value:
    """What a name stands for after two arms that bound it differently."""
    if left is right or left == right:
        return left
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return replace(
            left,
            depends=left.depends | right.depends | deps,
            index=left.index | right.index,
            carried=left.carried or right.carried,
            drawn=left.drawn or right.drawn,
            uniform=False,
        )
    if isinstance(left, Collection) and isinstance(right, Collection):
        tables = left.state.table, right.state.table
        if tables[0] is not None and tables[1] is not None:
            left.state.table = {
                key: joined(value, tables[1][key], deps)
                for key, value in tables[0].items()
                if key in tables[1]
            }
            return left
    if isinstance(left, Closure) or isinstance(right, Closure):
        return Unknown(depends=left.deps | right.deps | deps)
    drawn = any(isinstance(v, Unknown) and v.drawn for v in (left, right))
    carried = any(isinstance(v, Unknown) and v.carried for v in (left, right))
    return Unknown(depends=left.deps | right.deps | deps, drawn=drawn, carried=carried)
