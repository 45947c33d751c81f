"""The scaling algebra: numbers that are counted, as sums over the trials they are counted in.

Every literal integer of a test is a `Symbol`. A value that counts something is an `Amount`, a sum
of terms `coefficient x symbols`, each under the guards (the branches) that its event must pass.
`len(results)` after ten guarded appends is one term: at most once in each trial of the symbol 10.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import prod

from chaos_migrate.codemods.reading.cases import Cases, complement, in_each
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.values import by_identity, by_value


@by_identity
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
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.value, *self.position))

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands: line and column."""
        return self.node.lineno, self.node.col_offset

    @cached_property
    def amount(self) -> Amount:
        """The number that it is."""
        return Amount((Term(_ONCE, (self,)),))

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


@by_value
class Guard:
    """One arm of a branch; an event under all arms of a branch is under none.

    `data` is the schedule of arm 0, its fixed trials, or its chance where the guard is random or
    settled (0 or 1): that the number `draw` is below it, or, for draw 0, that something else
    happens by chance.
    """

    branch: int
    arm: int
    arms: int
    kind: GuardKind
    data: Schedule | Fixed | Cases | None = None
    draw: int = 0

    @property
    def schedule(self) -> Schedule | None:
        """The trials that pass, where a schedule decides it."""
        if not isinstance(self.data, Schedule):
            return None
        return self.data if self.arm == 0 else self.data.inverted()

    @property
    def fixed(self) -> Fixed | None:
        """The trials that pass, where they are a fixed few or all but these."""
        if not isinstance(self.data, Fixed):
            return None
        return self.data if self.arm == 0 else self.data.inverted()

    def unforeseen(self) -> Guard:
        """The guard of what is tried again until it passes: no draw or index decides of it."""
        if self.kind in (GuardKind.STATE, GuardKind.DISTINCT):
            return self
        return replace(self, kind=GuardKind.OUTCOME, data=None, draw=0)

    @property
    def impossible(self) -> bool:
        """Whether no trial passes, by a chance of none that is in sight."""
        if not isinstance(self.data, Cases):
            return False
        return all(chance == self.arm for chance in self.data.numbers)


@by_value
class Term:
    """`coefficient` events for each combination of `factors`, under `guards`."""

    coefficient: Fraction
    factors: tuple[Symbol, ...] = ()
    guards: tuple[Guard, ...] = ()


NO_SYMBOLS: frozenset[Symbol] = frozenset()


@by_identity  # objects, which have no fields to compare, are equal to none
class Value:
    """Anything a name can stand for. `deps` are the symbols whose size can change it."""

    @property
    def deps(self) -> frozenset[Symbol]:
        """The symbols whose size can change this value."""
        return NO_SYMBOLS


@by_value
class Amount(Value):
    """A number that is counted: a sum of terms."""

    terms: tuple[Term, ...] = ()

    @property
    def deps(self) -> frozenset[Symbol]:
        if len(self.terms) == 1:
            return frozenset(self.terms[0].factors)
        return frozenset(symbol for term in self.terms for symbol in term.factors)

    @property
    def exact(self) -> bool:
        """Whether every term happens in every trial."""
        return not any(term.guards for term in self.terms)

    @property
    def kinds(self) -> frozenset[GuardKind]:
        """What its events depend on."""
        return frozenset(guard.kind for term in self.terms for guard in term.guards)

    @property
    def unguarded(self) -> Amount:
        """What it is if every event happens."""
        return Amount(tuple(Term(term.coefficient, term.factors) for term in self.terms))

    @cached_property
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


_ONCE = Fraction(1)
ONE = Amount((Term(_ONCE),))


@lru_cache(maxsize=1024)
def number(value: int | Fraction) -> Amount:
    """A plain number that stands for itself."""
    return Amount((Term(Fraction(value)),)) if value else Amount()


def of_symbol(symbol: Symbol) -> Amount:
    """The amount that a literal is."""
    return symbol.amount


