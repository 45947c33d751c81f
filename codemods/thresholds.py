"""What each assertion becomes: the table of the scaling algebra.

A judgement on a group of counts is decided by what its sides count. It stays as it is (`Free`),
gets a bound (`Bound`), repeats the count and follows it (`Copy`), or holds the group back
(`Refused`).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Symbol, Term, Value, add
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    Condition,
    Duration,
    Index,
    Literal,
    Opaque,
    Rate,
    Statistic,
    Summary,
    Unknown,
    exact_number,
)


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


@dataclass(frozen=True, eq=False)
class Copy:
    """A literal that repeats the count: it becomes `amount`, written with the count's name.

    `schedule` is (period, remainder) where only every so manieth trial counts; with `complement`
    all the others.
    """

    symbol: Symbol
    amount: Amount
    judgement: Judgement
    schedule: tuple[int, int] | None = None
    complement: bool = False


@dataclass(frozen=True)
class Refused:
    """Why the group stays as it is."""

    code: str
    reason: str
    node: ast.AST
    advice: str | None = None


Verdict = Free | Bound | Copy | Refused

FREE = Free()
WHOLE = Free(whole=True)

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_UPPER = (ast.Lt, ast.LtE)
_LOWER = (ast.Gt, ast.GtE)


@dataclass(frozen=True, eq=False)
class Question:
    """One judgement put to one group: the side that counts, the operator, the bound."""

    judgement: Judgement
    group: frozenset[Symbol]
    value: Value
    operator: ast.cmpop | None
    bound: Value | None
    value_node: ast.expr
    bound_node: ast.expr | None
    concurrent: bool
    policies: frozenset[int]
    single: bool
    siblings: tuple[Judgement, ...] = ()

    @property
    def text(self) -> str:
        """The judgement as the author wrote it."""
        judgement = self.judgement
        if judgement.operator is None or judgement.right_node is None:
            return ast.unparse(judgement.left_node)
        operator = _SIGNS.get(type(judgement.operator), "?")
        left, right = ast.unparse(judgement.left_node), ast.unparse(judgement.right_node)
        return f"{left} {operator} {right}"

    def refused(self, code: str, reason: str, advice: str | None = None) -> Refused:
        """A refusal at this judgement."""
        line = self.judgement.statement.lineno
        return Refused(
            code, f"{reason} (`{self.text}`, line {line})", self.judgement.left_node, advice
        )


_SIGNS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def ask(
    judgement: Judgement,
    group: frozenset[Symbol],
    concurrent: bool,
    policies: frozenset[int],
    single: bool = False,
    siblings: tuple[Judgement, ...] = (),
) -> Question:
    """The question with the side that depends on the group on the left.

    `single` says that another judgement expects exactly one event of the same trials.
    """
    left, right, operator = judgement.left, judgement.right, judgement.operator
    left_node, right_node = judgement.left_node, judgement.right_node
    turn = right is not None and (
        (right.deps & group and not left.deps & group)
        or (right.deps & left.deps & group and _plainness(left) > _plainness(right))
    )
    if turn and right is not None and right_node is not None:
        flipped = _FLIPPED.get(type(operator))  # type: ignore[arg-type]
        operator = flipped() if flipped is not None else operator
        left, right, left_node, right_node = right, left, right_node, left_node
    return Question(
        judgement, group, left, operator, right, left_node, right_node, concurrent, policies,
        single, siblings,
    )  # fmt: skip


def _plainness(value: Value) -> int:
    """How plainly a side is just the count: it is the bound, the other side is judged."""
    if isinstance(value, Amount):
        return 2 if value.exact else 1
    return 0


def decide(question: Question) -> Verdict:
    """The verdict of one judgement on one group."""
    judgement = question.judgement
    related = _own_relation(question)
    if related is not None:
        return related
    for frame in judgement.frames:
        condition = frame.condition
        if condition is None or not condition.deps & question.group:
            continue
        if condition.existence or condition.kind is not GuardKind.OUTCOME:
            if condition.existence:
                continue
        if not question.judgement.open_symbols & condition.deps:
            return question.refused("CHM404", "it stands under an `if` that more trials change")
    if judgement.open_symbols & question.group:
        return _per_trial(question)
    value = question.value
    if isinstance(value, Amount):
        return _amount(question, value)
    if isinstance(value, Rate):
        return _rate(question, value)
    if isinstance(value, Summary):
        return _summary(question, value)
    if isinstance(value, Duration):
        return _duration(question, value)
    if isinstance(value, Collection):
        return _collection(question, value)
    if isinstance(value, Condition):
        if value.existence and question.operator is None:
            return WHOLE
        if value.extreme:
            return question.refused("CHM407", "all trials must hold a bound: the worst decides")
        if isinstance(judgement.left_node, ast.Call):
            return FREE  # all(...): an invariant of every trial
        return question.refused("CHM404", "the condition cannot be followed")
    return _unknown(question, value)


def _own_relation(question: Question) -> Verdict | None:
    """An untraced value that the author equates with the count: by its name, it follows.

    By its number, it follows where the value is a plain count by all that can be seen.
    """
    value, bound = question.value, question.bound
    traced = isinstance(value, Amount | Rate | Summary | Duration)
    if traced or bound is None or not value.deps & question.group:
        return None
    if isinstance(value, Unknown) and value.carried:
        return None
    if not isinstance(question.operator, ast.Eq):
        return None
    if isinstance(bound, Amount) and bound.exact and bound.deps & question.group:
        return FREE
    if isinstance(bound, Collection) and bound.deps & question.group and bound.size is not None:
        return FREE if isinstance(value, Collection) and value.size is None else None
    if isinstance(bound, Amount) and bound.symbol is not None and not question.judgement.frames:
        counts = [symbol for symbol in question.group if symbol.value == bound.symbol.value]
        alone = len(question.group) == 1 and value.deps == question.group
        if counts and alone and counts[0].value >= _PLAIN_COUNT and _counts(question.value_node):
            trials = Amount((Term(Fraction(1), (counts[0],)),))
            return Copy(bound.symbol, trials, question.judgement)
    return None


# From here on an equal number is no coincidence.
_PLAIN_COUNT = 10
_COUNTING = re.compile(r"(^|_|\b)(len|count|counter|total|size|qsize|num|n|length|calls)(\b|_|s\b)")


def _counts(node: ast.expr) -> bool:
    """Whether an expression reads like a count, and is given no number of its own."""
    numbers = [
        child
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and type(child.value) is int and child.value > 2
    ]
    return not numbers and _COUNTING.search(ast.unparse(node)) is not None


def _per_trial(question: Question) -> Verdict:
    """Inside the loop: what one trial must give does not depend on how many there are."""
    if isinstance(question.value, Duration) and isinstance(question.operator, _UPPER):
        node, limit = question.bound_node, exact_number(question.bound or question.value)
        if isinstance(node, ast.Constant) and limit is not None:
            none = Amount(())
            return Bound("time_limit", node, node, none, None, False, limit, question.judgement)
    bound = exact_number(question.bound) if question.bound is not None else None
    own = {symbol.value for symbol in question.group}
    if isinstance(question.bound, Amount) and question.bound.symbol is not None:
        if question.bound.symbol.value in own and isinstance(question.value, Opaque | Unknown):
            return question.refused("CHM404", "the count's number is judged inside the loop")
    for value in (question.value, question.bound):
        if isinstance(value, Index) and not value.period:
            other = question.bound if value is question.value else question.value
            if isinstance(other, Amount | Literal):
                return question.refused("CHM411", "the index is compared with a fixed number")
        if isinstance(value, Unknown) and value.carried:
            if bound is not None and bound <= 0:
                return FREE
            if question.bound is None:
                return question.refused("CHM402", "it judges what earlier trials left")
            both = question.value.deps & question.group and question.bound.deps & question.group
            if not both:
                return question.refused("CHM402", "it judges what earlier trials left")
        if isinstance(value, Amount) and value.deps & question.group and not value.exact:
            return question.refused("CHM404", "a running count is judged inside its loop")
    return FREE


# -- counts


def _amount(question: Question, value: Amount) -> Verdict:
    bound, operator = question.bound, question.operator
    kinds = {guard.kind for term in value.terms for guard in term.guards}
    if operator is None:
        return _existence(question, value)
    number = exact_number(bound) if bound is not None else None
    if any(t.coefficient < 0 or not set(t.factors) & question.group for t in value.terms):
        balanced = value.exact and value.total == 0 and value.deps <= question.group
        same = len({symbol.value for symbol in value.deps}) == 1
        if number == 0 and isinstance(operator, ast.Eq) and balanced and same:
            return FREE  # as many in as out
        if not isinstance(bound, Amount) or add(value, bound, -1).terms:
            return question.refused("CHM409", "it does arithmetic with the count")
    if isinstance(operator, ast.NotEq | ast.Gt | ast.GtE) and number is not None:
        if number == 0 and isinstance(operator, ast.GtE):
            return FREE
        if number == 0 or (number == 1 and isinstance(operator, ast.GtE)):
            return _existence(question, value)
    if number == 0 and not (isinstance(bound, Amount) and bound.deps & question.group):
        return FREE  # `== 0`, `<= 0`: an invariant
    if number == 1 and isinstance(operator, ast.Eq) and GuardKind.RANDOM not in kinds:
        return WHOLE  # one winner, however many try
    if question.single and number == value.total - 1 and isinstance(operator, ast.Eq):
        if GuardKind.RANDOM not in kinds and trials_of(value) is not None:
            return _copy(question, bound, value, less=1)
    if GuardKind.STATE in kinds:
        return question.refused("CHM402", "a trial depends on the one before it")
    if GuardKind.UNBOUNDED in kinds:
        return question.refused("CHM404", "it counts what a trial may do any number of times")
    if GuardKind.INDEX in kinds:
        return question.refused("CHM411", "it counts trials by their index")
    if isinstance(bound, Amount) and bound.deps & question.group:
        return _against_count(question, value, bound)
    if number is None or bound is None:
        return question.refused("CHM404", "a count is judged by a value that cannot be followed")
    if GuardKind.SCHEDULE in kinds:
        return _scheduled(question, value, number)
    if value.total == number and not isinstance(operator, ast.Gt):
        if GuardKind.RANDOM in kinds and isinstance(operator, ast.Eq | ast.GtE):
            return question.refused(
                "CHM450", "every trial must succeed, and the test draws failures"
            )
        return _copy(question, bound, value)
    if isinstance(operator, ast.Eq | ast.NotEq | ast.Is):
        return question.refused("CHM404", "a fixed number of the trials is expected")
    if int(number) in question.policies:
        return Free(whole=True, note="the bound repeats a capacity or policy of the test")
    if GuardKind.DISTINCT in kinds:
        if isinstance(operator, _LOWER):
            return WHOLE  # more trials can only find more that are different
        return question.refused("CHM404", "how many are different does not follow the trials")
    trials = trials_of(value)
    if trials is None:
        return question.refused("CHM403", "it adds up trials of different sizes")
    if GuardKind.RANDOM not in kinds and _speaks_of_limit(question, value):
        return question.refused(
            "CHM408", "such a bound speaks of a limit of the code under test, not of a rate"
        )
    n = trials.total
    if value.exact:
        if isinstance(operator, _UPPER) and number > value.total:
            return question.refused("CHM404", "the bound speaks of something else than the trials")
        return question.refused("CHM404", "the count is certain, the bound is another number")
    strict = isinstance(operator, ast.Lt | ast.Gt)
    if isinstance(operator, _UPPER):
        allowed = number - 1 if strict else number
        if allowed >= n:
            return question.refused("CHM460", "nothing can fail this bound")
        return _bound(question, "max_count", trials, int(allowed), strict, number)
    good = number + 1 if strict else number
    if good > n:
        return question.refused("CHM450", "more is asked for than there are trials")
    return _bound(question, "min_count", trials, int(n - good), strict, number)


_BAD = re.compile(
    r"fail|err|reject|denied|deny|block|limited|throttl|timeout|timed|drop|lost|loss|evict|conflict"
    r"|refus|miss|slow|late\b|stale|corrupt|retr|bad|wrong|abort|violat|anomal|exceed|roll|cancel"
    r"|crash|exception|dead|degrad|discard|expir|invalid|unhealth|skip|overflow|gave_up|broken"
    r"|outlier|duplicate|disconnect|unavailable|race|stampede|exhaust|cascad"
)


def _speaks_of_limit(question: Question, value: Amount) -> bool:
    """At most so many succeed, or at least so many are turned away: the code has a limit.

    Where both sides are bounded it is a window around a rate.
    """
    window = any(
        type(other.operator) is not type(question.operator)
        and question.value in (other.left, other.right)
        for other in question.siblings
        if other is not question.judgement
    )
    if window:
        return False
    bad = _BAD.search(ast.unparse(question.value_node).lower()) is not None
    if isinstance(question.operator, _UPPER):
        return not bad and all(guard.arm == 0 for t in value.terms for guard in t.guards)
    return bad


def trials_of(value: Amount) -> Amount | None:
    """The trials whose events an amount counts, at most one each; None where they differ."""
    factors = {term.factors for term in value.terms}
    if len(factors) != 1 or not value.terms:
        return None
    coefficient = sum((term.coefficient for term in value.terms), Fraction(0))
    if any(term.coefficient != 1 for term in value.terms):
        return None
    if coefficient != 1 and not _exclusive(value.terms):
        return None
    (only,) = factors
    return Amount((Term(Fraction(1), only),))


def _exclusive(terms: tuple[Term, ...]) -> bool:
    """Whether no trial can give two of the events: they stand in different arms of a branch."""
    for i, first in enumerate(terms):
        for second in terms[i + 1 :]:
            arms = {guard.branch: guard.arm for guard in first.guards}
            if not any(
                guard.branch in arms and arms[guard.branch] != guard.arm for guard in second.guards
            ):
                return False
    return True


def _existence(question: Question, value: Amount) -> Verdict:
    if value.exact:
        return FREE
    guards = [guard for term in value.terms for guard in term.guards]
    if len(value.terms) == 1 and len(guards) == 1 and guards[0].kind is GuardKind.SCHEDULE:
        data = guards[0].data
        if isinstance(data, tuple) and guards[0].arm == 0:
            return Free(floor=data[1] + 1)
    return WHOLE


def _against_count(question: Question, value: Amount, bound: Amount) -> Verdict:
    """A count against the count, or against another count of the same trials."""
    operator = question.operator
    kinds = {guard.kind for term in value.terms for guard in term.guards}
    difference = add(value, bound, -1)
    if not difference.terms:
        return FREE
    if (
        isinstance(operator, ast.Eq | ast.GtE | ast.Is)
        and bound.exact
        and value.total == bound.total
    ):
        if not difference.deps - question.group or value.deps == bound.deps:
            if GuardKind.RANDOM in kinds:
                return question.refused(
                    "CHM450", "every trial must succeed, and the test draws failures"
                )
            return FREE
    scaled = _scaled_count(question)
    if scaled is not None:
        return _proportional(question, value, *scaled)
    if value.deps != bound.deps and value.total != bound.total:
        return question.refused("CHM403", "counts of different trials are compared")
    strange = [
        symbol for term in bound.terms for symbol in term.factors if symbol not in question.group
    ]
    constants = [term for term in bound.terms if not set(term.factors) & question.group]
    if constants and strange:
        return question.refused("CHM404", "the bound is the count less a fixed number")
    if isinstance(operator, _UPPER) and bound.exact and not constants:
        return FREE if isinstance(operator, ast.LtE) else WHOLE
    if constants and bound.exact and isinstance(operator, ast.Eq):
        return WHOLE
    if value.exact and bound.exact:
        return question.refused("CHM409", "it does arithmetic with the count")
    if constants:
        return question.refused("CHM404", "the bound is the count less a fixed number")
    return WHOLE


def _scaled_count(question: Question) -> tuple[ast.expr, Fraction, ast.expr] | None:
    """`trials * 0.8`: the literal, its value, and the count that it is multiplied with."""
    node = question.bound_node
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Name):
        if node.func.id in ("int", "round"):
            return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for literal, count in ((node.right, node.left), (node.left, node.right)):
            if isinstance(literal, ast.Constant) and isinstance(literal.value, float):
                return literal, Fraction(str(literal.value)), count
    return None


def _proportional(
    question: Question, value: Amount, literal: ast.expr, rate: Fraction, count: ast.expr
) -> Verdict:
    """`good >= trials * r`: a rate in other words."""
    bound = question.bound
    assert isinstance(bound, Amount)
    trials = trials_of(value)
    if not bound.exact:
        return WHOLE  # events against a part of other events: free of scale
    if value.exact:
        return FREE if value.deps == bound.deps else WHOLE
    if trials is None or trials.total * rate != bound.total:
        return question.refused("CHM404", "the bound is a part of something else than the trials")
    return _rate_bound(question, literal, trials, rate)


def _scheduled(question: Question, value: Amount, number: Fraction) -> Verdict:
    """Events on a schedule are decided exactly: the bound must hold for every count."""
    if len(value.terms) != 1 or len(value.terms[0].guards) != 1:
        return question.refused("CHM404", "its schedule cannot be followed")
    (term,) = value.terms
    (guard,) = term.guards
    if not isinstance(guard.data, tuple) or len(term.factors) != 1:
        return question.refused("CHM404", "its schedule cannot be followed")
    period, remainder = guard.data
    n = term.factors[0].value

    def events(m: int) -> int:
        hits = len(range(remainder, m, period))
        return hits if guard.arm == 0 else m - hits

    holds = _OPERATORS.get(type(question.operator))
    if holds is None or not holds(events(n), number):
        return question.refused("CHM450", "by its own arithmetic it cannot hold")
    if isinstance(question.operator, ast.Eq):
        bound = question.bound
        symbol = bound.symbol if isinstance(bound, Amount) else None
        if symbol is None or term.coefficient != 1:
            return question.refused("CHM404", "a fixed number of the trials is expected")
        trials = Amount((Term(Fraction(1), term.factors),))
        return Copy(symbol, trials, question.judgement, (period, remainder), guard.arm == 1)
    if any(not holds(events(m), number) for m in range(n, 4 * n + 1)):
        return question.refused("CHM404", "with more trials its schedule breaks the bound")
    floor = n
    while floor > 1 and holds(events(floor - 1), number):
        floor -= 1
    return Free(floor=floor)


_OPERATORS = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
}


def _copy(question: Question, bound: Value | None, amount: Amount, less: int = 0) -> Verdict:
    """The bound repeats the count, or is `less` than it: it follows, if it is one literal."""
    symbol = bound.symbol if isinstance(bound, Amount) else None
    if symbol is None and isinstance(bound, Amount) and len(bound.terms) == 1 and not less:
        # `len(stages) * 3`: the literal is the count, the other factor stays.
        (only,) = bound.terms
        if len(only.factors) == 1 and bound.exact:
            symbol = only.factors[0]
            share = 1 / only.coefficient
            amount = Amount(
                tuple(replace(t, coefficient=t.coefficient * share) for t in amount.terms)
            )
            question = replace(question, bound=Amount((Term(Fraction(1), (symbol,)),)))
    trials = Amount(tuple(Term(t.coefficient, t.factors) for t in amount.terms))
    if len({t.factors for t in trials.terms}) == 1 and len(trials.terms) > 1:
        whole = question.bound
        assert isinstance(whole, Amount)
        trials = Amount((Term(Fraction(1), trials.terms[0].factors),))
        if trials.total - less != whole.total:
            return question.refused("CHM403", "it adds up several counters of the trials")
    if symbol is None:
        return question.refused("CHM409", "the number is computed from fixed ones")
    if less:
        trials = add(trials, Amount((Term(Fraction(less)),)), -1)
    return Copy(symbol, trials, question.judgement)


def _bound(
    question: Question, method: str, trials: Amount, allowed: int, strict: bool, number: Fraction
) -> Verdict:
    node = question.bound_node
    assert node is not None
    if allowed == 0:
        return WHOLE
    return Bound(method, node, node, trials, allowed, strict, number, question.judgement)


# -- rates


def _rate(question: Question, value: Rate) -> Verdict:
    operator, bound = question.operator, question.bound
    events, trials = value.events, value.trials
    kinds = {guard.kind for term in events.terms for guard in term.guards}
    if operator is None or bound is None:
        return WHOLE
    if isinstance(bound, Rate) or (bound.deps & question.group):
        return WHOLE
    number = exact_number(bound)
    if number is not None:
        number = number / value.scale
    if GuardKind.STATE in kinds:
        return question.refused("CHM402", "a trial depends on the one before it")
    if GuardKind.UNBOUNDED in kinds:
        return question.refused("CHM404", "it counts what a trial may do any number of times")
    if GuardKind.INDEX in kinds or GuardKind.SCHEDULE in kinds:
        return question.refused("CHM411", "it counts trials by their index")
    if number is not None and (number > 1 or number < 0):
        return question.refused("CHM404", "the bound is no rate")
    if number is not None and number in (0, 1):
        if isinstance(operator, ast.Eq | ast.GtE | ast.LtE):
            if number == 1 and GuardKind.RANDOM in kinds and not isinstance(operator, ast.LtE):
                return question.refused(
                    "CHM450", "every trial must succeed, and the test draws failures"
                )
            return FREE
        return WHOLE
    if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return question.refused("CHM404", "a fixed rate is expected")
    counted = trials_of(events)
    if counted is None or not _same_trials(events, trials, counted):
        return question.refused("CHM404", "the rate is over something else than the trials")
    if number is None:
        return _free_of_scale(question, counted)
    if events.exact and counted.total == trials.total:
        return question.refused("CHM460", "the rate is always the same")
    node = question.bound_node
    assert node is not None
    if value.scale != 1 and isinstance(getattr(node, "value", None), int):
        return question.refused("CHM404", "a percentage in whole numbers: write it as a float")
    if value.scale != 1 and float(number) * float(value.scale) != float(number * value.scale):
        return question.refused("CHM404", "the percentage has no exact rate")
    return _rate_bound(question, node, counted, number, value.scale)


def _same_trials(events: Amount, trials: Amount, counted: Amount) -> bool:
    """Whether a rate's denominator is its trials, a number equal to them, or their counters."""
    if trials.exact:
        return trials.total == counted.total and len(trials.terms) == 1
    return {term.factors for term in trials.terms} == {term.factors for term in counted.terms} and {
        term.guards for term in events.terms
    } <= {term.guards for term in trials.terms}


