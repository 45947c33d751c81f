"""A migration group by group: what moves together is shown, and accepted, together."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.patch import name_in_patch, unified_diff
from chaos_migrate.cli.plans import Planned, Planner
from chaos_migrate.cli.report import show_diff
from chaos_migrate.cli.run import migrated
from chaos_migrate.cli.terminal import printer, wants_colour
from chaos_migrate.codemods.edits import Insert
from chaos_migrate.codemods.plan import Action, Options, Site

_HELP = """\
y  write this group
n  leave this group as it is
a  write this group and all that follow, in every file
q  leave this group and all that follow; what was accepted is written
e  choose another name for what this group names
?  this help
A file is written when all of its groups are decided; Ctrl-C leaves the file in work as it was."""


@dataclass
class Dialogue:
    """The questions of one run, and what was answered for good.

    Args:
        options: How each file is to be planned.
        guard: What keeps an outcome from being written, asked before anything else is.
        colour: "auto", "always" or "never".
    """

    options: Callable[[Path], Options]
    guard: Callable[[Outcome], Outcome]
    colour: str = "auto"
    _names: dict[tuple[str, str], str] = field(default_factory=dict, init=False)
    _all: bool = field(default=False, init=False)
    _quit: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._say = printer(sys.stdout, wants_colour(self.colour, sys.stdout))
        self._planner = Planner(lambda path: replace(self.options(path), names=self._names))

    def over(self, files: Iterable[Path]) -> Iterator[Outcome]:
        """What was accepted of each file, until the person has had enough."""
        for path in files:
            self._names = {}
            planned = self._planner.file(path)
            whole = self.guard(migrated(planned))
            if not whole.changed:
                yield whole
                continue
            planned, accepted = self._asked(planned)
            yield migrated(planned, accepted)
            if self._quit:
                return

    def _asked(self, planned: Planned) -> tuple[Planned, set[int]]:
        """The groups of a file that were accepted, and the plan with the names chosen."""
        accepted: set[int] = set()
        numbers = sorted(planned.plan.groups)
        for position, number in enumerate(numbers, 1):
            if self._quit:
                break
            while not self._all:
                outcome = self._show(planned, accepted, number, f"{position} of {len(numbers)}")
                if outcome.problem:
                    break
                answer = self._answer()
                if answer == "e":
                    planned = self._renamed(planned, number)
                    continue
                self._all, self._quit = answer == "a", answer == "q"
                if answer in ("y", "a"):
                    accepted.add(number)
                break
            else:
                accepted.add(number)
        return planned, accepted

    def _show(self, planned: Planned, accepted: set[int], number: int, count: str) -> Outcome:
        """Print what a group would change after what was accepted of the file already."""
        before = migrated(planned, accepted)
        after = migrated(planned, {*accepted, number})
        sites = _sites(planned, number)
        rules = ", ".join(f"{c} {rule_name(c)}" for c in sorted({site.code for site in sites}))
        self._say(("",))
        self._say(((f"{planned.path}", "bold"), f", {sites[0].function}"))
        self._say((f"Group {count}: ", (rules, "green")))
        if after.problem:
            self._say((("cannot be written without the others: ", "yellow"), after.problem.message))
        else:
            name = name_in_patch(planned.path)
            show_diff(_hunks(unified_diff(name, before.after, after.after)), self.colour)
        return after

    def _answer(self) -> str:
        while True:
            line = self._read("Write this group? [y,n,a,q,e,?] ")
            if line is None:  # the end of the input: the person has had enough
                return "q"
            if line and line[0].lower() in "ynaqe":
                return line[0].lower()
            for line in _HELP.splitlines():
                self._say((line,))

    def _renamed(self, planned: Planned, number: int) -> Planned:
        """The file planned again with other names in a group."""
        test = _sites(planned, number)[0].function
        names = _new_names(planned, number)
        if not names:
            self._say((("This group makes no new name.", "yellow"),))
        for name in names:
            chosen = self._read(f"Name for {name} [{name}]: ")
            if not chosen or chosen == name:
                continue
            if not chosen.isidentifier() or keyword.iskeyword(chosen):
                self._say(((f"{chosen} is no name in Python.", "yellow"),))
                continue
            proposed = next((k for k, v in self._names.items() if k[0] == test and v == name), None)
            self._names = {**self._names, proposed or (test, name): chosen}
            again = self._planner.text(planned.path, planned.source.data if planned.source else b"")
            if chosen in _new_names(again, number):
                planned = again
            else:
                self._say(((f"{chosen} is taken in {test}.", "yellow"),))
                self._names = {k: v for k, v in self._names.items() if v != chosen}
        return planned

    def _read(self, prompt: str) -> str | None:
        """One line from the person, None at the end of the input."""
        sys.stdout.flush()
        coloured = wants_colour(self.colour, sys.stdout)
        click.echo(click.style(prompt, fg="cyan", bold=True), nl=False, color=coloured)
        line = sys.stdin.readline()
        return line.strip() if line else None


def _sites(planned: Planned, number: int) -> list[Site]:
    sites = planned.plan.by_action(Action.REWRITE)
    return [site for site in sites if site.group == number]


def _new_names(planned: Planned, number: int) -> list[str]:
    """The names that a group assigns on lines of its own."""
    return [
        edit.code.partition(" = ")[0]
        for edit in planned.plan.groups[number]
        if isinstance(edit, Insert)
    ]


def _hunks(diff: bytes) -> bytes:
    """A diff without the lines that name the file."""
    return diff[diff.index(b"@@") :] if b"@@" in diff else diff
