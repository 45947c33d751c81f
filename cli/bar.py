"""A progress bar on standard error: for long work, and only for somebody who looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from chaos_migrate.cli.terminal import visible, wants_colour

if TYPE_CHECKING:
    from rich.progress import Progress

Thing = TypeVar("Thing")

# Seconds that pass before anything is shown: what is done sooner needs no bar.
PATIENCE = 0.8


@dataclass
class Bar:
    """The way through some files; it draws nothing in a pipe, nor in the first moments.

    Args:
        colour: "auto", "always" or "never".
        quiet: Whether to draw nothing at all.
    """

    colour: str = "auto"
    quiet: bool = False
    _drawn: Progress | None = field(default=None, init=False)

    def over(self, files: Sequence[Path]) -> Iterator[Path]:
        """The files, one after another; the bar tells which is in work."""
        if self.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield from files
            return
        begun = monotonic()
        try:
            for done, path in enumerate(files):
                if monotonic() - begun > PATIENCE:
                    self._draw(done, len(files), path)
                yield path
        finally:
            self.erase()

    def erased_before(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """The things, with the bar out of the way of whoever takes them."""
        for thing in things:
            self.erase()
            yield thing

    def erase(self) -> None:
        """Take the bar off the terminal, until there is more to show."""
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None

    def _draw(self, done: int, total: int, path: Path) -> None:
        if self._drawn is None:
            from rich.console import Console
            from rich.markup import escape
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            plain = not wants_colour(self.colour, sys.stderr)
            self._drawn = Progress(
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
                console=Console(file=sys.stderr, no_color=plain, highlight=False),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._drawn.add_task(escape(visible(path.name)), total=total, completed=done)
            self._drawn.start()
            return
        (task,) = self._drawn.tasks
        from rich.markup import escape

        self._drawn.update(task.id, completed=done, description=escape(visible(path.name)))