def _free_of_scale(question: Question, trials: Amount) -> Verdict:
    """A rate against a value of the scenario: it stands where a literal does."""
    node, operator = question.bound_node, question.operator
    bound = question.bound
    scenario = isinstance(bound, Unknown | Literal) and not bound.deps
    if not scenario or not isinstance(node, ast.Name | ast.Attribute):
        return question.refused("CHM404", "the rate is judged by a value that cannot be followed")
    if isinstance(bound, Unknown) and (bound.carried or bound.index):
        return question.refused("CHM404", "the rate is judged by a value that cannot be followed")
    method = "min_rate" if isinstance(operator, _LOWER) else "max_rate"
    strict = isinstance(operator, ast.Lt | ast.Gt)
    return Bound(method, node, node, trials, None, strict, None, question.judgement)


def denominator(
    value: Rate, group: frozenset[Symbol], judgement: Judgement
) -> Copy | Refused | None:
    """A literal that a rate is divided by repeats the count, and must follow it."""
    strange = [symbol for symbol in value.trials.deps - group if not symbol.adaptive]
    inner = value.events.deps
    literal = [symbol for symbol in strange if symbol not in inner]
    if not literal:
        return None
    counted = trials_of(value.events)
    if len(literal) == 1 and value.trials.symbol is literal[0] and counted is not None:
        if counted.total == literal[0].value:
            return Copy(literal[0], counted, judgement)
    reason = "the rate is over a fixed number"
    return Refused("CHM404", f"{reason} (line {judgement.statement.lineno})", judgement.left_node)


