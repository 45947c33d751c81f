"""Arithmetic: sums and products of counts, rates, phases of an index, times."""

from __future__ import annotations

import ast
import operator
from collections.abc import Set
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import prod

from chaos_migrate.codemods import units
from chaos_migrate.codemods.reading.algebra import (
    ONE,
    Amount,
    Symbol,
    Value,
    add,
    multiply,
    number,
    of_symbol,
)
from chaos_migrate.codemods.reading.cases import Cases, complement, in_each
from chaos_migrate.codemods.reading.clocks import elapsed_since
from chaos_migrate.codemods.reading.conditions import truth_of
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL, adaptive_value, symbol_of
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    CollectionState,
    Condition,
    Duration,
    Index,
    Instant,
    Literal,
    Opaque,
    Rate,
    Statistic,
    Summary,
    Unknown,
    exact_number,
    fixed_cases,
)
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule

_PLAIN = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
# Loops within loops are looked into as deep as this.
_DEEPEST = 3
_FEW = 8
# What turns a rate into per cent or per mille.
_SCALES = frozenset((100, 1000))


def read_operation(context: Context, node: ast.BinOp) -> Value:
    """`a + b` and its kin."""
    if (adaptive := adaptive_value(context, node)) is not None:
        return adaptive
    left, right = context.evaluate(node.left), context.evaluate(node.right)
    sign = node.op
    if isinstance(sign, ast.Add | ast.Sub):
        return _sum(context, node, left, right, 1 if isinstance(sign, ast.Add) else -1)
    if isinstance(sign, ast.Mult):
        return _product(context, node, left, right)
    if isinstance(sign, ast.Div):
        return _quotient(context, node, left, right)
    if isinstance(sign, ast.Mod) and isinstance(left, Index):
        return _phase(left, right)
    if isinstance(sign, ast.FloorDiv | ast.Mod):
        _steps(context, node, left, right)
    return _arithmetic(context, node, left, right)


def _arithmetic(context: Context, node: ast.expr, left: Value, right: Value) -> Value:
    if (cases := _in_each_case(node, left, right)) is not None:
        return Unknown(cases=cases)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Index) and other.deps & one.of:
            return Unknown()  # relative to the count: free of scale
        if isinstance(one, Duration | Summary) and isinstance(other, Literal | Amount):
            counts = _products({count.value for count in one.of})
            fixed = {symbol.value for symbol in other.deps - one.of}
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                fixed -= units.THOUSANDS  # no time of all trials is multiplied by their number
            # `elapsed * 10` of a hundred trials is milliseconds for one: 1000 / 100.
            baked_in = (n * size for n in counts for size in fixed - _SCALES)
            if fixed & counts or not units.THOUSANDS.isdisjoint(baked_in):
                reason = "a time is divided or multiplied by a number that goes with the count"
                context.hazard("CHM409", one.of, reason, node)
            return replace(one, scaled=True) if isinstance(one, Duration) else one
    if isinstance(left, Summary) and isinstance(right, Summary):
        kinds = {left.kind, right.kind}
        kind = Statistic.STEADY if kinds == {Statistic.STEADY} else Statistic.EXTREME
        return Summary(kind, left.of | right.of, left.duration or right.duration)
    return mixed(left, right)


def _products(counts: set[int]) -> set[int]:
    """How often something may be done in loops within loops, or in one of them."""
    deepest = _DEEPEST if len(counts) <= _FEW else 1  # more of them are no nest
    sizes = range(1, min(len(counts), deepest) + 1)
    return {prod(nest) for size in sizes for nest in combinations(counts, size)}


def _in_each_case(node: ast.expr, left: Value, right: Value) -> Cases | None:
    """The result where both numbers are fixed, and one of them differs from case to case."""
    function = _PLAIN.get(type(node.op)) if isinstance(node, ast.BinOp) else None
    one, other = fixed_cases(left), fixed_cases(right)
    if function is None or one is None or other is None or not (one.loop or other.loop):
        return None
    return in_each(function, one, other)


def _sum(context: Context, node: ast.expr, left: Value, right: Value, sign: int) -> Value:
    if isinstance(left, Amount) and isinstance(right, Amount):
        return add(left, right, sign)
    if isinstance(left, Instant) and isinstance(right, Instant):
        return elapsed_since(context, right)
    if isinstance(left, Instant) and isinstance(right, Amount | Literal | Unknown):
        return Instant(left.tick, left.frames, deadline=sign > 0)
    if isinstance(right, Rate) and sign < 0 and left == ONE and right.scale == 1:
        return Rate(right.events, right.trials, right.scale, not right.complement)
    if isinstance(right, Rate) and sign < 0 and isinstance(left, Literal) and left.value == 1.0:
        return Rate(right.events, right.trials, right.scale, not right.complement)
    if (
        isinstance(left, Collection)
        and isinstance(right, Collection)
        and left.size is not None
        and right.size is not None
    ):
        for part, rest in ((left, right), (right, left)):
            if isinstance(part.state.element, Index) and part.size and rest.size != part.size:
                reason = f"`{ast.unparse(node)[:60]}` is a list of chosen values"
                context.hazard("CHM411", part.size.deps, reason, node)
        size = add(left.size, right.size)
        state = CollectionState(size, context.open_ids, left.state.element)
        state.fixed = left.state.fixed and right.state.fixed
        state.writers = left.state.writers | right.state.writers
        return Collection("list", state)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Index) and one.period is None and isinstance(other, Opaque):
            reason = f"`{ast.unparse(node)}` names things that must exist"
            context.hazard("CHM411", one.of, reason, node)
    return _arithmetic(context, node, left, right)


