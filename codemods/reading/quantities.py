"""What a name can stand for, other than a number that is counted."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Amount, GuardKind, Symbol, Value
from chaos_migrate.codemods.reading.cases import Cases
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.values import by_identity, by_value

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@by_value
class Unknown(Value):
    """A value that cannot be followed; still, what it depends on is known.

    `index` are the symbols whose loop index it was computed from by plain arithmetic; `carried`
    says that it holds what an earlier trial left; `drawn` that it was drawn from `random`
    (`uniform` where from the whole of 0 to 1; `draw` tells one such number from another). `cases`
    are the numbers that it is, where a loop over data that is written out fixes it.
    """

    depends: frozenset[Symbol] = NO_SYMBOLS
    index: frozenset[Symbol] = NO_SYMBOLS
    carried: bool = False
    drawn: bool = False
    uniform: bool = False
    draw: int = 0
    cases: Cases | None = None

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.depends


@by_value
class Index(Value):
    """The running index of a loop over these symbols, from `start`; phase is `% period`."""

    of: frozenset[Symbol]
    period: int | None = None

    @property
    def deps(self) -> frozenset[Symbol]:
        return NO_SYMBOLS


@by_value
class Literal(Value):
    """A constant that counts nothing: a float, a string, True, None."""

    value: object
    node: ast.expr | None = None


@by_value
class Rate(Value):
    """Events of trials over those trials, times `scale` (100 for a percentage)."""

    events: Amount
    trials: Amount
    scale: Fraction = Fraction(1)
    complement: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.events.deps | self.trials.deps


class Statistic(enum.Enum):
    """How a summary of samples answers to more of them."""

    STEADY = "mean"
    EXTREME = "extreme"
    SUM = "sum"


@by_value
class Summary(Value):
    """A mean, or a maximum, minimum or percentile, over samples of these trials."""

    kind: Statistic
    of: frozenset[Symbol]
    duration: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.of


@by_value
class Instant(Value):
    """A reading of a clock: `tick` orders readings, `frames` are those it was taken in.

    `deadline` says that a fixed time was added to it.
    """

    tick: int
    frames: tuple[int, ...]
    deadline: bool = False


@by_value
class Duration(Value):
    """Wall-clock time that passed while the loops over `of` ran; none for one trial's own time.

    `burdened` are the loops that had worked before on what was used meanwhile; `scaled` says that
    it is no longer in the unit of its clock.
    """

    of: frozenset[Symbol]
    burdened: frozenset[Symbol] = NO_SYMBOLS
    scaled: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.of


@by_value
class Condition(Value):
    """A truth value: why it may differ from trial to trial, and what it depends on.

    `existence` marks a mere "is there any": `certain` that every trial gives one. `extreme`
    marks a bound on a count or a time, so that asking it of all trials asks it of the worst.
    `subject` is what there is any of; `draw` the drawn number that must be below the probability.
    `untraced` says that it asks for any of something that foreign code has made.
    """

    kind: GuardKind
    data: Schedule | Fixed | Cases | None = None
    depends: frozenset[Symbol] = NO_SYMBOLS
    existence: bool = False
    certain: bool = False
    extreme: bool = False
    subject: Value | None = None
    draw: int = 0
    untraced: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.depends


@by_value
class Binding(Value):
    """A value and the frames (loops and branches) that were open when it was bound.

    `grown` are the loops that add to it: while one of them is open, it holds a running value.
    """

    value: Value
    frames: tuple[int, ...]
    grown: frozenset[int] = frozenset()

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.value.deps


@by_identity
class Collection(Value):
    """A container that the test fills; mutable, so compared by identity.

    `kind` is "list", "set", "dict", "queue"; `bounded` where a maximal size was given.
    """

    kind: str
    state: CollectionState

    @property
    def size(self) -> Amount | None:
        """How many elements it holds; None where foreign code may change it."""
        return self.state.size

    @property
    def deps(self) -> frozenset[Symbol]:
        state = self.state
        own = state.size.deps if state.size is not None else NO_SYMBOLS
        if state.hands is not None:
            own |= frozenset(state.hands.root.symbols)
        for value in (state.table or {}).values():
            own |= value.deps
        return own | state.taint


@dataclass(eq=False)
class CollectionState:
    """What has been put into a container so far.

    `table` are the elements under known keys (a `Binding` where trials add to one), `grown` the
    loops that add to it, `writers` the symbols of loops that did, `hands` the foreign objects that
    may fill it at any time. `counts` says that its elements are numbers that trials add to.
    """

    size: Amount | None
    birth: tuple[int, ...]
    element: Value | None = None
    fixed: bool = False
    bounded: bool = False
    taint: frozenset[Symbol] = NO_SYMBOLS
    table: dict[object, Value] | None = None
    grown: set[int] = field(default_factory=set)
    writers: frozenset[Symbol] = NO_SYMBOLS
    hands: Taint | None = None
    counts: bool = False


class Names(dict[str, Binding]):
    """What names stand for, and stood for: who goes back pays for what has changed, not for all."""

    def __init__(self) -> None:
        super().__init__()
        self._past: list[tuple[str, Binding | None]] = []
        self._order: dict[str, int] = {}

    def __setitem__(self, name: str, binding: Binding) -> None:
        self._past.append((name, self.get(name)))
        self._order.setdefault(name, len(self._order))
        super().__setitem__(name, binding)

    @property
    def now(self) -> int:
        """A point in time, to look back to."""
        return len(self._past)

    def at(self, then: int) -> dict[str, Binding | None]:
        """What all names bound since then stood for at that time; None for those not bound yet."""
        return dict(reversed(self._past[then:]))

    def in_order(self, names: Iterable[str]) -> list[str]:
        """These names, the one that was bound first at the front."""
        return sorted(names, key=self._order.__getitem__)


@dataclass(eq=False)
class Scope:
    """The names of one call of a function; `outer` is where it was defined."""

    owner: ast.AST
    source: Source
    outer: Scope | None = None
    names: Names = field(default_factory=Names)
    elsewhere: set[str] = field(default_factory=set)

    def holder(self, name: str) -> Scope | None:
        """The scope that binds `name`, this one or an outer one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and name not in scope.elsewhere:
                return scope
            scope = scope.outer
        return None


