"""Counts: where each is written, and how the rest of the group reads it."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.writing.copies import spot_of
from chaos_migrate.codemods.writing.draft import Draft, Stuck
from chaos_migrate.codemods.writing.messages import renamed_in
from chaos_migrate.codemods.writing.names import assigned_name, count_name
from chaos_migrate.codemods.writing.reasons import count_reason
from chaos_migrate.codemods.writing.sites import MULTIPLIERS, count_code, label, position
from chaos_migrate.fixtures_templates import bounds

# The places that need a count at run time.
_Uses = dict[Symbol, list[ast.AST]]


def write_counts(draft: Draft) -> None:
    """Write every count of the group, and note how it is read at run time."""
    uses = _uses(draft)
    for count in sorted(draft.group.counts, key=lambda c: position(c.symbol.node)):
        symbol = count.symbol
        if symbol in draft.expressions:
            continue
        if symbol.adaptive:
            draft.expressions[symbol] = _adaptive_name(draft, symbol, uses[symbol])
        elif not draft.desk.places.holds(symbol.node):
            _write_constant(draft, count, uses[symbol])
        else:
            _write_literal(draft, count, uses)


def _uses(draft: Draft) -> _Uses:
    uses: _Uses = {symbol: [] for symbol in draft.group.symbols}
    for copy in draft.group.copies:
        for term in copy.amount.terms:
            for symbol in term.factors:
                if symbol in uses:
                    uses[symbol].append(spot_of(draft.desk, copy))
    for bound in draft.group.bounds:
        for symbol in bound.of.deps:
            if symbol in uses:
                uses[symbol].append(bound.judgement.statement)
    return uses


def _adaptive_name(draft: Draft, symbol: Symbol, uses: list[ast.AST]) -> str:
    """The name of a count that is adaptive already."""
    desk = draft.desk
    name = desk.context.names.get(symbol)
    statement = desk.places.statement(symbol.node) if desk.places.holds(symbol.node) else None
    if not uses:
        return symbol.expression or ""
    if name is None or statement is None or not desk.usable(name, statement, uses):
        reason = "the adaptive count has no name that its bound could use"
        raise Stuck(Refused("CHM404", reason, symbol.node, "give the count a name"))
    return name


def _write_literal(draft: Draft, count: Count, uses: _Uses) -> None:
    """A number in the test: under its own name, or a new one where another line needs it."""
    desk, symbol = draft.desk, count.symbol
    literal = str(symbol.value) if symbol.offset else symbol.source.spelled(symbol.node)
    least = draft.floor.of(symbol)
    code = desk.forms.count(desk.config, literal, symbol.value, least)
    statement = desk.places.statement(symbol.node)
    name = assigned_name(statement, symbol.node)
    if name is not None:
        if uses[symbol] and not desk.usable(name, statement, uses[symbol]):
            reason = f"`{name}` is bound more than once, or after it would be needed"
            raise Stuck(Refused("CHM404", reason, statement))
        draft.expressions[symbol] = name
        draft.replace(symbol.node, code)
        _tell(draft, count, code, least)
        return
    twins = _twins(draft, symbol)
    needed = [use for twin in twins for use in uses[twin.symbol]]
    text = f"{code} + {symbol.offset}" if symbol.offset else code
    places: list[ast.AST] = [twin.symbol.node for twin in twins]
    first = desk.places.before([*places, *needed])
    # One answer for all twins: a name that one of them needs is made for each.
    roomy = all(draft.fits(twin.symbol.node, text) for twin in twins)
    if not needed and (roomy or not desk.places.on_own_line(first)):
        draft.expressions[symbol] = code
        draft.replace(symbol.node, text)
        _tell(draft, count, text, least)
        return
    name = desk.fresh(count_name(count))
    draft.insert(first, f"{name} = {code}")
    for twin in twins:
        offset = twin.symbol.offset
        draft.expressions[twin.symbol] = name
        draft.replace(twin.symbol.node, f"{name} + {offset}" if offset else name)
        _tell(draft, twin, code, least)


def _twins(draft: Draft, symbol: Symbol) -> list[Count]:
    """The counts of the group that can share a new name: equal ones without a name of their own."""
    places = draft.desk.places
    return [
        other
        for other in draft.group.counts
        if other.symbol.value == symbol.value
        and not other.symbol.adaptive
        and places.holds(other.symbol.node)
        and assigned_name(places.statement(other.symbol.node), other.symbol.node) is None
    ]


def _write_constant(draft: Draft, count: Count, uses: list[ast.AST]) -> None:
    """A module's or class's constant stays, as the base of a local name."""
    desk, symbol = draft.desk, count.symbol
    name = desk.context.names.get(symbol, "")
    reads = [
        node
        for node in desk.test.nodes
        if desk.places.holds(node)
        and (
            (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Attribute) and node.attr == name)
        )
        and isinstance(node.ctx, ast.Load)
    ]
    if not reads or desk.names.get(name):
        raise Stuck(Refused("CHM404", f"`{name}` cannot be followed", desk.test.node))
    helpers = desk.context.constant_readers.get(symbol, set())
    if not all(map(desk.test.holds, helpers)):
        reason = f"`{name}` is also read by a helper, which would keep the author's number"
        raise Stuck(Refused("CHM405", reason, reads[0]))
    least = draft.floor.of(symbol)
    code = desk.forms.count(desk.config, ast.unparse(reads[0]), symbol.value, least)
    local = desk.fresh(name.lower().strip("_") if name.lower() != name else f"scaled_{name}")
    draft.insert(desk.places.before([*reads, *uses]), f"{local} = {code}")
    for node in reads:
        if node not in desk.texts:
            draft.replace(node, local)
    for text in {desk.texts[node]: None for node in reads if node in desk.texts}:
        _rename_inside(draft, text, name, local)
    draft.expressions[symbol] = local
    _tell(draft, count, code, least)


def _rename_inside(draft: Draft, text: ast.JoinedStr, old: str, new: str) -> None:
    """An f-string is replaced as a whole; a message that cannot be may show the author's number."""
    message = any(judgement.message is text for judgement in draft.desk.context.judgements)
    renamed = renamed_in(draft.code(text), old, new)
    if renamed is None and not message:
        raise Stuck(Refused("CHM404", f"`{old}` stands inside of an f-string", text))
    if renamed is not None:
        draft.replace(text, renamed)


def _tell(draft: Draft, count: Count, code: str, least: int) -> None:
    symbol, desk = count.symbol, draft.desk
    values = {}
    for multiplier in MULTIPLIERS:
        value = bounds.scaled(symbol.value, multiplier, least)
        desk.scaled[symbol, multiplier] = value
        values[label(multiplier)] = float(value + symbol.offset)
    reason = count_reason(count, desk.context)
    draft.tell(symbol.node, count_code(count), reason, code, values)