def _rate_bound(
    question: Question,
    node: ast.expr,
    trials: Amount,
    rate: Fraction,
    scale: Fraction = Fraction(1),
) -> Verdict:
    operator = question.operator
    strict = isinstance(operator, ast.Lt | ast.Gt)
    n = int(trials.total)
    share = 1 - rate if isinstance(operator, _LOWER) else rate
    exact = share * n
    allowed = int(exact) - 1 if strict and exact.denominator == 1 else int(exact)
    if allowed <= 0:
        return Free(whole=True, note=f"{n} trials allow no failure at this rate")
    method = "min_rate" if isinstance(operator, _LOWER) else "max_rate"
    return Bound(method, node, node, trials, allowed, strict, rate, question.judgement, scale)


# -- samples and time


def _summary(question: Question, value: Summary) -> Verdict:
    bound = question.bound
    if bound is not None and exact_number(bound) == 0:
        return FREE
    extreme = value.kind is Statistic.EXTREME or (
        isinstance(bound, Summary) and bound.kind is Statistic.EXTREME
    )
    if extreme:
        return question.refused(
            "CHM407",
            "more trials make a maximum, minimum or extreme percentile more extreme",
            "judge the mean or the median instead, or scale the count and leave this bound",
        )
    if value.kind is Statistic.SUM:
        return question.refused("CHM404", "a sum over the trials is judged")
    if question.concurrent and value.duration:
        if isinstance(question.operator, _LOWER):
            return WHOLE
        return _time_limit(question, value.of)  # at worst they queue
    return WHOLE


