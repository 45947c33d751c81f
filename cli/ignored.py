"""Patterns of files in git's own language: .gitignore files, and the lists of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chaos_migrate.cli.git import repository

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True)
class Patterns:
    """gitignore patterns, relative to a folder; all paths here are absolute, without links."""

    root: Path
    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lines)

    def match(self, path: Path, is_folder: bool = False) -> bool:
        """Whether the last pattern that says anything about `path` says yes."""
        return self.verdict(path, is_folder) is True

    def verdict(self, path: Path, is_folder: bool = False) -> bool | None:
        """True or False by the last pattern that matches, None where none does."""
        if not self.lines:
            return None
        try:
            name = path.relative_to(self.root).as_posix()
        except ValueError:
            return None
        return _spec(self.lines).check_file(f"{name}/" if is_folder else name).include


@dataclass(frozen=True)
class Ignored:
    """The .gitignore files that hold in a folder, the outermost first."""

    levels: tuple[Patterns, ...] = ()

    @classmethod
    def above(cls, folder: Path) -> Ignored:
        """Those above `folder` (absolute) in its repository; none where they ignore it itself.

        A folder that a person names is searched, whatever git thinks of it.
        """
        root = repository(folder)
        if root is None:
            return cls()
        inside = [folder, *folder.parents]
        ignored = cls((Patterns(root, _lines(root / ".git" / "info" / "exclude")),))
        for level in reversed(inside[1 : inside.index(root) + 1]):
            ignored = ignored.within(level)
            if ignored.matches(inside[inside.index(level) - 1], is_folder=True):
                return cls()
        return ignored

    def within(self, folder: Path) -> Ignored:
        """These and the .gitignore of `folder`."""
        lines = _lines(folder / ".gitignore")
        if not lines:
            return self
        return Ignored((*self.levels, Patterns(folder, lines)))

    def matches(self, path: Path, is_folder: bool = False) -> bool:
        """Whether git ignores the path; the innermost file that says anything decides."""
        for level in reversed(self.levels):
            verdict = level.verdict(path, is_folder)
            if verdict is not None:
                return verdict
        return False


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_bytes().decode("utf-8", "surrogateescape").splitlines())
    except OSError:
        return ()


@cache
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(line for line in lines if _valid(line))


def _valid(line: str) -> bool:
    """git passes over a pattern that makes no sense; pathspec would raise."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
