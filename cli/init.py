"""`chaos-migrate init PATH`: put the fixtures into the suite's conftest, or update them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chaos_migrate.cli.conftests import Conftests, Home
    from chaos_migrate.cli.outcome import Outcome


@click.command(short_help="Write or update the fixtures, and nothing else.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if any is old or missing.")
@click.option("--allow-dirty", is_flag=True, help="Also write what git could not bring back.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def init(path: Path, check: bool, allow_dirty: bool, color: str) -> int:
    """Put the fixtures into the conftest.py of a suite, or bring them up to date.

    Nothing else changes: the fixtures are one marked region. They go where `migrate` would put
    them, and every region below PATH is updated as well.

    \b
    Examples:
      chaos-migrate init tests/chaos            write or update the fixtures
      chaos-migrate init tests/chaos --check    in CI: are they there, and of this version?

    Exit codes: 0 nothing to do or done, 1 something to write (with --check), 2 wrong usage or a
    file that could not be handled.
    """
    from chaos_migrate.cli.apply import applied, unless_dirty
    from chaos_migrate.cli.config import read_config
    from chaos_migrate.cli.conftests import Conftests
    from chaos_migrate.cli.discover import discover
    from chaos_migrate.cli.targets import folders_of

    (given,) = folders_of([path])
    config = read_config(given)
    conftests = Conftests(given, config.fixtures)
    below = [file for file in discover([given], config).files if file.name == "conftest.py"]
    homes = _homes(given, below, conftests)
    outcomes = [conftests.with_fixtures(home, None) for home in homes]
    if not check:
        safe = outcomes if allow_dirty else map(unless_dirty, outcomes)
        outcomes = [applied(outcome) if outcome.changed else outcome for outcome in safe]
    _tell(outcomes, check, color)
    if any(outcome.problem for outcome in outcomes):
        return 2
    return 1 if check and any(outcome.changed for outcome in outcomes) else 0


def _homes(given: Path, below: Iterable[Path], conftests: Conftests) -> list[Home]:
    """Where the fixtures of the folder belong, and all places below that have some already."""
    homes = [conftests.home(given / "conftest.py")]
    for conftest in below:
        home = conftests.home(conftest)
        if home.conftest == conftest.resolve() and home not in homes:
            homes.append(home)
    return homes


def _tell(outcomes: Iterable[Outcome], check: bool, colour: str) -> None:
    from chaos_migrate.cli.render import problem_lines
    from chaos_migrate.cli.terminal import printer, wants_colour

    show = printer(sys.stderr, wants_colour(colour, sys.stderr))
    for outcome in outcomes:
        if outcome.problem:
            for line in problem_lines(outcome.problem, verbose=False):
                show(line)
            continue
        if not outcome.changed:
            said = "the fixtures are up to date"
        elif outcome.before is None:
            said = "would be new, with the fixtures" if check else "is new, with the fixtures"
        else:
            said = "the fixtures are missing or old" if check else "the fixtures are written"
        show(((str(outcome.path), "bold"), f": {said}"))
