"""The count's number once more, where nothing shows that it is another one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from math import prod

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.quantities import Collection, Opaque, Unknown
from chaos_migrate.codemods.trees import code_of, last_name, walk

# Factors of units, not counts: milliseconds, per cent, kibibytes, minutes.
_UNITS = {60, 100, 1000, 1024, 3600}


# From here on an equal number in data is no coincidence.
_NO_COINCIDENCE = 10


def typed_again(
    group: Group, moving: Iterable[Group], context: Context, counts: Iterable[Symbol]
) -> Refused | None:
    """The count's number once more, in arithmetic or a comparison that was not followed.

    The other `counts` of the test, and what moves along with them, have a decision of their own.
    """
    known = {copy.symbol.node for each in moving for copy in each.copies}
    known |= {bound.literal for each in moving for bound in each.bounds}
    known |= set(_accounted(context)) | {symbol.node for symbol in counts}
    values = {symbol.value for symbol in group.symbols if not symbol.adaptive}
    for parent in context.test.nodes:
        if isinstance(parent, ast.BinOp):
            sides = [parent.left, parent.right]
        elif isinstance(parent, ast.Compare):
            sides = [parent.left, *parent.comparators]
        elif isinstance(parent, ast.Call):
            data = [*parent.args, *(keyword.value for keyword in parent.keywords)]
            if any(isinstance(d, ast.List | ast.Tuple) and len(d.elts) in values for d in data):
                last = last_name(parent.func)
                if last not in ("gather", "wait", "Thread", "submit", "isinstance"):
                    reason = f"`{last}(...)` is given as many things as there are trials"
                    return Refused("CHM411", reason, parent)
            stop = parent.args[1:2] or parent.args
            if code_of(parent.func) == "range" and _holds(stop, values, known):
                reason = f"`{ast.unparse(parent)}` goes as far, and would stay"
                return Refused("CHM411", reason, parent)
            continue
        elif isinstance(parent, ast.Slice):
            sides = [n for n in (parent.lower, parent.upper, parent.step) if n is not None]
        else:
            continue
        scale = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult | ast.Div)
        repeats = scale and any(isinstance(side, ast.List | ast.Tuple) for side in sides)
        for side in sides:
            if not isinstance(side, ast.Constant) or side in known:
                continue
            if repeats and type(side.value) is int and {side.value - 1, side.value + 1} & values:
                reason = f"`{ast.unparse(parent)}` is as long as there are trials, but for one"
                return Refused("CHM409", reason, parent)
            if side.value not in values or isinstance(side.value, bool):
                continue
            if (
                scale
                and side.value in _UNITS
                and not (
                    isinstance(parent, ast.BinOp)
                    and isinstance(parent.op, ast.Div)
                    and side.value == 100
                )
            ):
                continue
            reason = f"`{ast.unparse(parent)}` holds the same number: it may have to move along"
            return Refused("CHM409", reason, parent)
    return None


def _holds(nodes: Iterable[ast.expr], values: set[int], known: set[ast.expr]) -> bool:
    """Whether one of the nodes is one of the numbers and has no decision of its own."""
    constants = (n for n in nodes if isinstance(n, ast.Constant) and n not in known)
    return any(type(n.value) is int and n.value in values for n in constants)


def _accounted(context: Context) -> Iterator[ast.expr]:
    """Literals of judgements that were followed, or that judge something else."""
    for judgement in context.judgements:
        for node in (judgement.left_node, judgement.right_node):
            if node is not None:
                yield node


def shown_inside(group: Group, context: Context) -> Refused | None:
    """The number of all trials inside data that an untraced value must equal."""
    loops = (frame.symbols | frame.inside for frame in context.loops)
    totals = {prod(s.value for s in symbols) for symbols in loops if symbols & group.symbols}
    totals |= {symbol.value for symbol in group.symbols}
    for judgement in context.judgements:
        sides = (judgement.left_node, judgement.right_node)
        for node in sides if isinstance(judgement.operator, ast.Eq) else ():
            if not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set):
                continue
            whole = _whole_numbers(walk(node))
            parts = _whole_numbers(node.values if isinstance(node, ast.Dict) else walk(node))
            if len(parts) > 1:
                whole.append(sum(parts))
            for number in whole:
                if number >= _NO_COINCIDENCE and number in totals:
                    line = judgement.statement.lineno
                    reason = f"the data on line {line} holds {number}, the number of all trials"
                    return Refused("CHM404", reason, judgement.statement)
    return None


def _whole_numbers(nodes: Iterable[ast.AST]) -> list[int]:
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    return [value for value in values if type(value) is int]


def windowed(group: Group, context: Context) -> Refused | None:
    """`100 <= winner < 110` of ten: places, counted from somewhere, that go on with the count."""
    sizes = {count.symbol.value for count in group.counts}
    ends: dict[tuple[ast.stmt, str], list[int]] = {}
    for judgement in context.judgements:
        if isinstance(judgement.operator, UPPER + LOWER) and not judgement.deps & group.symbols:
            for value, other in (
                (judgement.left, judgement.right_node),
                (judgement.right, judgement.left_node),
            ):
                number = _fixed_number(value) if isinstance(value, Amount) else None
                if number is not None and other is not None:
                    key = (judgement.statement, ast.unparse(other))
                    ends.setdefault(key, []).append(number)
    for (statement, text), numbers in ends.items():
        width = max(numbers) - min(numbers)
        if min(numbers) and {width, width + 1} & sizes and width >= _NO_COINCIDENCE - 1:
            reason = f"`{text}` lies between places that are as far apart as there are trials"
            return Refused("CHM404", f"{reason} (line {statement.lineno})", statement)
    return None


def suspicious(group: Group, context: Context) -> Refused | None:
    """An untraced value that equals the count: most likely the same number, written twice."""
    known = {copy.symbol for copy in group.copies} | group.symbols
    for judgement in context.judgements:
        if judgement.deps & group.symbols:
            continue
        for side, other in ((judgement.left, judgement.right), (judgement.right, judgement.left)):
            equal = isinstance(judgement.operator, ast.Eq)
            value = side.size if isinstance(side, Collection) and equal else side
            if not isinstance(value, Amount):
                continue
            misread = isinstance(other, Amount) and other.constant and other.total != value.total
            wrong = misread and isinstance(judgement.operator, ast.Eq)
            unsized = isinstance(other, Collection) and other.size is None
            if not wrong and not unsized and not isinstance(other, Unknown | Opaque):
                continue
            number = _fixed_number(value)
            if number is None or value.symbol in known:
                continue
            for count in group.counts:
                n = count.symbol.value
                inner = [prod(s.value for s in frame.symbols) for frame in count.frames]
                inner += [2 * int(f.count.total) for f in count.frames if f.count is not None]
                if n // 2 <= number < n and number >= 10:
                    reason = (
                        f"`{ast.unparse(judgement.left_node)}` is judged by {number}: "
                        f"the {n} trials may be there to pass it"
                    )
                    return Refused("CHM404", reason, judgement.statement)
                if number in {n, n - 1, n + 1, 2 * n, *inner}:
                    reason = (
                        f"`{ast.unparse(judgement.left_node)}` is judged by a number of this size, "
                        "and whether it counts the trials cannot be followed"
                    )
                    return Refused("CHM404", reason, judgement.statement)
    return None


def _fixed_number(value: Amount) -> int | None:
    """What a literal comes to, or arithmetic with literals: `20 * 2`."""
    if value.symbol is not None:
        return value.symbol.value
    return int(value.total) if value.exact and value.total.denominator == 1 else None
