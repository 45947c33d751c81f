"""Counts that already adapt: `chaos_config.scaled(10)` and formulas with `load_multiplier`."""

from __future__ import annotations

import ast
from collections.abc import Callable

# The attributes of a configuration that scale with the machine, in the fixtures and by hand.
_MULTIPLIER = "load_multiplier"
_CONFIGURATIONS = ("chaos_config", "chaos_load")
_WHOLE = ("max", "min", "int", "round")
_METHODS = ("scaled", "max_count", "min_count", "max_rate", "min_rate", "time_limit")


# The number that a name stands for, None where it stands for anything else.
Named = Callable[[ast.expr], int | None]


def adaptive_count(node: ast.expr, named: Named | None = None) -> int | None:
    """The author's count behind an adaptive expression, None for any other expression.

    `max(5, int(10 * self.chaos_config.load_multiplier))` is 10: what it is at load multiplier 1.
    Names in it are constants, which `named` knows.
    """
    if not isinstance(node, ast.Call | ast.BinOp):
        return None
    method = adaptive_method(node)
    if method == "scaled":
        assert isinstance(node, ast.Call)
        return _integer(node.args[0], named) if node.args else None
    if not _multiplies(node):
        return None
    value = at_load(node, 1, named)
    return int(value) if value is not None and value == int(value) and value >= 1 else None


def _multiplies(node: ast.expr) -> bool:
    """Whether the multiplier takes part in simple arithmetic."""
    if isinstance(node, ast.Attribute):
        return node.attr == _MULTIPLIER
    if isinstance(node, ast.BinOp):
        return _multiplies(node.left) or _multiplies(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in _WHOLE and any(map(_multiplies, node.args))
    return False


def adaptive_method(node: ast.expr) -> str | None:
    """The name of the configuration's method that `node` calls, None for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in _METHODS:
        return None
    receiver = node.func.value
    name = receiver.attr if isinstance(receiver, ast.Attribute) else None
    if isinstance(receiver, ast.Name):
        name = receiver.id
    return node.func.attr if name in _CONFIGURATIONS else None


def _integer(node: ast.expr, named: Named | None) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name | ast.Attribute) and named is not None:
        return named(node)
    return None


def at_load(node: ast.expr, multiplier: float, named: Named | None = None) -> float | None:
    """The value of simple arithmetic with the multiplier; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Attribute) and node.attr == _MULTIPLIER:
        return multiplier
    if isinstance(node, ast.Name | ast.Attribute) and named is not None:
        return named(node)
    if isinstance(node, ast.BinOp):
        left = at_load(node.left, multiplier, named)
        right = at_load(node.right, multiplier, named)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Div) and right:
            return left / right
        if isinstance(node.op, ast.FloorDiv) and right:
            return left // right
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        values = [at_load(argument, multiplier, named) for argument in node.args]
        known = [value for value in values if value is not None]
        if len(known) != len(values) or not known:
            return None
        if node.func.id == "max":
            return max(known)
        if node.func.id == "min":
            return min(known)
        if node.func.id in ("int", "round") and len(known) == 1:
            return float(int(known[0]) if node.func.id == "int" else round(known[0]))
    return None
