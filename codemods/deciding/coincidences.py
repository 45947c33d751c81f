"""Numbers that go with the count where nothing leads from one to the other: no coincidence."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from math import prod

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.load import PLAINLY_LOAD
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Value
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Collection, Opaque, Unknown
from chaos_migrate.codemods.trees import is_text, remembered, walk

# From here on an equal number elsewhere is no coincidence.
NO_COINCIDENCE = 10
# Most often the unit of a size in bytes.
_KILO = 1024


def suspicious(group: Group, context: Context) -> Refused | None:
    """An untraced value that equals the count: most likely the same number, written twice."""
    known = {copy.symbol for copy in group.copies} | group.symbols
    compared = _compared(context)
    numbers = sorted(compared)
    for count in group.counts:
        n = count.symbol.value
        nests = [prod(s.value for s in frame.symbols) for frame in count.frames]
        nests += [2 * int(f.count.total) for f in count.frames if f.count is not None]
        below = numbers[bisect_left(numbers, max(n // 2, NO_COINCIDENCE)) : bisect_left(numbers, n)]
        equal = sorted({n, n - 1, n + 1, 2 * n, *nests} & compared.keys())
        for number in (*below, *equal):
            for judgement, symbol in compared[number]:
                if symbol in known or judgement.deps & group.symbols:
                    continue
                text = ast.unparse(judgement.left_node)
                reason = (
                    f"`{text}` is judged by {number}: the {n} trials may be there to pass it"
                    if number in below
                    else f"`{text}` is judged by a number of this size, and whether it counts the "
                    "trials cannot be followed"
                )
                return Refused("CHM404", reason, judgement.statement)
    return None


@remembered
def _compared(context: Context) -> dict[int, list[tuple[Judgement, Symbol | None]]]:
    """The judgements that compare a fixed number with what cannot be followed, by the number."""
    found: dict[int, list[tuple[Judgement, Symbol | None]]] = {}
    for judgement in context.judgements:
        for number, symbol in _unexplained(judgement):
            found.setdefault(number, []).append((judgement, symbol))
    return found


def _unexplained(judgement: Judgement) -> Iterator[tuple[int, Symbol | None]]:
    """The fixed numbers that a judgement compares with what cannot be followed."""
    equal = isinstance(judgement.operator, ast.Eq)
    for side, other, _ in _sides(judgement):
        value = side.size if isinstance(side, Collection) and equal else side
        if not isinstance(value, Amount):
            continue
        untraced = isinstance(other, Unknown | Opaque)
        untraced |= isinstance(other, Collection) and other.size is None
        # Two fixed numbers that differ cannot be equal: one of them was misread.
        misread = isinstance(other, Amount) and other.constant and other.total != value.total
        number = _fixed_number(value)
        if number is not None and (untraced or (misread and equal)):
            yield number, value.symbol


def windowed(group: Group, context: Context) -> Refused | None:
    """`100 <= winner < 110` of ten: places, counted from somewhere, that go on with the count."""
    sizes = {count.symbol.value for count in group.counts}
    for judgement, text, width in _windows(context):
        if {width, width + 1} & sizes and not judgement.deps & group.symbols:
            line = judgement.statement.lineno
            reason = f"`{text}` lies between places that are as far apart as there are trials"
            return Refused("CHM404", f"{reason} (line {line})", judgement.statement)
    return None


@remembered
def _windows(context: Context) -> list[tuple[Judgement, str, int]]:
    """What a statement puts between two numbers above zero, and how far these are apart."""
    ends: dict[tuple[ast.stmt, str], list[tuple[int, Judgement]]] = {}
    for judgement in context.judgements:
        if isinstance(judgement.operator, UPPER + LOWER):
            for value, _, node in _sides(judgement):
                number = _fixed_number(value) if isinstance(value, Amount) else None
                if number:
                    key = (judgement.statement, ast.unparse(node))
                    ends.setdefault(key, []).append((number, judgement))
    found = []
    for (_, text), numbers in ends.items():
        width = max(n for n, _ in numbers) - min(n for n, _ in numbers)
        if width >= NO_COINCIDENCE - 1:
            found.append((numbers[0][1], text, width))
    return found


def _sides(judgement: Judgement) -> Iterator[tuple[Value, Value, ast.expr]]:
    """Each side's value, with the value and the node of the other side."""
    if judgement.right is not None and judgement.right_node is not None:
        yield judgement.left, judgement.right, judgement.right_node
        yield judgement.right, judgement.left, judgement.left_node


def rounded_up(group: Group, context: Context) -> Refused | None:
    """`calcsize(1024 * "P")` after 1000 were put in: the room that so many take, in doublings."""
    for symbol in group.symbols:
        room = 1 << (symbol.value - 1).bit_length()
        if symbol.value < PLAINLY_LOAD or room == symbol.value or symbol.adaptive:
            continue
        for node in context.test.nodes:
            if not isinstance(node, ast.BinOp) or node.lineno <= symbol.node.lineno:
                continue
            sides = [node.left, node.right]
            unit = room == _KILO and not any(map(is_text, sides))
            if room in _whole_numbers(sides) and not unit:
                reason = f"`{ast.unparse(node)}` is the room that so many take, in doublings"
                return Refused("CHM409", reason, node)
    return None


def shown_inside(group: Group, context: Context) -> Refused | None:
    """The number of all trials inside what an untraced value must equal, or its parts."""
    nests = (frame.nest for frame in context.loops)
    totals = {prod(s.value for s in nest) for nest in nests if nest & group.symbols}
    values = {symbol.value for symbol in group.symbols}
    totals |= values | {2 * value for value in values if value >= PLAINLY_LOAD}
    for judgement in context.judgements:
        sides = (judgement.left_node, judgement.right_node)
        for node in sides if isinstance(judgement.operator, ast.Eq) else ():
            if not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Call):
                continue
            whole = _whole_numbers(_given(node) if isinstance(node, ast.Call) else walk(node))
            parts = _whole_numbers(node.values if isinstance(node, ast.Dict) else walk(node))
            if len(parts) > 1 and not isinstance(node, ast.Call):
                whole.append(sum(parts))
            for number in whole:
                if number >= NO_COINCIDENCE and number in totals:
                    line = node.lineno
                    reason = f"the data on line {line} holds {number}, the number of all trials"
                    return Refused("CHM404", reason, judgement.statement)
    return None


def _given(call: ast.Call) -> list[ast.expr]:
    """What the fields of a record are given: `Info(hits=0, misses=300)`."""
    return [keyword.value for keyword in call.keywords]


def _whole_numbers(nodes: Iterable[ast.AST]) -> list[int]:
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    return [value for value in values if type(value) is int]


def _fixed_number(value: Amount) -> int | None:
    """What a literal comes to, or arithmetic with literals: `20 * 2`."""
    if value.symbol is not None:
        return value.symbol.value
    return int(value.total) if value.exact and value.total.denominator == 1 else None