@by_identity
class Instance(Value):
    """An object of a class of the suite, whose methods can be read."""

    cls: ast.ClassDef
    source: Source
    attributes: Names
    birth: tuple[int, ...]


@by_identity
class Closure(Value):
    """A function whose body can be read, with the names it closes over and its first arguments."""

    node: Function
    source: Source
    scope: Scope | None
    bound: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@by_identity
class Promise(Value):
    """A future, task or coroutine: awaited or asked for its result, it gives `value`."""

    value: Value

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.value.deps


@by_identity
class Method(Value):
    """A method that has been taken from its object but not called yet."""

    receiver: Value
    name: str

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.receiver.deps


@by_identity
class ClassReference(Value):
    """A class of the suite, not an object of it."""

    cls: ast.ClassDef
    source: Source


@by_identity
class Foreign(Value):
    """A module, class or function from outside the suite, by its dotted name."""

    name: str


@dataclass(eq=False)
class Taint:
    """The symbols whose loops have worked on a cluster of linked objects (a union-find node)."""

    symbols: set[Symbol] = field(default_factory=set)
    parent: Taint | None = None

    @property
    def root(self) -> Taint:
        """The node that speaks for the cluster; the way to it is halved for whoever asks next."""
        node = self
        while node.parent is not None:
            node.parent = node.parent.parent or node.parent
            node = node.parent
        return node

    def link(self, other: Taint) -> None:
        """Make one cluster of two: what is done to either may show in both."""
        mine, theirs = self.root, other.root
        if mine is not theirs:
            theirs.parent = mine
            mine.symbols |= theirs.symbols


@by_identity
class Opaque(Value):
    """An object of foreign code; what loops do to it is written on its taint.

    `kind` names the few whose behaviour is known ("executor", "thread", "lock", "mock",
    "barrier"), else "".
    """

    kind: str
    taint: Taint
    fields: dict[str, Binding] = field(default_factory=dict)
    birth: tuple[int, ...] = ()

    @property
    def deps(self) -> frozenset[Symbol]:
        return frozenset(self.taint.root.symbols)


def awaited(value: Value) -> Value:
    """What a future gives when it is awaited."""
    return awaited(value.value) if isinstance(value, Promise) else value


def exact_number(value: Value) -> Fraction | None:
    """The number that a value is, read exactly, where it depends on no event."""
    if isinstance(value, Amount):
        return value.total if value.exact else None
    if isinstance(value, Literal) and isinstance(value.value, int | float):
        if isinstance(value.value, bool) or value.value != value.value:
            return None
        if value.value in (float("inf"), float("-inf")):
            return None
        return Fraction(str(value.value))
    return None


def fixed_cases(value: Value) -> Cases | None:
    """The number that a value is in every case, where the text fixes it."""
    if isinstance(value, Unknown):
        return value.cases
    number = exact_number(value)
    return None if number is None or value.deps else Cases((number,))
