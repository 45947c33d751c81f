"""Amounts of trials as code, and their size at a load multiplier."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.trials import run_time
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.writing.draft import Desk, Draft, Stuck
from chaos_migrate.codemods.writing.names import assigned_name
from chaos_migrate.codemods.writing.sites import position


def amount_at(desk: Desk, amount: Amount, multiplier: float) -> int:
    """What an amount of trials is at a load multiplier."""
    return run_time(amount, {s: desk.scaled.get((s, multiplier), s.value) for s in amount.deps})


def amount_code(draft: Draft, amount: Amount, use: ast.expr | ast.stmt) -> str:
    """An amount of trials as an expression at `use`."""
    parts = []
    for term in amount.terms:
        factors = []
        for symbol in sorted(term.factors, key=lambda s: position(s.node)):
            factors.append(draft.expressions.get(symbol) or _fixed(draft.desk, symbol, use))
        if term.coefficient != 1 or not factors:
            if term.coefficient.denominator != 1:
                raise Stuck(Refused("CHM409", "a part of the count is expected", use))
            factors.append(str(term.coefficient))
        parts.append(" * ".join(factors))
    return " + ".join(parts).replace("+ -", "- ")


def _fixed(desk: Desk, symbol: Symbol, use: ast.AST) -> str:
    """A count that stays: by its name where it has one, else as the number it is."""
    name = desk.context.names.get(symbol)
    if name is not None and desk.places.holds(symbol.node):
        statement = desk.places.statement(symbol.node)
        if assigned_name(statement, symbol.node) == name and desk.usable(name, statement, [use]):
            return name
    if name is not None and isinstance(symbol.owner, ast.Module) and not desk.names.get(name):
        return name
    return str(symbol.value)
