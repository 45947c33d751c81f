"""The scaling algebra: what a value of a test is, in numbers of trials.

Every literal integer of a test is a `Symbol`. A value that counts something is an `Amount`, a sum
of terms `coefficient x symbols`, each under the guards (the branches) that its event must pass.
`len(results)` after ten guarded appends is one term: at most once in each trial of the symbol 10.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod

from chaos_migrate.codemods.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, eq=False)
class Symbol:
    """A literal number of the author: compared by identity, for two tens are two decisions.

    `offset` is what the text adds to the value: `range(1, 11)` runs ten times and reads 11.
    `expression` is set for a count that is already adaptive: the code that gives it at run time.
    """

    node: ast.expr
    value: int
    source: Source
    owner: ast.AST | None
    offset: int = 0
    expression: str | None = None

    def __hash__(self) -> int:
        # By its place, not its address, so that sets of symbols have one order in every run.
        return hash((self.value, *self.position))

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands: line and column."""
        return self.node.lineno, self.node.col_offset

    @property
    def adaptive(self) -> bool:
        """Whether the count already follows the load multiplier."""
        return self.expression is not None


class GuardKind(enum.Enum):
    """Why an event may fail to happen in a trial."""

    OUTCOME = "outcome"  # what the code under test did
    RANDOM = "random"  # drawn by the test itself
    STATE = "state"  # what an earlier trial left behind
    SCHEDULE = "schedule"  # the index of the trial: i % q == r
    INDEX = "index"  # the index against a fixed number
    RELATIVE = "relative"  # the index against the count itself
    RACE = "race"  # left in the middle of a `try`
    DISTINCT = "distinct"  # counted only if it is new in a set or under a key
    UNBOUNDED = "unbounded"  # repeated by a loop that cannot be counted


@dataclass(frozen=True)
class Guard:
    """One arm of a branch; an event under all arms of a branch is under none.

    `data` is (period, remainder) of a schedule, or the probability of a random guard.
    """

    branch: int
    arm: int
    arms: int
    kind: GuardKind
    data: tuple[int, int] | float | None = None


@dataclass(frozen=True)
class Term:
    """`coefficient` events for each combination of `factors`, under `guards`."""

    coefficient: Fraction
    factors: tuple[Symbol, ...] = ()
    guards: tuple[Guard, ...] = ()


NO_SYMBOLS: frozenset[Symbol] = frozenset()


@dataclass(frozen=True)
class Value:
    """Anything a name can stand for. `deps` are the symbols whose size can change it."""

    @property
    def deps(self) -> frozenset[Symbol]:
        """The symbols whose size can change this value."""
        return NO_SYMBOLS


@dataclass(frozen=True)
class Amount(Value):
    """A number that is counted: a sum of terms. `nodes` are the literals it was written with."""

    terms: tuple[Term, ...] = ()

    @property
    def deps(self) -> frozenset[Symbol]:
        return frozenset(symbol for term in self.terms for symbol in term.factors)

    @property
    def exact(self) -> bool:
        """Whether every term happens in every trial."""
        return not any(term.guards for term in self.terms)

    @property
    def total(self) -> Fraction:
        """The value at load 1 if every event happens."""
        return sum(
            (t.coefficient * prod(symbol.value for symbol in t.factors) for t in self.terms),
            Fraction(0),
        )

    @property
    def constant(self) -> bool:
        """Whether no symbol takes part."""
        return not any(term.factors for term in self.terms)

    @property
    def symbol(self) -> Symbol | None:
        """The one symbol that this amount is, where it is one."""
        if len(self.terms) == 1:
            (term,) = self.terms
            if term.coefficient == 1 and len(term.factors) == 1 and not term.guards:
                return term.factors[0]
        return None