def probability(guards: Iterable[Guard]) -> Cases | None:
    """The chance to pass all guards; None unless all are random with a chance in sight.

    One drawn number compared several times leaves an interval; different draws are independent.
    """
    factors: list[Cases | None] = []
    intervals: dict[int, tuple[Cases | None, Cases | None]] = {}
    for guard in guards:
        if guard.kind is not GuardKind.RANDOM or not isinstance(guard.data, Cases):
            return None
        low, high = intervals.get(guard.draw, (Cases((Fraction(0),)), Cases((Fraction(1),))))
        if not guard.draw:
            factors.append(guard.data if guard.arm == 0 else complement(guard.data))
        elif guard.arm == 0:
            intervals[guard.draw] = low, high and in_each(min, high, guard.data)
        else:
            intervals[guard.draw] = low and in_each(max, low, guard.data), high
    for low, high in intervals.values():
        factors.append(low and high and in_each(lambda a, b: max(Fraction(0), b - a), low, high))
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors):
        return None
    return in_each(lambda *chances: prod(chances, start=Fraction(1)), Cases((Fraction(1),)), *known)


def add(left: Amount, right: Amount, sign: int = 1) -> Amount:
    """`left + right`, or `left - right` for sign -1; the arms of one branch melt together."""
    added = right.terms
    if sign < 0:
        added = tuple(Term(-term.coefficient, term.factors, term.guards) for term in added)
    return Amount(_melted((*left.terms, *added)))


def multiply(left: Amount, right: Amount) -> Amount:
    """The product, term by term."""
    return Amount(
        _melted(
            Term(
                _product(a.coefficient, b.coefficient),
                tuple(sorted((*a.factors, *b.factors), key=_place)),
                (*a.guards, *b.guards),
            )
            for a in left.terms
            for b in right.terms
        )
    )


def _product(left: Fraction, right: Fraction) -> Fraction:
    """Most coefficients are one: no need to work with fractions."""
    if left is _ONCE or right is _ONCE:
        return right if left is _ONCE else left
    return left * right


def _place(symbol: Symbol) -> tuple[int, int]:
    return symbol.position


def repeated(amount: Amount, times: Iterable[Amount], guards: tuple[Guard, ...]) -> Amount:
    """What `amount` once in each trial of the nested loops `times` comes to, under `guards`."""
    for count in times:
        amount = multiply(amount, count)
    return Amount(
        _melted(Term(t.coefficient, t.factors, (*t.guards, *guards)) for t in amount.terms)
    )


# What two terms must have in common to be added up.
_Kind = tuple[tuple[Symbol, ...], tuple[Guard, ...]]


def _melted(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Equal terms added up; sibling arms with one coefficient become their common parent."""
    terms = tuple(terms)
    if len(terms) == 1 and not _whole_by_itself(terms[0]):
        return terms if terms[0].coefficient else ()
    table: dict[_Kind, Fraction] = {}
    branches: dict[tuple[_Kind, int], list[_Kind]] = {}

    def put(kind: _Kind, coefficient: Fraction) -> None:
        if kind in table:
            table[kind] += coefficient
            return
        table[kind] = coefficient
        factors, guards = kind
        if guards:
            branches.setdefault(((factors, guards[:-1]), guards[-1].branch), []).append(kind)

    for term in terms:
        put((term.factors, term.guards), term.coefficient)
    melted = any(guards for _, guards in table)
    while melted:
        melted = False
        for factors, guards in list(table):
            if not guards or (factors, guards) not in table:
                continue
            whole = (factors, guards[:-1])
            arms = branches[whole, guards[-1].branch]
            if len(arms) == guards[-1].arms and len({table[arm] for arm in arms}) == 1:
                coefficient = table[factors, guards]
                for arm in arms:
                    del table[arm]
                arms.clear()
                put(whole, coefficient)
                melted = True
    return tuple(Term(c, factors, guards) for (factors, guards), c in table.items() if c)


def _whole_by_itself(term: Term) -> bool:
    """Whether the last branch of a term has no other arm: a `try` without handlers."""
    return bool(term.guards) and term.guards[-1].arms == 1


def depends_on(values: Iterable[Value]) -> frozenset[Symbol]:
    """Everything that any of the values depends on."""
    depends = NO_SYMBOLS
    for value in values:
        if deps := value.deps:
            depends = depends | deps if depends else deps
    return depends
