"""Numbers that go with the count where nothing leads from one to the other: no coincidence."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from math import prod

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Value
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Collection, Opaque, Unknown
from chaos_migrate.codemods.trees import walk

# From here on an equal number in data is no coincidence.
_NO_COINCIDENCE = 10


def suspicious(group: Group, context: Context) -> Refused | None:
    """An untraced value that equals the count: most likely the same number, written twice."""
    known = {copy.symbol for copy in group.copies} | group.symbols
    for judgement in context.judgements:
        if judgement.deps & group.symbols:
            continue
        text = ast.unparse(judgement.left_node)
        for number in _unexplained(judgement, known):
            for count in group.counts:
                n = count.symbol.value
                if number >= _NO_COINCIDENCE and n // 2 <= number < n:
                    reason = (
                        f"`{text}` is judged by {number}: the {n} trials may be there to pass it"
                    )
                    return Refused("CHM404", reason, judgement.statement)
                nests = [prod(s.value for s in frame.symbols) for frame in count.frames]
                nests += [2 * int(f.count.total) for f in count.frames if f.count is not None]
                if number in {n, n - 1, n + 1, 2 * n, *nests}:
                    reason = (
                        f"`{text}` is judged by a number of this size, and whether it counts the "
                        "trials cannot be followed"
                    )
                    return Refused("CHM404", reason, judgement.statement)
    return None


def _unexplained(judgement: Judgement, known: Iterable[Symbol | None]) -> Iterator[int]:
    """The fixed numbers that a judgement compares with what cannot be followed."""
    equal = isinstance(judgement.operator, ast.Eq)
    for side, other in ((judgement.left, judgement.right), (judgement.right, judgement.left)):
        value = side.size if isinstance(side, Collection) and equal else side
        if not isinstance(value, Amount) or value.symbol in known:
            continue
        untraced = isinstance(other, Unknown | Opaque)
        untraced |= isinstance(other, Collection) and other.size is None
        # Two fixed numbers that differ cannot be equal: one of them was misread.
        misread = isinstance(other, Amount) and other.constant and other.total != value.total
        number = _fixed_number(value)
        if number is not None and (untraced or (misread and equal)):
            yield number


def windowed(group: Group, context: Context) -> Refused | None:
    """`100 <= winner < 110` of ten: places, counted from somewhere, that go on with the count."""
    sizes = {count.symbol.value for count in group.counts}
    ends: dict[tuple[ast.stmt, str], list[int]] = {}
    for judgement in context.judgements:
        if isinstance(judgement.operator, UPPER + LOWER) and not judgement.deps & group.symbols:
            for value, node in _sides(judgement):
                number = _fixed_number(value) if isinstance(value, Amount) else None
                if number is not None:
                    ends.setdefault((judgement.statement, ast.unparse(node)), []).append(number)
    for (statement, text), numbers in ends.items():
        width = max(numbers) - min(numbers)
        if min(numbers) and {width, width + 1} & sizes and width >= _NO_COINCIDENCE - 1:
            reason = f"`{text}` lies between places that are as far apart as there are trials"
            return Refused("CHM404", f"{reason} (line {statement.lineno})", statement)
    return None


def _sides(judgement: Judgement) -> Iterator[tuple[Value, ast.expr]]:
    """Each side's value, with the node of the other side."""
    if judgement.right is not None and judgement.right_node is not None:
        yield judgement.left, judgement.right_node
        yield judgement.right, judgement.left_node


def shown_inside(group: Group, context: Context) -> Refused | None:
    """The number of all trials inside data that an untraced value must equal, or its parts."""
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


def _fixed_number(value: Amount) -> int | None:
    """What a literal comes to, or arithmetic with literals: `20 * 2`."""
    if value.symbol is not None:
        return value.symbol.value
    return int(value.total) if value.exact and value.total.denominator == 1 else None
