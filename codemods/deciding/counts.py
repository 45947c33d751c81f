"""Counts of events against a number."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from fractions import Fraction

from chaos_migrate.codemods.deciding.chances import Draws, drawn_to_fail, fails_by_itself
from chaos_migrate.codemods.deciding.fixed import decide_fixed
from chaos_migrate.codemods.deciding.proportions import decide_against_count
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER, Question, turned
from chaos_migrate.codemods.deciding.schedules import decide_schedule
from chaos_migrate.codemods.deciding.trials import plain_trials, trials_of
from chaos_migrate.codemods.deciding.untraced import counts_trials
from chaos_migrate.codemods.deciding.verdicts import (
    FREE,
    WHOLE,
    Bound,
    Copy,
    Free,
    Refused,
    Verdict,
)
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Term, Value, add, of_symbol
from chaos_migrate.codemods.reading.cases import Cases
from chaos_migrate.codemods.reading.quantities import exact_number


def decide_count(question: Question, value: Amount) -> Verdict:
    """A number of events: an invariant, a copy of the count, or a bound that follows it."""
    bound, operator = question.bound, question.operator
    kinds = value.kinds
    if operator is None:
        return FREE if question.judgement.negated else decide_existence(value)
    number = exact_number(bound) if bound is not None else None
    positive = all(term.coefficient > 0 for term in value.terms)
    if positive and number == 0 and isinstance(operator, ast.Eq | ast.LtE):
        return FREE  # none at all, of whatever trials
    if positive and number == 0 and isinstance(operator, ast.Gt | ast.NotEq):
        return decide_existence(value)  # any at all, of whatever trials
    if any(t.coefficient < 0 or not set(t.factors) & question.group for t in value.terms):
        balanced = value.exact and value.total == 0 and value.deps <= question.group
        same = len({symbol.value for symbol in value.deps}) == 1
        if number == 0 and isinstance(operator, ast.Eq) and balanced and same:
            return FREE  # as many in as out
        if not isinstance(bound, Amount) or add(value, bound, -1).terms:
            return question.refused("CHM409", "the assertion does arithmetic with the count")
    if isinstance(operator, ast.NotEq | ast.Gt | ast.GtE) and number is not None:
        if number == 0 and isinstance(operator, ast.GtE):
            return FREE
        if number == 0 or (number == 1 and not isinstance(operator, ast.NotEq)):
            return decide_existence(value)
    if number == 0 and not (isinstance(bound, Amount) and bound.deps & question.group):
        return FREE  # `== 0`, `<= 0`: an invariant
    if number == 1 and isinstance(operator, ast.Eq) and kinds == {GuardKind.DISTINCT}:
        return WHOLE  # all are the same
    contended = question.concurrent and GuardKind.RANDOM not in kinds
    if number == 1 and isinstance(operator, ast.Eq) and contended:
        return WHOLE  # one winner, however many try at the same time
    all_but_one = number == value.total - 1 and isinstance(operator, ast.Eq)
    certain = GuardKind.RANDOM not in kinds and trials_of(value) is not None
    if question.single and all_but_one and certain:
        return _copy(question, bound, value, less=1)
    if GuardKind.STATE in kinds:
        return question.refused("CHM402", "a trial depends on the one before it")
    against = isinstance(bound, Amount) and bool(bound.deps & question.group)
    if GuardKind.UNBOUNDED in kinds and not against:
        return question.refused("CHM404", "what is counted may happen many times in a trial")
    if GuardKind.INDEX in kinds or (isinstance(bound, Amount) and GuardKind.INDEX in bound.kinds):
        return decide_fixed(question, value, number)
    if isinstance(bound, Amount) and against:
        return decide_against_count(question, value, bound)
    if number is None or bound is None:
        if isinstance(operator, ast.Eq) and value.exact and counts_trials(question):
            return FREE  # by the count's own name, it follows
        return question.refused("CHM404", "a count is compared with what cannot be followed")
    if GuardKind.SCHEDULE in kinds:
        return decide_schedule(question, value, number)
    if value.total == number and not isinstance(operator, ast.Gt):
        if GuardKind.RANDOM in kinds and isinstance(operator, ast.Eq | ast.GtE):
            return drawn_to_fail(question)
        return _copy(question, bound, value)
    if isinstance(operator, ast.Eq | ast.NotEq | ast.Is):
        return question.refused("CHM404", "a fixed number of the trials is expected")
    if int(number) in question.policies and isinstance(operator, UPPER):
        return Free(whole=True, note="the bound repeats a capacity or policy of the test")
    if GuardKind.DISTINCT in kinds:
        if isinstance(operator, LOWER) and number * 2 <= value.total:
            return WHOLE  # more trials can only find more that are different
        return question.refused("CHM404", "how many are different does not follow the trials")
    trials = trials_of(value)
    if trials is None:
        return question.refused("CHM403", "trials of different sizes are added up")
    if GuardKind.RANDOM not in kinds and _speaks_of_limit(question, value):
        return question.left_alone(
            "CHM408", "such a bound speaks of a limit of the code under test, not of a rate"
        )
    n = trials.total
    if value.exact:
        if isinstance(operator, UPPER) and number > value.total:
            return question.refused("CHM404", "the bound speaks of something else than the trials")
        return question.refused("CHM404", "what is counted is certain, the bound is another number")
    strict = isinstance(operator, ast.Lt | ast.Gt)
    if isinstance(operator, UPPER):
        allowed = number - 1 if strict else number
        if allowed >= n:
            return question.refused("CHM460", "nothing can fail this bound")
        return _bound(question, "max_count", value, int(allowed), strict, number)
    good = number + 1 if strict else number
    if good > n:
        return question.refused("CHM450", "more is asked for than there are trials")
    return _bound(question, "min_count", value, int(n - good), strict, number)


_BAD = re.compile(
    r"fail|err|reject|denied|deny|block|limited|throttl|timeout|timed|drop|lost|loss|evict|conflict"
    r"|refus|miss|slow|late\b|stale|corrupt|retr|bad|wrong|abort|violat|anomal|exceed|roll|cancel"
    r"|crash|exception|dead|degrad|discard|expir|invalid|unhealth|skip|overflow|gave_up|broken"
    r"|outlier|duplicate|disconnect|unavailable|race|stampede|exhaust|cascad"
)


_NO_ERROR = re.compile(r"\bnot isinstance\([^()]*\)|\b(is|==) None\b")


def _speaks_of_limit(question: Question, value: Amount) -> bool:
    """At most so many succeed, or at least so many are turned away: the code has a limit.

    Where both sides are bounded it is a window around a rate.
    """
    upper = isinstance(question.operator, UPPER)
    for other in question.siblings:
        if not other.deps & question.group:
            continue
        other = turned(other) if question.value == other.right else other
        if question.value == other.left and isinstance(other.operator, LOWER if upper else UPPER):
            return False
    # What is no error counts as good: `[r for r in results if not isinstance(r, Exception)]`.
    text = _NO_ERROR.sub("", ast.unparse(question.value_node))
    bad = _BAD.search(text.lower()) is not None
    if upper:
        return not bad and all(guard.arm == 0 for t in value.terms for guard in t.guards)
    return bad


def decide_existence(value: Amount) -> Verdict:
    """Whether there is any: more trials cannot change it, fewer may where nothing is certain."""
    if value.exact:
        return FREE
    guards = [guard for term in value.terms for guard in term.guards]
    if len(value.terms) == 1 and len(guards) == 1 and guards[0].kind is GuardKind.SCHEDULE:
        schedule = guards[0].schedule
        if schedule is not None and not schedule.others:
            return Free(floor=schedule.remainder + 1)
    return WHOLE


def _copy(question: Question, bound: Value | None, amount: Amount, less: int = 0) -> Verdict:
    """The bound repeats the count, or is `less` than it: it follows, if it is one literal."""
    symbol = bound.symbol if isinstance(bound, Amount) else None
    if isinstance(bound, Amount) and not less and (factor := _factor(question, bound, amount)):
        return factor
    if symbol is None and isinstance(bound, Amount) and len(bound.terms) == 1 and not less:
        # `len(stages) * 3`: the literal is the count, the other factor stays.
        (only,) = bound.terms
        if len(only.factors) == 1 and bound.exact:
            symbol = only.factors[0]
            share = 1 / only.coefficient
            amount = Amount(
                tuple(replace(t, coefficient=t.coefficient * share) for t in amount.terms)
            )
            question = replace(question, bound=of_symbol(symbol))
    trials = amount.unguarded
    if len({t.factors for t in trials.terms}) == 1 and len(trials.terms) > 1:
        whole = question.bound
        assert isinstance(whole, Amount)
        trials = plain_trials(trials)
        if trials.total - less != whole.total:
            return question.refused("CHM403", "several counters of the trials are added up")
    if symbol is None:
        return question.refused("CHM409", "the number is computed from fixed ones")
    if less:
        trials = add(trials, Amount((Term(Fraction(less)),)), -1)
    return Copy(symbol, trials, question.judgement)


def _factor(question: Question, bound: Amount, amount: Amount) -> Copy | None:
    """`== 10 * 5` of ten threads with five calls each: one factor repeats the count."""
    if len(bound.terms) != 1 or len(bound.terms[0].factors) < 2 or len(amount.terms) != 1:
        return None
    moving = [symbol for symbol in amount.terms[0].factors if symbol in question.group]
    for symbol in bound.terms[0].factors:
        if len(moving) == 1 and symbol.value == moving[0].value:
            return Copy(symbol, of_symbol(moving[0]), question.judgement)
    return None


def _bound(
    question: Question, method: str, value: Amount, allowed: int, strict: bool, number: Fraction
) -> Verdict:
    node, trials = question.bound_node, plain_trials(value)
    assert node is not None
    n = int(trials.total)
    share = Cases((Fraction(allowed, n),))
    flaw = fails_by_itself(question, Draws(value, n, share, isinstance(question.operator, UPPER)))
    if isinstance(flaw, Refused):
        return flaw
    if allowed == 0:
        return WHOLE
    judgement = question.judgement
    return Bound(method, node, node, trials, allowed, strict, number, judgement, remark=flaw)
