"""Findings: the numbers that `check` reports, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from chaos_migrate.cli.checking.statements import Statement, statement_at
from chaos_migrate.cli.outcome import Problem
from chaos_migrate.cli.plans import Planned
from chaos_migrate.codemods.plan import Action, Options, Site
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.writing.keeps import KEEP, keep_columns

REFUSALS = "CHM4"
"""The rules of what stays: they are reported, but nobody is held up by them."""

KEPT = "CHM406"


@dataclass(frozen=True)
class Verdict:
    """Which numbers of a file are reported, and which of them fail the check.

    `options` are those that the file is planned with.
    """

    options: Options
    strict: bool = False
    show_suppressed: bool = False

    def fails(self, site: Site) -> bool:
        """Whether the check fails because of this."""
        if site.action is Action.KEEP:
            return False
        if self.strict or not site.code.startswith(REFUSALS):
            return True
        return bool(self.options.select) and site.code.startswith(self.options.select)

    def reports(self, site: Site) -> bool:
        """Whether a number is a finding at all."""
        if site.action is Action.KEEP:
            return self.show_suppressed and site.code == KEPT
        return True


@dataclass(frozen=True, eq=False)
class Finding:
    """A number, or a comment, that is reported; compared by identity: two tens are two findings."""

    path: Path
    site: Site
    source: Source
    fails: bool

    @property
    def suppressed(self) -> bool:
        """Whether it is only shown because everything kept back was asked for."""
        return self.site.action is Action.KEEP

    @property
    def message(self) -> str:
        """What is wrong, and what would be written instead."""
        site = self.site
        if site.action is Action.REWRITE:
            return f"{site.literal} is hardcoded, and {site.reason} (write {site.replacement})"
        advice = f"; {site.advice}" if site.advice else ""
        verb = " is kept" if self.suppressed else " stays" if site.group else ""
        return f"{site.literal}{verb}: {site.reason}{advice}"

    @property
    def related(self) -> tuple[tuple[int, int, str], ...]:
        """The other places of its group: line, column and text."""
        places = dict.fromkeys((*self.site.depends_on, *self.site.related))
        return tuple(_place(text) for text in places)

    @property
    def statement(self) -> Statement:
        """The statement that it stands in."""
        return statement_at(self.source, self.site.line, self.site.column)

    @cached_property
    def text(self) -> str:
        """What that statement says, whatever its layout."""
        return self.statement.text


@dataclass(frozen=True)
class Checked:
    """One file: its findings in the order of the text, or why there can be none."""

    path: Path
    findings: tuple[Finding, ...] = ()
    problem: Problem | None = None

    @classmethod
    def failed(cls, path: Path, message: str) -> Checked:
        """A file of which nothing can be said but why."""
        return cls(path, problem=Problem(path, message))

    def only(self, kept: set[Finding]) -> Checked:
        """The file with those of its findings that are in `kept`."""
        return replace(self, findings=tuple(each for each in self.findings if each in kept))


def checked(planned: Planned, verdict: Verdict) -> Checked:
    """What is to be reported of a planned file."""
    source = planned.source
    if source is None:
        return Checked(planned.path, problem=planned.problem)
    sites = [site for site in planned.plan.sites if verdict.reports(site)]
    if verdict.options.selects(KEPT):
        sites += _unused_keeps(source, planned.plan.unused_keeps)
        sites.sort(key=lambda site: (site.line, site.column))
    path = planned.path
    findings = (Finding(path, site, source, verdict.fails(site)) for site in sites)
    return Checked(path, tuple(findings))


def _unused_keeps(source: Source, lines: tuple[int, ...]) -> Iterator[Site]:
    columns = keep_columns(source) if lines else {}
    for line in lines:
        yield Site(
            code=KEPT,
            action=Action.REVIEW,
            line=line,
            column=columns[line],
            end_line=line,
            end_column=columns[line] + len(KEEP),
            literal=f"`{KEEP}`",
            function="",
            reason="it keeps nothing back here, so it can go",
        )


def _place(text: str) -> tuple[int, int, str]:
    position, _, literal = text.partition(" ")
    line, _, column = position.partition(":")
    return int(line), int(column), literal
