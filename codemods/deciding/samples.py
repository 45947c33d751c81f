"""Statistics over samples, and times."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.questions import LOWER, UPPER, Question
from chaos_migrate.codemods.deciding.verdicts import FREE, WHOLE, Bound, Verdict
from chaos_migrate.codemods.reading.algebra import Symbol, of_symbol
from chaos_migrate.codemods.reading.quantities import Duration, Statistic, Summary, exact_number


def decide_summary(question: Question, value: Summary) -> Verdict:
    """A statistic: more trials make it steadier, or more extreme."""
    bound = question.bound
    if bound is not None and exact_number(bound) == 0:
        return FREE
    extreme = value.kind is Statistic.EXTREME or (
        isinstance(bound, Summary) and bound.kind is Statistic.EXTREME
    )
    if extreme:
        return question.left_alone(
            "CHM407",
            "more trials make a maximum, minimum or extreme percentile more extreme",
            "judge the mean or the median instead",
        )
    if value.kind is Statistic.SUM:
        return question.refused("CHM404", "a sum over the trials is judged")
    if question.concurrent and value.duration:
        if isinstance(question.operator, LOWER):
            return WHOLE
        return _time_limit(question, value.of)  # at worst they queue
    return WHOLE


def decide_duration(question: Question, value: Duration) -> Verdict:
    """A time that covers trials: from above it grows with them."""
    operator, bound = question.operator, question.bound
    if isinstance(operator, LOWER):
        return WHOLE
    if bound is not None and bound.deps & question.group:
        return WHOLE
    return _time_limit(question, value.of)


def _time_limit(question: Question, of: frozenset[Symbol]) -> Verdict:
    """An upper bound on a time that grows with the trials."""
    bound, node = question.bound, question.bound_node
    limit = exact_number(bound) if bound is not None else None
    if not isinstance(question.operator, UPPER) or limit is None or node is None:
        return question.refused("CHM408", "a time is judged by a bound that cannot be followed")
    group = sorted(of & question.group, key=lambda symbol: symbol.value)
    if len({symbol.value for symbol in group}) != 1 or not isinstance(node, ast.Constant):
        return question.refused("CHM403", "the time covers loops of different sizes")
    trials = of_symbol(group[0])
    return Bound("time_limit", node, node, trials, None, False, limit, question.judgement)
