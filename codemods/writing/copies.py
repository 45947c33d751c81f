"""Numbers that repeat a count: each becomes the count's name, or a formula of it."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.verdicts import Copy, Refused
from chaos_migrate.codemods.trees import walk
from chaos_migrate.codemods.writing.amounts import amount_at, amount_code
from chaos_migrate.codemods.writing.draft import Desk, Draft, Stuck
from chaos_migrate.codemods.writing.messages import recounted_in, updated_message
from chaos_migrate.codemods.writing.reasons import copy_reason
from chaos_migrate.codemods.writing.sites import MULTIPLIERS, label, places_of


def write_copy(draft: Draft, copy: Copy) -> None:
    """Replace a number by the expression of what it repeats."""
    spot = spot_of(draft.desk, copy)
    text = amount_code(draft, copy.amount, spot)
    offset = copy.symbol.offset
    if copy.schedule is not None:
        text = copy.schedule.code(text)
    if offset:
        text = f"{text} + {offset}"
    if draft.replaces(spot):
        return
    shown = draft.desk.texts.get(spot)
    if shown is None:
        draft.replace(spot, text)
    else:
        _replace_inside(draft, shown, copy, text)
    message = copy.judgement.message
    if message is not None:
        updated = updated_message(draft.code(message), str(copy.symbol.value), text)
        if updated is not None:
            draft.replace(message, updated)
    values = {label(m): float(_copied(draft.desk, copy, m) + offset) for m in MULTIPLIERS}
    reason = copy_reason(copy, draft.desk.context)
    draft.tell(spot, "CHM203", reason, text, values, places_of(copy.amount))


def _replace_inside(draft: Draft, shown: ast.JoinedStr, copy: Copy, text: str) -> None:
    """An f-string is replaced as a whole, with all that repeats the count in it.

    Raises:
        Stuck: if it is too odd for that, or shows the number in another sense as well.
    """
    if shown in draft.recounted:
        return
    value, texts = copy.symbol.value, draft.desk.texts
    repeats = {other.symbol.node for other in draft.group.copies if other.symbol.value == value}
    alike = [n for n in walk(shown) if isinstance(n, ast.Constant) and n.value == value]
    known = all(node in repeats and texts.get(node) is shown for node in alike)
    code = recounted_in(draft.code(shown), value, text, len(alike)) if known else None
    if code is None:
        reason = f"{value} stands inside of an f-string, where it cannot be replaced"
        raise Stuck(Refused("CHM409", reason, shown))
    draft.replace(shown, code)
    draft.recounted.add(shown)


def spot_of(desk: Desk, copy: Copy) -> ast.expr:
    """Where a copied literal is replaced: at its own place, or where its name is read.

    Raises:
        Stuck: if it stands outside of the test and is not read by its name.
    """
    if desk.places.holds(copy.symbol.node):
        return copy.symbol.node
    judgement = copy.judgement
    name = desk.context.names.get(copy.symbol)
    for node in (judgement.right_node, judgement.left_node):
        if (isinstance(node, ast.Name) and node.id == name) or (
            isinstance(node, ast.Attribute) and node.attr == name
        ):
            return node
    raise Stuck(Refused("CHM410", "the number stands outside the test", judgement.left_node))


def _copied(desk: Desk, copy: Copy, multiplier: float) -> int:
    m = amount_at(desk, copy.amount, multiplier)
    return m if copy.schedule is None else copy.schedule.events(m)
