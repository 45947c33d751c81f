"""The statements of a file, by what they say: neither layout nor place has a part in it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from chaos_migrate.codemods.source import Source

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement, and the test function that it belongs to, with its class ("" for none)."""

    node: ast.stmt
    function: str

    @property
    def start(self) -> tuple[int, int]:
        """Line and column, as `ast` counts them."""
        return self.node.lineno, self.node.col_offset

    @cached_property
    def text(self) -> str:
        """What it says; of a block only its first line, of an assertion all but its message."""
        try:
            return _text(self.node)
        except RecursionError:  # so deep that it will be alone of its kind
            return type(self.node).__name__


@lru_cache(maxsize=2)
def statements(source: Source) -> Sequence[Statement]:
    """All statements of a file in the order of its text; at least one, so that all have theirs."""
    found = sorted(_below(source.tree), key=lambda statement: statement.start)
    return found or [Statement(ast.Pass(lineno=1, col_offset=0), "")]


def statement_at(source: Source, line: int, column: int) -> Statement:
    """The innermost statement that holds a place, by its line and column (1-based).

    What stands above all statements counts as part of the first.
    """
    found = statements(source)
    place = line, column - 1
    return found[max(0, bisect_right(found, place, key=lambda each: each.start) - 1)]


def _below(tree: ast.Module) -> Iterator[Statement]:
    pending: list[tuple[ast.AST, str, str]] = [(tree, "", "")]
    while pending:
        node, cls, function = pending.pop()
        if isinstance(node, ast.ClassDef) and not function:
            cls = node.name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not function:
            function = f"{cls}.{node.name}" if cls else node.name
        for block in _BLOCKS:
            for inner in getattr(node, block, ()):
                pending.append((inner, cls, function))
                if isinstance(inner, ast.stmt):
                    yield Statement(inner, function)


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Assert):
        return f"assert {ast.unparse(node.test)}"
    if isinstance(node, ast.For | ast.AsyncFor):
        return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    if isinstance(node, ast.While | ast.If):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    if isinstance(node, ast.With | ast.AsyncWith):
        return "with " + ", ".join(ast.unparse(item) for item in node.items)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"def ({ast.unparse(node.args)})"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, ast.Match):
        return f"match {ast.unparse(node.subject)}"
    if hasattr(node, "finalbody"):  # `try`, of which there are two kinds
        return "try"
    return ast.unparse(node)
