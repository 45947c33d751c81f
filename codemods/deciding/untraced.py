"""Values that cannot be followed, into which the group's data flows."""

from __future__ import annotations

import ast
import re

from chaos_migrate.codemods.deciding.questions import Question
from chaos_migrate.codemods.deciding.verdicts import FREE, WHOLE, Copy, Free, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, Value, of_symbol
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    Duration,
    Opaque,
    Rate,
    Summary,
    Unknown,
    exact_number,
)
from chaos_migrate.codemods.trees import walk

# From here on an equal number is no coincidence.
_PLAIN_COUNT = 10
_LIMIT = re.compile(r"max|limit|cap|quota|min")
_COUNTING = re.compile(r"(^|_|\b)(len|count|counter|total|size|qsize|num|n|length|calls)(\b|_|s\b)")


def plain_relation(question: Question) -> Verdict | None:
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
        if not _counts(question.value_node):
            return None
        for trials in (*map(of_symbol, question.group), *question.nests):
            same = trials.total == bound.symbol.value >= _PLAIN_COUNT
            if same and value.deps <= trials.deps:
                return Copy(bound.symbol, trials, question.judgement)
    return None


def counts_trials(question: Question) -> bool:
    """Whether the bound is untraced, but reads like a count of what the trials have worked on."""
    bound, node = question.bound, question.bound_node
    if not isinstance(bound, Unknown | Opaque) or node is None:
        return False
    carried = isinstance(bound, Unknown) and bound.carried
    limit = _LIMIT.search(ast.unparse(node)) is not None
    return bool(bound.deps & question.group) and not carried and not limit and _counts(node)


def _counts(node: ast.expr) -> bool:
    """Whether an expression reads like a count, and is given no number of its own."""
    numbers = [
        child
        for child in walk(node)
        if isinstance(child, ast.Constant) and type(child.value) is int and child.value > 2
    ]
    return not numbers and _COUNTING.search(ast.unparse(node)) is not None


def decide_unknown(question: Question, value: Value) -> Verdict:
    """A value that cannot be followed, into which the group's data flows."""
    if isinstance(value, Unknown) and value.carried:
        bound = exact_number(question.bound) if question.bound is not None else None
        at_most = isinstance(question.operator, ast.Eq | ast.LtE | ast.Lt)
        if at_most and bound is not None and int(bound) in question.policies:
            return Free(whole=True, note="the bound repeats a capacity of the test")
        return question.refused("CHM402", "what one trial leaves to the next is judged")
    if question.bound is not None and exact_number(question.bound) == 0:
        if isinstance(question.operator, ast.Eq | ast.LtE | ast.GtE):
            return FREE
        return WHOLE
    if isinstance(question.operator, ast.IsNot) and question.concurrent:
        return WHOLE  # there is one, whoever came first
    if isinstance(question.operator, ast.NotIn) and _is_none(question.value_node, question):
        return WHOLE  # no trial gave nothing
    if isinstance(value, Opaque):
        reason = "the trials have worked on what is judged, and how often may matter"
        return question.left_alone("CHM404", reason)
    reason = "what is judged depends on the trials in a way that cannot be followed"
    return question.left_alone("CHM404", reason)


def _is_none(node: ast.expr, question: Question) -> bool:
    sides = (node, question.bound_node)
    return any(isinstance(side, ast.Constant) and side.value is None for side in sides)
