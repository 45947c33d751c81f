"""Loops over data that is written out: what a name is in each of their rounds."""

from __future__ import annotations

from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.cases import Cases
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Collection,
    CollectionState,
    Unknown,
    fixed_cases,
)


def in_turn(context: Context, data: Collection) -> Value | None:
    """What stands for the elements of `data` in turn; None where they are no fixed numbers."""
    table = data.state.table
    if not data.state.fixed or not table or data.kind != "list":
        return None
    return _one_of(context.next_id(), list(table.values()))


def _one_of(loop: int, rows: list[Value]) -> Value | None:
    rows = [row.value if isinstance(row, Binding) else row for row in rows]
    numbers = [cases.numbers[0] for row in rows if (cases := fixed_cases(row)) and not cases.loop]
    if len(numbers) == len(rows):
        return Unknown(cases=Cases(tuple(numbers), loop))
    tables = [row.state.table for row in rows if isinstance(row, Collection) and row.state.table]
    if len(tables) < len(rows) or len({tuple(table) for table in tables}) != 1:
        return None
    columns = {key: [table[key] for table in tables] for key in tables[0]}
    elements = {
        key: _one_of(loop, column) or Unknown(depends_on(column)) for key, column in columns.items()
    }
    first = next(row for row in rows if isinstance(row, Collection))
    size, birth = first.state.size, first.state.birth
    return Collection(first.kind, CollectionState(size, birth, fixed=True, table=elements))