def _duration(question: Question, value: Duration) -> Verdict:
    operator, bound = question.operator, question.bound
    if isinstance(operator, _LOWER):
        return WHOLE
    if bound is not None and bound.deps & question.group:
        return WHOLE
    return _time_limit(question, value.of)


def _time_limit(question: Question, of: frozenset[Symbol]) -> Verdict:
    """An upper bound on a time that grows with the trials."""
    bound, node = question.bound, question.bound_node
    limit = exact_number(bound) if bound is not None else None
    if not isinstance(question.operator, _UPPER) or limit is None or node is None:
        return question.refused("CHM408", "a time is judged by what cannot be followed")
    group = sorted(of & question.group, key=lambda symbol: symbol.value)
    if len({symbol.value for symbol in group}) != 1 or not isinstance(node, ast.Constant):
        return question.refused("CHM403", "the time covers loops of different sizes")
    trials = Amount((Term(Fraction(1), (group[0],)),))
    return Bound("time_limit", node, node, trials, None, False, limit, question.judgement)


# -- the rest


def _collection(question: Question, value: Collection) -> Verdict:
    bound = question.bound
    if question.operator is None:
        if value.size is not None:
            return _existence(question, value.size)
        return WHOLE
    if isinstance(bound, Collection) and isinstance(question.operator, ast.Eq):
        if bound.size is not None and value.size is not None:
            if exact_number(bound.size) == 0:
                return FREE
            if bound.deps & question.group:
                return (
                    FREE
                    if value.size.total == bound.size.total
                    else question.refused("CHM403", "containers of different trials are compared")
                )
            if value.size.total == bound.size.total and bound.size.symbol is not None:
                return Copy(bound.size.symbol, _trials_only(value.size), question.judgement)
            if value.size.exact and bound.size.constant and bound.size.total == value.size.total:
                return question.refused("CHM411", "the results are compared with fixed data")
    if isinstance(question.operator, ast.In | ast.NotIn):
        return WHOLE if isinstance(question.operator, ast.In) else FREE
    return question.refused("CHM404", "the trials' results are compared with a fixed value")


