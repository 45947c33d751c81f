"""What is told of a number: its rule, its place, and what it becomes."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.plan import Action, Site
from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.trees import walk

# The load multipliers at which a site shows its value.
MULTIPLIERS = (0.5, 1, 4)
BOUND_CODES = {
    "max_count": "CHM201",
    "min_count": "CHM201",
    "max_rate": "CHM202",
    "min_rate": "CHM202",
    "time_limit": "CHM301",
}


def site(
    test: Test,
    node: ast.expr | ast.stmt,
    code: str,
    action: Action,
    reason: str,
    group: int | None = None,
    *,
    replacement: str | None = None,
    values: dict[str, float] | None = None,
    depends_on: tuple[str, ...] = (),
    related: tuple[str, ...] = (),
    advice: str | None = None,
) -> Site:
    """A site at a literal of this file."""
    source = test.source
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return Site(
        code=code,
        action=action,
        line=node.lineno,
        column=source.column(node.lineno, node.col_offset),
        end_line=end_line,
        end_column=source.column(end_line, end_column),
        literal=source.segment(node),
        function=test.name,
        reason=reason,
        group=group,
        depends_on=depends_on,
        related=related,
        replacement=replacement,
        values=values or {},
        advice=advice,
    )


def count_code(count: Count) -> str:
    """The rule of a count: concurrency, volume or a loop's range."""
    node = count.symbol.node
    direct = any(
        isinstance(frame.node, ast.For | ast.AsyncFor) and node in walk(frame.node.iter)
        for frame in count.frames
    ) or any(
        isinstance(frame.node, ast.expr) and node in walk(frame.node) for frame in count.frames
    )
    if any(frame.concurrent for frame in count.frames[:1]):
        return "CHM102"
    return "CHM101" if direct else "CHM103"


def position(node: ast.expr) -> tuple[int, int]:
    """Where a node stands, for sorting."""
    return node.lineno, node.col_offset


def place(source: Source, node: ast.expr | ast.stmt, text: str = "") -> str:
    """A place as reports name it."""
    return f"{node.lineno}:{source.column(node.lineno, node.col_offset)} {text}".rstrip()


def places_of(amount: Amount) -> tuple[str, ...]:
    """The places of the counts that an amount depends on."""
    symbols = sorted(amount.deps, key=lambda s: position(s.node))
    return tuple(place(symbol.source, symbol.node, str(symbol.value)) for symbol in symbols)


def label(multiplier: float) -> str:
    """A load multiplier as reports name it."""
    return f"{multiplier:g}"
