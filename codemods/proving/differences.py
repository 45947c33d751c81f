"""How two programs differ, and bounds on the wrong side of a comparison."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from chaos_migrate.codemods.proving.numbers import Bound


class Differs(Exception):
    """The two programs differ, at the line that the comparison has reached."""


MIRRORED: dict[type[ast.cmpop] | None, type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
OPERATORS: dict[str, type[ast.cmpop]] = {
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
}
UNARY = {"assertTrue": True, "assertFalse": False, "assertIsNone": None, "assertIsNotNone": None}


def check_bound(bound: Bound, operator: type[ast.cmpop] | None, holds: bool | None) -> None:
    """Whether `... operator bound` is what the bound was computed for, where `holds` is wanted."""
    wanted: dict[type[ast.cmpop] | None, bool] = {}
    if holds is not False:
        wanted |= {ast.Lt: True, ast.LtE: False} if bound.upper else {ast.Gt: True, ast.GtE: False}
    if holds is not True:
        wanted |= {ast.GtE: True, ast.Gt: False} if bound.upper else {ast.LtE: True, ast.Lt: False}
    if operator not in wanted:
        raise Differs("a bound stands on the wrong side of its comparison")
    if wanted[operator] is not bound.strict:
        raise Differs("`strict` does not match the operator of the comparison")


def settle(bounds: Sequence[Bound]) -> None:
    """Raise for bounds that no comparison has taken."""
    if bounds:
        raise Differs("a bound stands where nothing is compared with it")