def _trials_only(amount: Amount) -> Amount:
    return Amount((Term(Fraction(1), amount.terms[0].factors),))


def _unknown(question: Question, value: Value) -> Verdict:
    """A value that cannot be followed, into which the group's data flows."""
    if isinstance(value, Unknown) and value.carried:
        bound = exact_number(question.bound) if question.bound is not None else None
        if bound is not None and int(bound) in question.policies and question.operator is not None:
            if isinstance(question.operator, ast.Eq | ast.LtE | ast.Lt):
                return Free(whole=True, note="the bound repeats a capacity of the test")
        return question.refused("CHM402", "it judges what one trial leaves to the next")
    if question.bound is not None and exact_number(question.bound) == 0:
        if isinstance(question.operator, ast.Eq | ast.LtE | ast.GtE):
            return FREE
        return WHOLE
    if isinstance(value, Opaque):
        return question.refused("CHM404", "it judges an object that the trials have worked on")
    return question.refused("CHM404", "what the trials did to it cannot be followed")


def run_time(amount: Amount, values: dict[Symbol, int]) -> int:
    """What an amount of trials is when the symbols have these values."""
    return int(
        sum(
            (
                term.coefficient * prod(values.get(s, s.value) for s in term.factors)
                for term in amount.terms
            ),
            Fraction(0),
        )
    )
