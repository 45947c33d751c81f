"""The sums over a check: one account for the summary, the JSON and the exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from chaos_migrate.cli.checking.finding import Checked


@dataclass
class Totals:
    """What a check met; `findings` counts by rule code, `with_findings` are their files.

    `errors` are files that could not be handled.
    """

    files: int = 0
    errors: int = 0
    with_findings: int = 0
    failing: int = 0
    suppressed: int = 0
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, file: Checked) -> None:
        """Count one file in."""
        self.files += 1
        self.errors += file.problem is not None
        reported = [finding for finding in file.findings if not finding.suppressed]
        self.with_findings += bool(reported)
        self.failing += sum(finding.fails for finding in reported)
        self.suppressed += len(file.findings) - len(reported)
        self.findings.update(finding.site.code for finding in reported)

    @property
    def exit_code(self) -> int:
        """2 for a file that could not be handled, 1 for findings that fail the check, else 0."""
        if self.errors:
            return 2
        return 1 if self.failing else 0
