"""What each assertion becomes: the table of the scaling algebra.

A judgement is decided by what its sides count; each kind has a module of its own.
"""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.containers import decide_collection
from chaos_migrate.codemods.deciding.counts import decide_count
from chaos_migrate.codemods.deciding.per_trial import decide_per_trial
from chaos_migrate.codemods.deciding.questions import UPPER, Question
from chaos_migrate.codemods.deciding.rates import decide_rate
from chaos_migrate.codemods.deciding.samples import decide_duration, decide_summary
from chaos_migrate.codemods.deciding.untraced import decide_unknown, plain_relation
from chaos_migrate.codemods.deciding.verdicts import FREE, WHOLE, Verdict
from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.reading.quantities import Collection, Condition, Duration, Rate, Summary


def _means_the_same(question: Question, condition: Condition) -> bool:
    """Whether more trials leave an assertion under an "is there any" as it is.

    A sample's summary needs a sample; an upper bound on what there may be any of needs none.
    """
    if isinstance(question.value, Summary) or condition.certain:
        return True
    return isinstance(question.operator, UPPER) and condition.subject == question.value


def decide(question: Question) -> Verdict:
    """The verdict of one judgement on one group."""
    judgement = question.judgement
    related = plain_relation(question)
    if related is not None:
        return related
    for frame in judgement.frames:
        condition = frame.condition
        if condition is None or not condition.deps & question.group:
            continue
        if condition.existence and _means_the_same(question, condition):
            continue
        if not question.judgement.open_symbols & condition.deps:
            reason = "the assertion stands under an `if` that more trials change"
            return question.left_alone("CHM404", reason)
    if judgement.open_symbols & question.group:
        return decide_per_trial(question)
    value = question.value
    if isinstance(value, Amount):
        return decide_count(question, value)
    if isinstance(value, Rate):
        return decide_rate(question, value)
    if isinstance(value, Summary):
        return decide_summary(question, value)
    if isinstance(value, Duration):
        return decide_duration(question, value)
    if isinstance(value, Collection):
        return decide_collection(question, value)
    if isinstance(value, Condition):
        if value.existence and question.operator is None:
            if value.untraced and not judgement.negated and not question.concurrent:
                reason = "the trials have worked on what is judged, and how often may matter"
                return question.left_alone("CHM404", reason)
            return FREE if judgement.negated else WHOLE
        if value.extreme:
            return question.left_alone("CHM407", "all trials must hold a bound: the worst decides")
        if isinstance(judgement.left_node, ast.Call):
            return FREE  # all(...): an invariant of every trial
        return question.refused("CHM404", "the condition cannot be followed")
    return decide_unknown(question, value)
