"""Readings of what the process holds: they add up over everything that has run so far."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import arguments_of
from chaos_migrate.codemods.reading.quantities import Unknown

GAUGES = {
    "memory_info", "memory_full_info", "virtual_memory", "get_traced_memory", "getrusage",
    "get_objects", "num_fds", "open_files", "active_count", "active_children", "num_threads",
}  # fmt: skip


def read_gauge(context: Context, node: ast.Call) -> Value:
    """Memory, open files: a trial before may have left some, so all of their counts have a say."""
    positional, keywords = arguments_of(context, node)
    so_far = frozenset(context.everywhere.symbols)
    return Unknown(so_far | depends_on([*positional, *keywords.values()]))
