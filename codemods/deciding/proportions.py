"""A count against the count itself, a part of it, or another count of the same trials."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.deciding.chances import drawn_to_fail
from chaos_migrate.codemods.deciding.questions import UPPER, Question
from chaos_migrate.codemods.deciding.rates import rate_bound
from chaos_migrate.codemods.deciding.trials import trials_of
from chaos_migrate.codemods.deciding.verdicts import FREE, WHOLE, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, add


def decide_against_count(question: Question, value: Amount, bound: Amount) -> Verdict:
    """A count against the count, or against another count of the same trials."""
    operator = question.operator
    difference = add(value, bound, -1)
    if not difference.terms:
        return FREE
    if (
        isinstance(operator, ast.Eq | ast.GtE | ast.Is)
        and bound.exact
        and value.total == bound.total
    ) and (not difference.deps - question.group or value.deps == bound.deps):
        if GuardKind.RANDOM in value.kinds:
            return drawn_to_fail(question)
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
    if isinstance(operator, UPPER) and bound.exact and not constants:
        return FREE if isinstance(operator, ast.LtE) else WHOLE
    if constants and bound.exact and isinstance(operator, ast.Eq):
        return WHOLE
    if value.exact and bound.exact:
        return question.refused("CHM409", "the assertion does arithmetic with the count")
    if constants:
        return question.refused("CHM404", "the bound is the count less a fixed number")
    return WHOLE


def _scaled_count(question: Question) -> tuple[ast.expr, Fraction] | None:
    """`trials * 0.8`: the literal and its value."""
    node = question.bound_node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for literal in (node.right, node.left):
            if isinstance(literal, ast.Constant) and isinstance(literal.value, float):
                return literal, Fraction(str(literal.value))
    return None


def _proportional(question: Question, value: Amount, literal: ast.expr, rate: Fraction) -> Verdict:
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
    return rate_bound(question, literal, trials, rate)
