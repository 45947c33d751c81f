"""What is to be seen while it runs: a table on a terminal, a line a round elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from chaos_migrate.cli.render import count
from chaos_migrate.cli.terminal import visible, wants_colour
from chaos_migrate.cli.verifying.text import STYLES
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict
from chaos_migrate.cli.verifying.verification import Verification

if TYPE_CHECKING:
    from rich.table import Table

_SHOWN = 8  # tests that are worse, or still open, below the table


@contextmanager
def progress(verification: Verification, colour: str) -> Iterator[None]:
    """Show on standard error how far a verification is, as long as it runs."""
    if not (sys.stderr.isatty() and wants_colour(colour, sys.stderr)):
        verification.after_round = lambda: click.echo(_line(verification), err=True)
        yield
        return
    from rich.console import Console
    from rich.live import Live

    with Live(
        _table(verification, []),
        console=Console(file=sys.stderr),
        refresh_per_second=4,
        transient=True,
    ) as live:
        cells: list[Cell] = []
        seen = -1

        def show() -> None:
            nonlocal seen
            runs = _runs(verification)
            if runs != seen:
                cells[:], seen = verification.cells(), runs
                live.update(_table(verification, cells))

        verification.laboratory.progress = show
        yield


def _runs(verification: Verification) -> int:
    return sum(results.runs for results in verification.laboratory.results.values())


def _line(verification: Verification) -> str:
    cells = verification.cells()
    open_tests = {cell.test for cell in cells if not cell.decided}
    worse = {cell.test for cell in cells if cell.verdict is Verdict.WORSE}
    return (
        f"{count(_runs(verification), 'run')}, {count(len(verification.tests()), 'test')}: "
        f"{len(worse)} worse, {len(open_tests)} not decided yet"
    )


def _table(verification: Verification, cells: list[Cell]) -> Table:
    from rich.table import Table
    from rich.text import Text

    tests, runs = len(verification.tests()), _runs(verification)
    title = f"{count(tests, 'test')}, {count(runs, 'run')} of pytest"
    table = Table(title=title, title_justify="left")
    table.add_column("load", justify="right")
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", style=STYLES[verdict])
    for load in verification.loads:
        counts = Counter(cell.verdict for cell in cells if cell.load == load)
        table.add_row(f"{load:g}", *(str(counts[verdict] or "") for verdict in Verdict))
    notable = [cell for cell in cells if cell.verdict is Verdict.WORSE or not cell.decided]
    if notable:
        names = dict.fromkeys(cell.test for cell in notable)
        table.caption = Text(visible(" \u00b7 ".join([*names][:_SHOWN])), style="dim")
    return table
