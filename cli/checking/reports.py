"""Where the findings of a check go: to a person, or as JSON to a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chaos_migrate.cli.checking.finding import Checked, Finding
from chaos_migrate.cli.checking.totals import Totals
from chaos_migrate.cli.checking.words import finding_lines, rewrite_lines, summary_lines
from chaos_migrate.cli.formats import error_entry, site_entry
from chaos_migrate.cli.render import problem_lines
from chaos_migrate.cli.terminal import Line, Prose, printer, wants_colour

_MANY = 4
"""Beyond so many files, the command that rewrites them names what the user did."""


class Report(Protocol):
    """Takes the files of a check one after another."""

    def file(self, file: Checked) -> None:
        """Take note of one file."""

    def end(self, totals: Totals) -> None:
        """Close the report."""


@dataclass
class TextReport:
    """A line a finding on standard output, with its code on a terminal; the sums on standard error.

    Args:
        colour: "auto", "always" or "never".
        paths: What the user named.
        quiet: Whether the sums are left out.
        since: The version against which findings are new, None where all are told.
    """

    colour: str
    paths: Sequence[str]
    quiet: bool = False
    since: str | None = None
    _failing: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        coloured = wants_colour(self.colour, sys.stdout)
        self._framed = coloured or sys.stdout.isatty()
        self._show = printer(sys.stdout, coloured)
        self._say = printer(sys.stderr, wants_colour(self.colour, sys.stderr))

    def file(self, file: Checked) -> None:
        """The findings of one file, or what is wrong with it."""
        if file.problem:
            _tell(self._say, problem_lines(file.problem, verbose=False))
        for finding in file.findings:
            _tell(self._show, finding_lines(finding, framed=self._framed))
        if any(finding.fails for finding in file.findings):
            self._failing.append(str(file.path))

    def end(self, totals: Totals) -> None:
        """The sums, and the command that shows the rewrite."""
        if not self.quiet:
            paths = self._failing if len(self._failing) <= _MANY else self.paths
            _tell(self._say, map(Prose, summary_lines(totals, self.since)))
            if self._failing:
                _tell(self._say, rewrite_lines(paths))


def _tell(show: Callable[[Line], None], lines: Iterable[Line]) -> None:
    sys.stdout.flush()
    for line in lines:
        show(line)


@dataclass
class JsonReport:
    """One JSON document on standard output, in the form of the one of `migrate`."""

    _files: list[dict[str, Any]] = field(default_factory=list, init=False)

    def file(self, file: Checked) -> None:
        """Keep one file for the end."""
        self._files.append(
            {
                "path": str(file.path),
                "changed": False,
                "error": error_entry(file.problem) if file.problem else None,
                "sites": [_entry(finding) for finding in file.findings],
            }
        )

    def end(self, totals: Totals) -> None:
        """Print the document."""
        summary = {
            "files": totals.files,
            "errors": totals.errors,
            "failing": totals.failing,
            "suppressed": totals.suppressed,
            "findings": dict(sorted(totals.findings.items())),
        }
        document = {"version": 1, "files": self._files, "summary": summary}
        print(json.dumps(document, indent=2, ensure_ascii=True))


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        **site_entry(finding.site),
        "related": list(finding.site.related),
        "message": finding.message,
        "fails": finding.fails,
    }
