"""What numbers come to at load multiplier 1.

A value that is no number in sight, such as an imported constant, stands for itself: it equals only
itself.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Bound:
    """A bound that a helper computed: upper or lower, for a strict comparison or not."""

    upper: bool
    strict: bool


@dataclass(frozen=True)
class Value:
    """A number, or what stands for one; two values are equal if their terms are.

    `reads` are the names it was computed from: when one of them changes, it is no longer this.
    """

    term: str
    number: int | float | None = None
    reads: frozenset[str] = frozenset()
    bound: Bound | None = None


def number_value(number: int | float) -> Value:
    """The value of a plain number; 10 and 10.0 are different ones."""
    return Value(repr(number), number)


_OPERATORS: dict[type[ast.AST], Callable[..., int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS: dict[str, Callable[..., int | float]] = {
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "range": lambda *limits: len(range(*limits)),
}


def operated(sign: ast.operator | ast.unaryop, *values: Value | None) -> Value | None:
    """What an operator gives; a bound survives what keeps it on its side."""
    function = _OPERATORS.get(type(sign))
    value = computed(type(sign).__name__, function, *values) if function else None
    bounds = [each.bound for each in values if each and each.bound]
    if not bounds or value is None:
        return value
    same_side = len(bounds) == 1 and isinstance(sign, (ast.Add, ast.Mult))
    return replace(value, bound=bounds[0]) if same_side else None


def computed(
    name: str, function: Callable[..., int | float], *values: Value | None
) -> Value | None:
    """What a function of known values gives: a number, or a term that stands for one."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    numbers = [value.number for value in known if value.number is not None]
    if len(numbers) < len(values):
        term = f"{name}({', '.join(value.term for value in known)})"
        return Value(term, reads=frozenset().union(*(value.reads for value in known)))
    try:
        return number_value(function(*numbers))
    except (ArithmeticError, TypeError, ValueError):
        return None
