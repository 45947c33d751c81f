"""What became of one file: the value that every stage of a run takes and passes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from chaos_migrate.codemods.plan import Action, Plan, Shrink, Site


@dataclass(frozen=True)
class Problem:
    """Why a file could not be handled; `line` is None where no line is to blame.

    `traceback` is there for a mistake of this program alone.
    """

    path: Path
    message: str
    line: int | None = None
    traceback: str = ""


@dataclass(frozen=True)
class Outcome:
    """One file before and after.

    `before` is None for a file that does not exist yet. `needs` is the conftest that has to hold
    the fixtures before this file may be written, `adds_fixtures` marks that conftest itself. Of the
    plan only what reports need is kept, so that an outcome is small and can cross a process
    boundary.
    """

    path: Path
    before: bytes | None
    after: bytes
    sites: tuple[Site, ...] = ()
    shrinks: tuple[Shrink, ...] = ()
    unused_keeps: tuple[int, ...] = ()
    needs: Path | None = None
    fixture: str | None = None
    adds_fixtures: bool = False
    problem: Problem | None = None

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return self.problem is None and self.before != self.after

    @property
    def rewrites(self) -> tuple[Site, ...]:
        """The numbers that really move: none in a file that is left alone."""
        moves = self.sites if self.changed else ()
        return tuple(site for site in moves if site.action is Action.REWRITE)

    @classmethod
    def planned(cls, path: Path, before: bytes, after: bytes, plan: Plan) -> Outcome:
        """The outcome of a file that was planned and, where there was reason, rewritten."""
        return cls(
            path,
            before,
            after,
            sites=plan.sites,
            shrinks=plan.shrinks,
            unused_keeps=plan.unused_keeps,
            fixture=plan.fixture if before != after else None,
        )

    @classmethod
    def failed(cls, path: Path, message: str, line: int | None = None) -> Outcome:
        """The outcome of a file of which nothing can be said but why."""
        return cls(path, b"", b"", problem=Problem(path, message, line))

    def left_alone(self, message: str, line: int | None = None) -> Outcome:
        """The same file, untouched, with the reason why."""
        return replace(self, problem=Problem(self.path, message, line))
