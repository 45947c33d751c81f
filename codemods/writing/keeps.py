"""`# chaos: keep`: what the author has decided to leave as it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.source import Source

KEEP = "# chaos: keep"
_COMMENT = re.compile(r"#\s*chaos:\s*keep\b\s*:?\s*(?P<reason>.*)")


@dataclass(eq=False)
class Keeps:
    """The lines that carry a `# chaos: keep`, with their reasons; those that were needed."""

    reasons: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def holds(self, node: ast.expr, function: FunctionDef) -> str | None:
        """The reason to keep `node`, by its own line or by its function's `def`; None if none."""
        if not self.reasons:
            return None
        header = range(function.lineno, function.body[0].lineno)
        own = range(node.lineno, (node.end_lineno or 0) + 1)
        for line in (*own, *header):
            if line in self.reasons:
                self.used.add(line)
                return self.reasons[line] or "no reason given"
        return None

    @property
    def unused(self) -> tuple[int, ...]:
        """The lines whose comment keeps nothing."""
        return tuple(sorted(self.reasons.keys() - self.used))


def find_keeps(source: Source) -> Keeps:
    """Read the comments of a file; a string that looks like one is none."""
    return Keeps({line: reason for line, _, reason in _comments(source)})


def keep_columns(source: Source) -> dict[int, int]:
    """Where the comments stand: line to column, both 1-based."""
    return {line: column for line, column, _ in _comments(source)}


def _comments(source: Source) -> Iterator[tuple[int, int, str]]:
    if not _COMMENT.search(source.text):
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type == tokenize.COMMENT and (match := _COMMENT.match(token.string)):
                line, column = token.start
                yield line, column + 1, match["reason"].strip()
    except (tokenize.TokenError, IndentationError):
        return