def _product(context: Context, node: ast.expr, left: Value, right: Value) -> Value:
    for one, other in ((left, right), (right, left)):
        factor = exact_number(other)
        if isinstance(one, Rate) and factor is not None:
            return Rate(one.events, one.trials, one.scale * factor, one.complement)
        if isinstance(one, Collection) and isinstance(other, Amount) and one.size is not None:
            size = multiply(one.size, other)
            state = CollectionState(size, context.open_ids, one.state.element)
            state.fixed = one.state.fixed
            return Collection(one.kind, state)
    if isinstance(left, Amount) and isinstance(right, Amount):
        for one, other in ((left, right), (right, left)):
            if not one.exact and other.symbol is not None and other.total in _SCALES:
                return multiply(one, number(other.total))
        return multiply(left, right)
    for one, other in ((left, right), (right, left)):
        factor = exact_number(other)
        if isinstance(one, Amount) and factor is not None and isinstance(other, Literal):
            return multiply(one, number(factor))
    return _arithmetic(context, node, left, right)


def _quotient(context: Context, node: ast.BinOp, left: Value, right: Value) -> Value:
    if isinstance(node.right, ast.Constant) and isinstance(node.right.value, float):
        whole = node.right.value
        if whole.is_integer() and whole >= SMALLEST_SYMBOL:
            right = of_symbol(symbol_of(context, node.right, int(whole)))
    if isinstance(left, Opaque) and isinstance(right, Literal) and isinstance(right.value, str):
        return Opaque("", left.taint, birth=left.birth)  # `folder / "name"` leads to what is there
    if isinstance(left, Amount) and isinstance(right, Amount):
        if left.constant and right.constant and right.total:
            return number(left.total / right.total)
        if left.constant and not right.constant:
            return mixed(left, right)
        if not left.exact:  # else it is no rate, but how many times the author's count
            _repeats_count(context, right, left.deps, units.OF_NUMBERS)
        scale = next(iter({term.coefficient for term in left.terms}), Fraction(1))
        if scale in _SCALES and all(term.coefficient == scale for term in left.terms):
            return Rate(multiply(left, number(1 / scale)), right, scale)
        return Rate(left, right)
    if isinstance(left, Summary) and left.kind is Statistic.SUM and isinstance(right, Amount):
        if right.deps <= left.of:
            return Summary(Statistic.STEADY, left.of, left.duration)
        reason = f"`{ast.unparse(node)}` divides by a number that repeats the count"
        context.hazard("CHM409", left.of, reason, node)
        return Summary(Statistic.STEADY, left.of, left.duration)
    if isinstance(left, Duration) and isinstance(right, Amount) and right.deps & left.of:
        return Summary(Statistic.STEADY, left.of | right.deps, duration=True)
    if isinstance(left, Duration) and _repeats_count(context, right, left.of, units.OF_TIME):
        return Summary(Statistic.STEADY, left.of, duration=True)
    scaled = isinstance(right, Duration) and right.scaled
    no_count = units.THOUSANDS if scaled else frozenset[int]()
    if isinstance(right, Duration) and _repeats_count(context, left, right.of, no_count):
        return right
    return _arithmetic(context, node, left, right)


def _repeats_count(context: Context, value: Value, of: Set[Symbol], no_count: Set[int]) -> bool:
    """`1000 / elapsed`, `ok / 1000` after a thousand trials: the count once more, to move along.

    Not if it is one of `no_count`, the units that it may be instead.
    """
    symbol = value.symbol if isinstance(value, Amount) else None
    if symbol is None or symbol.value in no_count or symbol in of:
        return False
    repeated = [count for count in of if count.value == symbol.value]
    if len(repeated) == 1:
        context.repeats.append((symbol, repeated[0]))
    return len(repeated) == 1


def _phase(index: Index, right: Value) -> Value:
    period = exact_number(right)
    if right.deps & index.of or period is None or period <= 0:
        return Unknown()
    return Index(index.of, int(period))


def _steps(context: Context, node: ast.BinOp, left: Value, right: Value) -> None:
    if isinstance(left, Amount) and isinstance(right, Amount):
        reason = f"`{ast.unparse(node)}` divides by a fixed number"
        if left.deps and right.deps:
            context.hazard("CHM409", left.deps | right.deps, reason, node)


def read_sign(context: Context, node: ast.UnaryOp) -> Value:
    """`-a`, `not a`."""
    value = context.evaluate(node.operand)
    if isinstance(node.op, ast.USub) and isinstance(value, Amount):
        return multiply(value, number(-1))
    if isinstance(node.op, ast.USub) and isinstance(value, Literal):
        return Literal(-value.value if isinstance(value.value, float) else None, node)
    if isinstance(node.op, ast.Not):
        condition = truth_of(context, value)
        data = condition.data
        if isinstance(data, Schedule | Fixed):
            data = data.inverted()
        elif data is not None:
            data = complement(data)
        return Condition(condition.kind, data, condition.depends, condition.existence)
    return value
