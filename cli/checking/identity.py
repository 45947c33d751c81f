"""When two findings are the same: by what they say, never by where they stand."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from chaos_migrate.codemods.source import Source

if TYPE_CHECKING:
    from chaos_migrate.cli.checking.finding import Finding

Key = Callable[["Finding"], Hashable]

_NUMBER = re.compile(r"\b\d[\w.]*")


def exact(finding: Finding) -> Hashable:
    """The rule, the function and the text."""
    return finding.site.code, finding.site.function, finding.text


def touched(finding: Finding) -> Hashable:
    """The same with any other number: an old number that was changed is no new one."""
    return finding.site.code, finding.site.function, _NUMBER.sub("0", finding.text)


def elsewhere(finding: Finding) -> Hashable:
    """The rule and the text: its function has another name, or it went to another function."""
    return finding.site.code, finding.text


def moved(finding: Finding) -> Hashable:
    """The rule, the text and the function without its class: functions change files and classes."""
    return finding.site.code, finding.site.function.rpartition(".")[2], finding.text


IN_A_FILE: tuple[Key, ...] = (exact, touched, elsewhere)
"""How findings of two versions of one file are matched, the surest way first."""


def unmatched(
    new: Iterable[Finding], old: Iterable[Finding], keys: Sequence[Key]
) -> tuple[list[Finding], list[Finding]]:
    """The findings of either side without a counterpart on the other.

    Every finding has one counterpart at most; of equal ones the first belongs to the first.
    """
    new, old = list(new), list(old)
    for key in keys:
        waiting: dict[Hashable, deque[Finding]] = defaultdict(deque)
        for finding in old:
            waiting[key(finding)].append(finding)
        gone: set[Finding] = set()
        for finding in new:
            if counterparts := waiting.get(key(finding)):
                gone |= {finding, counterparts.popleft()}
        new = [finding for finding in new if finding not in gone]
        old = [finding for finding in old if finding not in gone]
    return new, old


def statement_text(source: Source, line: int, column: int) -> str:
    """The statement around a place as `ast` would write it: of a block only its first line.

    The message of an assertion does not belong to it.
    """
    starts, statements = _statements(source)
    index = bisect_right(starts, (line, column - 1)) - 1
    try:
        return _text(statements[index]) if index >= 0 else ""
    except RecursionError:
        return "".join(source.segment(statements[index]).split())


@lru_cache(maxsize=2)
def _statements(source: Source) -> tuple[list[tuple[int, int]], list[ast.stmt]]:
    """All statements in the order of the text, and where they start."""
    statements = sorted(_below(source.tree), key=_start)
    return [_start(statement) for statement in statements], statements


def _start(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _below(tree: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            for inner in getattr(node, name, ()):
                pending.append(inner)
                if isinstance(inner, ast.stmt):
                    yield inner


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
