"""`# chaos: keep`: what the author has decided to leave as it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.source import Source

_KEEP = re.compile(r"#\s*chaos:\s*keep\b\s*:?\s*(?P<reason>.*)")


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
    keeps = Keeps()
    if not _KEEP.search(source.text):
        return keeps
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type == tokenize.COMMENT and (match := _KEEP.match(token.string)):
                keeps.reasons[token.start[0]] = match["reason"].strip()
    except (tokenize.TokenError, IndentationError):
        return keeps
    return keeps
