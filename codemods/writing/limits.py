"""Bounds and time limits: each is named on the line above its assertion."""

from __future__ import annotations

import ast
import re
from fractions import Fraction

from chaos_migrate.codemods.deciding.verdicts import Bound, Refused
from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.trees import walk
from chaos_migrate.codemods.writing.amounts import amount_at, amount_code
from chaos_migrate.codemods.writing.draft import Desk, Draft, Stuck
from chaos_migrate.codemods.writing.forms import Limit
from chaos_migrate.codemods.writing.messages import updated_message, with_trials
from chaos_migrate.codemods.writing.names import bound_name
from chaos_migrate.codemods.writing.reasons import bound_reason
from chaos_migrate.codemods.writing.sites import BOUND_CODES, MULTIPLIERS, label, places_of
from chaos_migrate.fixtures_templates import bounds


def write_bound(draft: Draft, bound: Bound) -> None:
    """Compute a bound on the line above its assertion, and name it in its message."""
    desk, judgement = draft.desk, bound.judgement
    statement = judgement.statement
    if not desk.places.on_own_line(statement):
        reason = "the assertion shares its line with another statement"
        raise Stuck(Refused("CHM404", reason, statement))
    literal, spelled = ast.unparse(bound.literal), desk.test.source.spelled(bound.literal)
    if bound.scale != 1 and bound.value is not None:
        literal = spelled = repr(float(bound.value))
    trials = amount_code(draft, bound.of, statement)
    value_node = judgement.left_node
    if value_node is bound.node or bound.literal in walk(value_node):
        value_node = judgement.right_node or value_node
    limit = Limit(
        bound.method, spelled, int(bound.of.total) or None, trials, bound.strict, bound.allowed
    )
    code = desk.forms.bound(desk.config, limit)
    if code == spelled:
        return  # as the author wrote it: there is nothing to compute
    if desk.options.style == "plain" and not _is_told(desk, bound.literal):
        reason = f"`{literal}` is computed, and plain style can only scale a number"
        raise Stuck(Refused("CHM409", reason, statement))
    name = desk.fresh(bound_name(bound, value_node))
    if bound.scale != 1:
        code = f"{bound.scale} * {code}"
    draft.insert(statement, f"{name} = {code}")
    draft.replace(bound.literal, name)
    message = _message(draft, bound, literal, name, value_node, trials)
    if message is not None and judgement.message is not None:
        draft.replace(judgement.message, message)
    values = {
        label(m): _bound_at(desk, bound, bound.value, m)
        for m in MULTIPLIERS
        if bound.value is not None
    }
    reason = bound_reason(bound, value_node, desk.context)
    draft.tell(bound.literal, BOUND_CODES[bound.method], reason, code, values, places_of(bound.of))


def _is_told(desk: Desk, node: ast.expr) -> bool:
    """Whether the text tells a number: it is one, or made of names that are given one.

    Constants of the class and the module are: others are not followed this far.
    """
    parts = walk(node)
    if any(isinstance(part, ast.Call) for part in parts):
        return False
    names = [part for part in parts if isinstance(part, ast.Name)]
    return all(_is_given(desk, name) for name in names)


def _is_given(desk: Desk, name: ast.Name) -> bool:
    """Whether the last line above that gives a name of the test its value tells it."""
    nodes = walk(*desk.test.node.body)
    elsewhere = set(walk(*(node for node in nodes if isinstance(node, FunctionDef))))
    given = [
        node
        for node in nodes
        if isinstance(node, ast.Name) and node.id == name.id and node not in elsewhere
        if isinstance(node.ctx, ast.Store) and node.lineno < name.lineno
    ]
    if not given:
        return True
    last = desk.places.statement(max(given, key=lambda node: node.lineno))
    value = last.value if isinstance(last, ast.Assign | ast.AnnAssign) else None
    return value is not None and _is_told(desk, value)


def _message(
    draft: Draft, bound: Bound, literal: str, name: str, value: ast.expr, trials: str
) -> str | None:
    """The new message; the value against its trials is left out where the line has no room."""
    old = bound.judgement.message
    timed = bound.method == "time_limit"
    if old is None or not (timed or re.fullmatch(r"\w+", trials)):
        return None
    shown = None if timed else value
    code = draft.code(old)
    for told_of in (shown, None):
        message = updated_message(code, literal, name, told_of, trials, seconds=timed)
        message = with_trials(message or code, int(bound.of.total), trials) or message
        if message is None or draft.fits(old, message, more=len(name) - len(literal)):
            return message
    return message  # a line too long is better than one that tells what is not so


def _bound_at(desk: Desk, bound: Bound, exact: Fraction, multiplier: float) -> float:
    n = int(bound.of.total)
    m = amount_at(desk, bound.of, multiplier)
    value = int(exact) if exact.denominator == 1 else float(exact)
    if bound.method == "time_limit":
        factor = max(1.0, 1 / multiplier)
        return bounds.time_limit(float(value), factor, n or None, m or None)
    method = getattr(bounds, bound.method)
    result: float = method(value, of=n, trials=m, strict=bound.strict)
    return result if bound.scale == 1 else float(bound.scale) * result
