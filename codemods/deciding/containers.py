"""Containers of results."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.counts import decide_existence
from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.trials import plain_trials
from chaos_migrate.codemods.deciding.verdicts import FREE, WHOLE, Copy, Verdict
from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.reading.quantities import Collection, exact_number


def decide_collection(question: Question, value: Collection) -> Verdict:
    """Results judged as a whole: whether there are any, whether they equal other data."""
    bound = question.bound
    if question.operator is None:
        if question.judgement.negated:
            return FREE  # none at all, of whatever trials
        if value.size is not None:
            return decide_existence(value.size)
        return WHOLE
    if isinstance(bound, Collection) and isinstance(question.operator, ast.Eq):
        verdict = _equal(question, value.size, bound)
        if verdict is not None:
            return verdict
    if isinstance(question.operator, ast.In | ast.NotIn):
        return WHOLE if isinstance(question.operator, ast.In) else FREE
    return question.refused("CHM404", "the trials' results are compared with a fixed value")


def _equal(question: Question, size: Amount | None, bound: Collection) -> Verdict | None:
    """Results that must equal other data: by their number they may follow; None says nothing."""
    other = bound.size
    if other is None or size is None:
        return None
    if exact_number(other) == 0:
        return FREE
    if not size.terms:
        return None  # nothing is left of what the trials gave
    if bound.deps & question.group:
        if size.total == other.total:
            return FREE
        return question.refused("CHM403", "containers of different trials are compared")
    trials = size.unguarded if len(size.terms) == 1 else plain_trials(size)
    if trials.total == other.total and other.symbol is not None:
        return Copy(other.symbol, trials, question.judgement)
    if size.exact and other.constant and other.total == size.total:
        return question.refused("CHM411", "the results are compared with fixed data")
    return None
