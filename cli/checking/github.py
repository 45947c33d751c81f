"""Annotations of a GitHub workflow: what it shows beside the lines of a pull request."""

from __future__ import annotations

from chaos_migrate.cli.checking.finding import Checked, Finding
from chaos_migrate.cli.checking.location import below_top
from chaos_migrate.cli.checking.totals import Totals
from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.terminal import visible


class GithubReport:
    """Workflow commands on standard output, grouped by file."""

    def file(self, file: Checked) -> None:
        """The findings of one file, or what is wrong with it."""
        if not file.findings and not file.problem:
            return
        print(f"::group::{_data(str(file.path))}")
        if file.problem:
            line = {"line": file.problem.line} if file.problem.line else {}
            place = {"file": below_top(file.path), **line, "title": "chaos-migrate"}
            _annotate("error", place, file.problem.message)
        for finding in file.findings:
            _annotate(_level(finding), _place(finding), finding.message)
        print("::endgroup::", flush=True)

    def end(self, totals: Totals) -> None:
        """The annotations say it all."""


def _level(finding: Finding) -> str:
    if finding.suppressed:
        return "notice"
    return "error" if finding.fails else "warning"


def _place(finding: Finding) -> dict[str, object]:
    site = finding.site
    return {
        "file": below_top(finding.path),
        "line": site.line,
        "endLine": site.end_line,
        "col": site.column,
        "endColumn": site.end_column,
        "title": f"{site.code} {rule_name(site.code) or ''}".rstrip(),
    }


def _annotate(level: str, place: dict[str, object], message: str) -> None:
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    print(f"::{level} {properties}::{_data(message)}")


def _data(text: str) -> str:
    """Escaped as GitHub reads it back; what could steer a terminal is made visible first."""
    lines = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
