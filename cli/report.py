"""Telling the user, file by file while the run goes on, and at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from chaos_migrate.cli.formats import as_json, file_entry
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.patch import name_in_patch, unified_diff
from chaos_migrate.cli.render import (
    command_line,
    diff_lines,
    file_lines,
    problem_lines,
    summary_lines,
)
from chaos_migrate.cli.tally import Tally
from chaos_migrate.cli.terminal import Line, Prose, printer, wants_colour

_BRIEF = 12


class Report(Protocol):
    """Where outcomes go."""

    def file(self, outcome: Outcome) -> None:
        """Take note of one file."""

    def end(self, tally: Tally) -> None:
        """Close the report."""


def outcome_diff(outcome: Outcome) -> bytes:
    """The outcome's part of the patch, empty where nothing changes."""
    if not outcome.changed:
        return b""
    return unified_diff(name_in_patch(outcome.path), outcome.before, outcome.after)


@dataclass
class TextReport:
    """The diff on standard output, everything about it on standard error.

    Args:
        colour: "auto", "always" or "never".
        volume: -1 for problems only, 1 for everything.
        show_kept: Whether numbers that stay are listed.
        show_diff: Whether this run prints diffs at all.
        applied: Whether the changes were carried out.
        command: What to type to carry them out, and a note on it.
        ends_after: The seconds after which a test is ended here, 0 if it is not.
    """

    colour: str
    volume: int = 0
    show_kept: bool = False
    show_diff: bool = True
    applied: bool = False
    command: tuple[str, str] = ("", "")
    ends_after: float = 0

    def __post_init__(self) -> None:
        self._say = printer(sys.stderr, wants_colour(self.colour, sys.stderr))

    def file(self, outcome: Outcome) -> None:
        """The diff of one file, and under it what fired, what was refused, and why."""
        if self.show_diff:
            brief = outcome.adds_fixtures and not outcome.rewrites and self.volume < 1
            show_diff(outcome_diff(outcome), self.colour, _BRIEF if brief else None)
        lines = file_lines(
            outcome, applied=self.applied, show_kept=self.show_kept, verbose=self.volume > 0
        )
        if self.volume < 0:
            problem = outcome.problem
            lines = problem_lines(problem, verbose=False) if problem else iter(())
        self._tell(map(Prose, lines))

    def end(self, tally: Tally) -> None:
        """The sums, and the command that applies what was shown."""
        if self.volume < 0:
            return
        self._tell(map(Prose, summary_lines(tally, applied=self.applied)))
        if tally.changed and self.ends_after:
            after = f"pytest-timeout ends each test after {self.ends_after:g} s here"
            self._tell([Prose((f"{after}: with more load they may need longer.",))])
        if tally.without_pytest:
            files = (
                "1 file is" if tally.without_pytest == 1 else f"{tally.without_pytest} files are"
            )
            runs = f"{files} run by unittest.main() as well, which knows no fixtures"
            self._tell([Prose((f"{runs}: run what is migrated with pytest.",))])
        if tally.changed and not self.applied and self.command[0]:
            self._tell(command_line(*self.command))

    def _tell(self, lines: Iterable[Line]) -> None:
        sys.stdout.flush()
        for line in lines:
            self._say(line)


@dataclass
class JsonReport:
    """One JSON document on standard output, and nothing else anywhere."""

    show_kept: bool = False
    _files: list[dict[str, Any]] = field(default_factory=list, init=False)

    def file(self, outcome: Outcome) -> None:
        """Keep one file for the end."""
        self._files.append(file_entry(outcome, self.show_kept))

    def end(self, tally: Tally) -> None:
        """Print the document."""
        print(as_json(self._files, tally))


def show_diff(diff: bytes, colour: str, at_most: int | None = None) -> None:
    """Print a diff: for the eye on a terminal, in its very bytes everywhere else.

    `at_most` so many lines are shown to the eye: what is copied into every suite needs no reading.
    """
    coloured = wants_colour(colour, sys.stdout)
    if coloured or sys.stdout.isatty():
        show = printer(sys.stdout, coloured)
        for line in diff_lines(diff, at_most=at_most):
            show(line)
    else:
        _write(diff)


def show_text(data: bytes) -> None:
    """Print source code, in its very bytes unless a terminal would obey them."""
    if sys.stdout.isatty():
        show = printer(sys.stdout, colour=False)
        for line in data.decode("utf-8", "surrogateescape").splitlines():
            show((line,))
    else:
        _write(data)


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
