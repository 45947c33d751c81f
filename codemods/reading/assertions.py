"""`assert` and unittest's methods to one form: a left side, an operator, a right side."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, eq=False)
class Part:
    """One comparison of an assertion; a bare truth value has no operator and no right side.

    `negated` says that the truth value must be false.
    """

    left: ast.expr
    operator: ast.cmpop | None
    right: ast.expr | None
    message: ast.expr | None = None
    negated: bool = False


_INVERSE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
# unittest's comparisons with the operator that each stands for.
_METHODS: dict[str, type[ast.cmpop]] = {
    "assertEqual": ast.Eq,
    "assertEquals": ast.Eq,
    "assertNotEqual": ast.NotEq,
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
    "assertIs": ast.Is,
    "assertIsNot": ast.IsNot,
    "assertIn": ast.In,
    "assertNotIn": ast.NotIn,
    "assertListEqual": ast.Eq,
    "assertDictEqual": ast.Eq,
    "assertSetEqual": ast.Eq,
    "assertTupleEqual": ast.Eq,
    "assertSequenceEqual": ast.Eq,
    "assertCountEqual": ast.Eq,
    "assertAlmostEqual": ast.Eq,
}

# The same as plain functions: nose's, and those that suites define after them.
_FUNCTIONS: dict[str, type[ast.cmpop]] = {
    "eq_": ast.Eq,
    "ne_": ast.NotEq,
    "is_": ast.Is,
    "assert_equal": ast.Eq,
    "assert_equals": ast.Eq,
    "assert_not_equal": ast.NotEq,
    "assert_less": ast.Lt,
    "assert_less_equal": ast.LtE,
    "assert_greater": ast.Gt,
    "assert_greater_equal": ast.GtE,
}

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def comparison(left: ast.expr, operator: ast.cmpop | None, right: ast.expr | None) -> str:
    """A comparison, or a bare truth value, as it reads in Python."""
    if operator is None or right is None:
        return ast.unparse(left)
    return f"{ast.unparse(left)} {_SIGNS[type(operator)]} {ast.unparse(right)}"


def assertion_parts(test: ast.expr, negated: bool = False) -> Iterator[Part]:
    """The comparisons that must all hold for `test` to hold.

    `and` is split, chains are split, `not (...)` is turned round; `or` stays one truth value.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from assertion_parts(test.operand, not negated)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or if negated else ast.And):
        for value in test.values:
            yield from assertion_parts(value, negated)
    elif isinstance(test, ast.Compare) and (len(test.ops) == 1 or not negated):
        left = test.left
        for operator, right in zip(test.ops, test.comparators, strict=True):
            yield Part(left, _INVERSE[type(operator)]() if negated else operator, right)
            left = right
    else:
        yield Part(test, None, None, negated=negated)


def unittest_assertion(call: ast.Call) -> list[Part] | None:
    """The comparisons of `self.assertX(...)` and its kin, None for any other call."""
    function = call.func
    if isinstance(function, ast.Name) and len(call.args) >= 2:
        named = _FUNCTIONS.get(function.id)
        message = call.args[2] if len(call.args) > 2 else None
        return [Part(call.args[0], named(), call.args[1], message)] if named else None
    if not isinstance(function, ast.Attribute) or not function.attr.startswith("assert"):
        return None
    if not isinstance(function.value, ast.Name) or function.value.id not in ("self", "cls"):
        return None
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    message = next((k.value for k in call.keywords if k.arg == "msg"), None)
    arguments = call.args
    operator = _METHODS.get(function.attr)
    if operator is not None and len(arguments) >= 2:
        if message is None and len(arguments) > 2:
            message = arguments[2]
        return [Part(arguments[0], operator(), arguments[1], message)]
    if function.attr in ("assertTrue", "assertFalse") and arguments:
        if message is None and len(arguments) > 1:
            message = arguments[1]
        parts = assertion_parts(arguments[0], negated=function.attr == "assertFalse")
        return [replace(part, message=message) for part in parts]
    if function.attr in ("assertIsNone", "assertIsNotNone", "assertIsInstance") and arguments:
        return [Part(arguments[0], None, None, message)]
    return None
