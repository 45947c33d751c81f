"""Judgements inside the loop."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.questions import UPPER, Question
from chaos_migrate.codemods.deciding.verdicts import FREE, Bound, Verdict
from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.reading.quantities import (
    Duration,
    Index,
    Literal,
    Opaque,
    Unknown,
    exact_number,
)


def decide_per_trial(question: Question) -> Verdict:
    """Inside the loop: what one trial must give does not depend on how many there are."""
    if isinstance(question.value, Duration) and isinstance(question.operator, UPPER):
        node, limit = question.bound_node, exact_number(question.bound or question.value)
        if isinstance(node, ast.Constant) and limit is not None:
            none = Amount(())
            return Bound("time_limit", node, node, none, None, False, limit, question.judgement)
    bound = exact_number(question.bound) if question.bound is not None else None
    own = {symbol.value for symbol in question.group}
    repeated = question.bound.symbol if isinstance(question.bound, Amount) else None
    untraced = isinstance(question.value, Opaque | Unknown)
    if repeated is not None and repeated.value in own and untraced:
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
                return question.refused("CHM402", "what earlier trials left is judged")
            both = question.value.deps & question.group and question.bound.deps & question.group
            if not both:
                return question.refused("CHM402", "what earlier trials left is judged")
        if isinstance(value, Amount) and value.deps & question.group and not value.exact:
            return question.refused("CHM404", "a running count is judged inside its loop")
    return FREE