@dataclass(frozen=True)
class Unknown(Value):
    """A value that cannot be followed; still, what it depends on is known.

    `index` are the symbols whose loop index it was computed from by plain arithmetic; `carried`
    says that it holds what an earlier trial left; `drawn` that it was drawn from `random`
    (`uniform` where from the whole of 0 to 1).
    """

    depends: frozenset[Symbol] = NO_SYMBOLS
    index: frozenset[Symbol] = NO_SYMBOLS
    carried: bool = False
    drawn: bool = False
    uniform: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.depends


@dataclass(frozen=True)
class Index(Value):
    """The running index of a loop over these symbols, from `start`; phase is `% period`."""

    of: frozenset[Symbol]
    period: int | None = None

    @property
    def deps(self) -> frozenset[Symbol]:
        return NO_SYMBOLS


@dataclass(frozen=True)
class Literal(Value):
    """A constant that counts nothing: a float, a string, True, None."""

    value: object
    node: ast.expr | None = None


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Summary(Value):
    """A mean, or a maximum, minimum or percentile, over samples of these trials."""

    kind: Statistic
    of: frozenset[Symbol]
    duration: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.of


@dataclass(frozen=True)
class Instant(Value):
    """A reading of a clock: `tick` orders readings, `frames` are those it was taken in.

    `deadline` says that a fixed time was added to it.
    """

    tick: int
    frames: tuple[int, ...]
    deadline: bool = False


@dataclass(frozen=True)
class Duration(Value):
    """Wall-clock time that passed while the loops over `of` ran; none for one trial's own time."""

    of: frozenset[Symbol]

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.of


@dataclass(eq=False, frozen=True)
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
            own |= (value.value if isinstance(value, Binding) else value).deps
        return own | state.taint


@dataclass(eq=False)
class CollectionState:
    """What has been put into a container so far.

    `table` are the elements under known keys, `grown` the loops that add to it, `writers` the
    symbols of loops that did, `hands` the foreign objects that may fill it at any time. `counts` says that its
    elements are numbers that trials add to.
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


@dataclass(eq=False, frozen=True)
class Instance(Value):
    """An object of a class of the suite, whose methods can be read."""

    cls: ast.ClassDef
    source: Source
    attributes: dict[str, Binding]
    birth: tuple[int, ...]
    taint: list[Symbol] = field(default_factory=list)

    @property
    def deps(self) -> frozenset[Symbol]:
        return frozenset(self.taint)


@dataclass(eq=False, frozen=True)
class Closure(Value):
    """A function whose body can be read, with the names it closes over and its first arguments."""

    node: Function
    source: Source
    scope: object
    bound: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(eq=False, frozen=True)
class Promise(Value):
    """A future, task or coroutine: awaited or asked for its result, it gives `value`."""

    value: Value

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.value.deps


@dataclass(eq=False, frozen=True)
class Method(Value):
    """A method that has been taken from its object but not called yet."""

    receiver: Value
    name: str

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.receiver.deps


@dataclass(eq=False, frozen=True)
class ClassReference(Value):
    """A class of the suite, not an object of it."""

    cls: ast.ClassDef
    source: Source


@dataclass(eq=False, frozen=True)
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
        """The node that speaks for the cluster."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    def link(self, other: Taint) -> None:
        """Make one cluster of two: what is done to either may show in both."""
        mine, theirs = self.root, other.root
        if mine is not theirs:
            theirs.parent = mine
            mine.symbols |= theirs.symbols


@dataclass(eq=False, frozen=True)
class Opaque(Value):
    """An object of foreign code; what loops do to it is written on its taint.

    `kind` names the few whose behaviour is known ("executor", "thread", "lock", "mock",
    "barrier"), else "". `capacity` is a number given to it that bounds something.
    """

    kind: str
    taint: Taint
    fields: dict[str, Binding] = field(default_factory=dict)
    birth: tuple[int, ...] = ()
    capacity: Amount | None = None

    @property
    def deps(self) -> frozenset[Symbol]:
        return frozenset(self.taint.root.symbols)


