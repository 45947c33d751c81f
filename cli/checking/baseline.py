"""What is new: findings without a counterpart in an older version."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from chaos_migrate.cli.checking.finding import KEPT, Checked, Finding
from chaos_migrate.cli.checking.identity import (
    IN_A_FILE,
    in_new_statements,
    moved,
    touched,
    unmatched,
)
from chaos_migrate.cli.checking.revision import Revision
from chaos_migrate.cli.plans import Planner
from chaos_migrate.cli.read import Unreadable, read_file
from chaos_migrate.cli.targets import as_seen_from_here
from chaos_migrate.codemods.source import SourceError, parse_source

Check = Callable[[Planner, Path, bytes], Checked]
"""From the bytes of a file, as a planner sees it, to its findings, suppressed ones too."""


class Baseline:
    """One older version, against which findings are held.

    `then` and `now` plan the files of the older version and those on disk.
    """

    def __init__(self, revision: Revision, then: Planner, now: Planner, check: Check) -> None:
        self._revision = revision
        self._then = then
        self._now = now
        self._check = check

    def new(self, file: Checked) -> list[Finding]:
        """The findings of a file that its own older version does not explain."""
        if not file.findings:
            return []
        old = self._old(file.path)
        if old is None:
            return list(file.findings)
        if old == file.findings[0].source.data:
            return []
        before = self._check(self._then, file.path, old).findings
        left = unmatched(file.findings, before, IN_A_FILE)[0]
        # Whoever takes a `# chaos: keep` away, or adds one, is to hear of what comes of it.
        kept = {finding.site.function for finding in before if finding.suppressed}
        doubted = [f for f in left if f.site.function not in kept and f.site.code != KEPT]
        try:
            known = set(doubted).difference(
                in_new_statements(doubted, parse_source(file.path, old))
            )
        except SourceError:
            return left
        return [finding for finding in left if finding not in known]

    def not_moved(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of the findings that were not taken from another file, renamed or not."""
        findings = list(findings)
        if not findings:
            return []
        definitions = {f"def {_name(finding)}(" for finding in findings if finding.site.function}
        gone = [
            finding
            for path in self._revision.mentioning(sorted(definitions))
            for finding in self._gone(as_seen_from_here(path))
        ]
        return unmatched(findings, gone, (moved, touched))[0]

    def _gone(self, path: Path) -> list[Finding]:
        """The old findings of a file that are no longer in it."""
        old, new = self._old(path), _on_disk(path)
        if old is None or old == new:
            return []
        before = self._check(self._then, path, old).findings
        after = self._check(self._now, path, new).findings if new is not None else ()
        return unmatched(after, before, IN_A_FILE)[1]

    def _old(self, path: Path) -> bytes | None:
        try:
            return self._revision.read(path)
        except Unreadable:
            return None


def _name(finding: Finding) -> str:
    return finding.site.function.rpartition(".")[2]


def _on_disk(path: Path) -> bytes | None:
    try:
        return read_file(path) if os.path.lexists(path) else None
    except Unreadable:
        return None
