"""Numbers given to other code: capacities and policies, which need not follow the load."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Policy


def note_policies(context: Context, node: ast.Call, name: str) -> None:
    """Literals given to a constructor are its policy; an equal bound speaks of them."""
    arguments = [("", argument) for argument in node.args]
    arguments += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
    for keyword, argument in arguments:
        if isinstance(argument, ast.Constant | ast.Name | ast.Attribute):
            value = context.evaluate(argument)
            if isinstance(value, Amount) and value.symbol is not None:
                shared = not context.open_symbols
                context.policies.append(Policy(value.symbol, name, keyword, shared))


def note_coupling(context: Context, capacity: Amount | None, kind: str) -> None:
    if capacity is not None and capacity.symbol is not None:
        context.couplings.append((capacity.symbol, kind))
