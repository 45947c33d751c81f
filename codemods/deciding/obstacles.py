"""Why a count cannot be reached or moved, whatever judges it."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.functions import Access
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.trees import remembered


def unreachable(group: Group, context: Context) -> Refused | None:
    """The count, or the configuration, is out of the test's reach."""
    test = context.test
    for symbol in group.symbols:
        if symbol.source is not test.source:
            reason = "the count stands in another file, which is read but never edited"
            return Refused("CHM410", reason, test.node)
        if isinstance(symbol.owner, ast.Module) and symbol.node.lineno > test.node.lineno:
            reason = "the count is bound below the test"
            return Refused("CHM404", reason, symbol.node, "bind it above the test")
        in_function = isinstance(symbol.owner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if in_function and not test.holds(symbol.owner):
            reason = "the count stands in a helper function, not in the test"
            advice = "give the helper the count as a parameter"
            return Refused("CHM405", reason, symbol.node, advice)
    if test.access is Access.NONE:
        return Refused("CHM405", test.obstacle, test.node, "pass the configuration in by hand")
    return None


def hazardous(group: Group, context: Context) -> Refused | None:
    """Reading found a reason why one of the counts cannot move."""
    for factors in _products(context):
        both = [symbol for symbol in factors if symbol in group.symbols]
        if len(both) > 1:
            sizes = " x ".join(str(symbol.value) for symbol in both)
            reason = f"its loop runs {sizes} times, and would grow with the square of the load"
            return Refused("CHM409", reason, both[0].node)
    for hazard in context.hazards:
        if hazard.symbol in group.symbols:
            return Refused(hazard.code, hazard.reason, hazard.node)
    return None


@remembered
def _products(context: Context) -> list[tuple[Symbol, ...]]:
    """The numbers that a loop with work in it multiplies, or one that it stands in as well."""
    found: list[tuple[Symbol, ...]] = []
    for frame in context.loops:
        if frame.count is not None and frame.attempts:
            found += [(symbol, symbol) for symbol in frame.symbols & frame.inside]
            found += [term.factors for term in frame.count.terms if len(term.factors) > 1]
    return found
