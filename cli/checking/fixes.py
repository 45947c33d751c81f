"""What SARIF calls fixes: the rewrite of one group, as replacements of lines.

The only part of a check that loads LibCST.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from chaos_migrate.cli.hunks import opcodes
from chaos_migrate.cli.plans import Planned
from chaos_migrate.codemods.proving.selfcheck import difference
from chaos_migrate.codemods.source import Source, SourceError, parse_source


@dataclass(frozen=True)
class Replacement:
    """Put `text` in place of what stands from one place up to another (1-based, code points)."""

    line: int
    end_line: int
    end_column: int
    text: str


def group_fixes(planned: Planned) -> dict[int, list[Replacement]]:
    """The rewrite of every group by its number; without those that cannot be carried out alone."""
    from chaos_migrate.codemods.rewriting.rewrite import Rewriter, RewriteRefused

    source, groups = planned.source, planned.plan.groups
    fixes: dict[int, list[Replacement]] = {}
    if source is None or not groups:
        return fixes
    try:
        rewriter = Rewriter(source)
    except RewriteRefused:
        return fixes
    for number, edits in groups.items():
        with suppress(RewriteRefused, SourceError):
            new = parse_source(source.path, rewriter.after(edits))
            if difference(source, new) is None:
                fixes[number] = list(_replacements(source, new))
    return fixes


def _replacements(old: Source, new: Source) -> Iterator[Replacement]:
    before = old.data.splitlines(keepends=True)
    after = new.data.splitlines(keepends=True)
    for tag, i1, i2, j1, j2 in opcodes(before, after):
        if tag != "equal":
            text = b"".join(after[j1:j2]).decode(new.encoding)
            yield Replacement(i1 + 1, *_end(before, i2, old.encoding), text)


def _end(lines: list[bytes], stop: int, encoding: str) -> tuple[int, int]:
    """Where the lines before `stop` end: at the beginning of the next one, if there is one."""
    if stop == len(lines) and lines and not lines[-1].endswith((b"\n", b"\r")):
        return stop, len(lines[-1].decode(encoding)) + 1
    return stop + 1, 1
