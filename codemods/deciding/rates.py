"""Rates: events of trials over those trials, against a bound."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.deciding.chances import (
    Draws,
    allowed_bad,
    drawn_to_fail,
    fails_by_itself,
)
from chaos_migrate.codemods.deciding.questions import LOWER, Question
from chaos_migrate.codemods.deciding.trials import trials_of
from chaos_migrate.codemods.deciding.verdicts import (
    FREE,
    WHOLE,
    Bound,
    Copy,
    Free,
    Refused,
    Remark,
    Verdict,
)
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Symbol
from chaos_migrate.codemods.reading.cases import Cases, complement
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Literal, Rate, Unknown, exact_number


def decide_rate(question: Question, value: Rate) -> Verdict:
    """A rate against a literal, a value of the scenario or another rate."""
    operator, bound = question.operator, question.bound
    events, trials = value.events, value.trials
    kinds = events.kinds
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
        return question.refused("CHM404", "what is counted may happen many times in a trial")
    if {GuardKind.INDEX, GuardKind.SCHEDULE} & (kinds | trials.kinds):
        return question.refused("CHM411", "trials are counted by their index")
    if number is not None and (number > 1 or number < 0):
        return question.refused("CHM404", "the bound is no rate")
    if number is not None and number in (0, 1):
        if isinstance(operator, ast.Eq | ast.GtE | ast.LtE):
            if number == 1 and GuardKind.RANDOM in kinds and not isinstance(operator, ast.LtE):
                return drawn_to_fail(question)
            return FREE
        return WHOLE
    if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        return question.refused("CHM404", "a fixed rate is expected")
    counted = trials_of(events)
    if counted is None or not _same_trials(events, trials, counted):
        if counted is not None and not trials.exact and _one_each(trials, counted):
            return Free(whole=True, note="it is over what the trials give: of fewer, there is less")
        return question.refused("CHM404", "the rate is over something else than the trials")
    if number is None:
        return _free_of_scale(question, counted)
    if events.exact and counted.total == trials.total:
        return FREE  # it is always the same, which is told as a remark
    node = question.bound_node
    assert node is not None
    if value.scale != 1 and isinstance(node, ast.Constant) and isinstance(node.value, int):
        return question.refused("CHM404", "a percentage in whole numbers: write it as a float")
    if value.scale != 1 and float(number) * float(value.scale) != float(number * value.scale):
        return question.refused("CHM404", "the percentage has no exact rate")
    return rate_bound(question, node, counted, number, value.scale)


def _same_trials(events: Amount, trials: Amount, counted: Amount) -> bool:
    """Whether a rate's denominator is its trials, a number equal to them, or their counters."""
    if trials.exact:
        return trials.total == counted.total and len(trials.terms) == 1
    return _one_each(trials, counted) and {term.guards for term in events.terms} <= {
        term.guards for term in trials.terms
    }


def _one_each(trials: Amount, counted: Amount) -> bool:
    """Whether both count what each of the same trials may give."""
    return {term.factors for term in trials.terms} == {term.factors for term in counted.terms}


def _free_of_scale(question: Question, trials: Amount) -> Verdict:
    """A rate against a value of the scenario: it stands where a literal does."""
    node, operator = question.bound_node, question.operator
    bound = question.bound
    scenario = isinstance(bound, Unknown | Literal) and not bound.deps
    if not scenario or not isinstance(node, ast.Name | ast.Attribute):
        return question.refused("CHM404", "the rate is judged by a value that cannot be followed")
    if isinstance(bound, Unknown) and (bound.carried or bound.index):
        return question.refused("CHM404", "the rate is judged by a value that cannot be followed")
    cases = bound.cases if isinstance(bound, Unknown) else None
    flaw = _fails_by_itself(question, trials, cases) if cases else None
    if isinstance(flaw, Refused):
        return flaw
    method = "min_rate" if isinstance(operator, LOWER) else "max_rate"
    strict = isinstance(operator, ast.Lt | ast.Gt)
    judgement = question.judgement
    return Bound(method, node, node, trials, None, strict, None, judgement, remark=flaw)


def _fails_by_itself(question: Question, trials: Amount, rate: Cases) -> Refused | Remark | None:
    value, lower = question.value, isinstance(question.operator, LOWER)
    if not isinstance(value, Rate) or value.complement:
        return None
    share = complement(rate) if lower else rate
    strict = isinstance(question.operator, ast.Lt | ast.Gt)
    draws = Draws(value.events, int(trials.total), share, not lower, strict)
    return fails_by_itself(question, draws)


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
    alone = len(literal) == 1 and value.trials.symbol is literal[0]
    if alone and counted is not None and counted.total == literal[0].value:
        return Copy(literal[0], counted, judgement)
    reason = "the rate is over a fixed number"
    return Refused("CHM404", f"{reason} (line {judgement.statement.lineno})", judgement.left_node)


def rate_bound(
    question: Question,
    node: ast.expr,
    trials: Amount,
    rate: Fraction,
    scale: Fraction = Fraction(1),
) -> Verdict:
    """The bound that allows as many bad ones as the literal does in the author's trials."""
    operator = question.operator
    strict = isinstance(operator, ast.Lt | ast.Gt)
    n = int(trials.total)
    share = 1 - rate if isinstance(operator, LOWER) else rate
    allowed = allowed_bad(share, n, strict)
    if allowed <= 0:
        return Free(whole=True, note=f"{n} trials allow no failure at this rate")
    flaw = _fails_by_itself(question, trials, Cases((rate,)))
    if isinstance(flaw, Refused):
        return flaw
    method = "min_rate" if isinstance(operator, LOWER) else "max_rate"
    judgement = question.judgement
    return Bound(method, node, node, trials, allowed, strict, rate, judgement, scale, remark=flaw)