@dataclass(frozen=True)
class Condition(Value):
    """A truth value: why it may differ from trial to trial, and what it depends on.

    `existence` marks a mere "is there any": more trials cannot change what it means. `extreme`
    marks a bound on a count or a time, so that asking it of all trials asks it of the worst.
    """

    kind: GuardKind
    data: tuple[int, int] | float | None = None
    depends: frozenset[Symbol] = NO_SYMBOLS
    existence: bool = False
    extreme: bool = False

    @property
    def deps(self) -> frozenset[Symbol]:
        return self.depends


@dataclass(frozen=True)
class Binding:
    """A value and the frames (loops and branches) that were open when it was bound.

    `grown` are the loops that add to it: while one of them is open, it holds a running value.
    """

    value: Value
    frames: tuple[int, ...]
    grown: frozenset[int] = frozenset()


ZERO = Amount(())
ONE = Amount((Term(Fraction(1)),))


def number(value: int | Fraction) -> Amount:
    """A plain number that stands for itself."""
    return Amount((Term(Fraction(value)),)) if value else ZERO


def of_symbol(symbol: Symbol) -> Amount:
    """The amount that a literal is."""
    return Amount((Term(Fraction(1), (symbol,)),))


def add(left: Amount, right: Amount, sign: int = 1) -> Amount:
    """`left + right`, or `left - right` for sign -1; the arms of one branch melt together."""
    terms = [*left.terms, *(replace(t, coefficient=sign * t.coefficient) for t in right.terms)]
    return Amount(_melted(terms))


def multiply(left: Amount, right: Amount) -> Amount:
    """The product, term by term."""
    return Amount(
        _melted(
            Term(
                a.coefficient * b.coefficient,
                tuple(sorted((*a.factors, *b.factors), key=_place)),
                (*a.guards, *b.guards),
            )
            for a in left.terms
            for b in right.terms
        )
    )


def _place(symbol: Symbol) -> tuple[int, int]:
    return symbol.position


def repeated(amount: Amount, times: Iterable[Amount], guards: tuple[Guard, ...]) -> Amount:
    """What `amount` once in each trial of the nested loops `times` comes to, under `guards`."""
    for count in times:
        amount = multiply(amount, count)
    return Amount(
        _melted(replace(term, guards=(*term.guards, *guards)) for term in amount.terms)
    )


def _melted(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Equal terms added up; sibling arms with one coefficient become their common parent."""
    table: dict[tuple[tuple[Symbol, ...], tuple[Guard, ...]], Fraction] = {}
    for term in terms:
        key = (term.factors, term.guards)
        table[key] = table.get(key, Fraction(0)) + term.coefficient
    melted = True
    while melted:
        melted = False
        for factors, guards in list(table):
            if not guards or (factors, guards) not in table:
                continue
            last, parent = guards[-1], guards[:-1]
            arms = [
                key
                for key in table
                if key[0] == factors
                and len(key[1]) == len(guards)
                and key[1][:-1] == parent
                and key[1][-1].branch == last.branch
            ]
            coefficients = {table[key] for key in arms}
            if len(arms) == last.arms and len(coefficients) == 1:
                for key in arms:
                    del table[key]
                whole = (factors, parent)
                table[whole] = table.get(whole, Fraction(0)) + coefficients.pop()
                melted = True
    return tuple(Term(c, factors, guards) for (factors, guards), c in table.items() if c)


def depends_on(values: Iterable[Value]) -> frozenset[Symbol]:
    """Everything that any of the values depends on."""
    return frozenset().union(*(value.deps for value in values))


def scale_function(amount: Amount) -> Callable[[dict[Symbol, int]], Fraction]:
    """The amount as a function of the symbols' run-time values, all events happening."""

    def at(values: dict[Symbol, int]) -> Fraction:
        return sum(
            (
                term.coefficient * prod(values.get(s, s.value) for s in term.factors)
                for term in amount.terms
            ),
            Fraction(0),
        )

    return at
