"""What the user asked `migrate` for, as one value."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from chaos_migrate.cli.terminal import quoted

STDIN = "-"


@dataclass(frozen=True)
class Request:
    """The command line; an empty tuple or None stands for "not said"."""

    paths: tuple[str, ...]
    apply: bool = False
    exit_code: bool = False
    format: str = "text"
    output: str | None = None
    show_kept: bool = False
    quiet: bool = False
    verbose: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    style: str | None = None
    shrink: str | None = None
    allow_dirty: bool = False
    color: str = "auto"
    stdin_filename: str | None = None

    @property
    def filters(self) -> bool:
        """Whether the text comes from standard input."""
        return STDIN in self.paths

    def stdin_path(self) -> Path:
        """The file that standard input stands for."""
        return Path(self.stdin_filename or "stdin.py")

    def folders(self) -> list[Path]:
        """The folders (absolute, without links) named, or that hold a file named.

        What does not exist has no say in where things go.
        """
        named = [self.stdin_path()] if self.filters else [Path(path) for path in self.paths]
        paths = [path.resolve() for path in named if path.exists() or self.filters]
        return [path if path.is_dir() else path.parent for path in paths] or [Path.cwd()]

    def given(self) -> Path:
        """The folder that holds everything named."""
        return Path(os.path.commonpath(self.folders()))

    def apply_command(self, allow_dirty: bool = False) -> str:
        """The command that carries out what this request shows."""
        options = ["--apply"]
        options += [f"--select={','.join(self.select)}"] if self.select else []
        options += [f"--ignore={','.join(self.ignore)}"] if self.ignore else []
        options += [f"--style={self.style}"] if self.style else []
        options += [f"--shrink={self.shrink}"] if self.shrink else []
        options += ["--allow-dirty"] if allow_dirty or self.allow_dirty else []
        if any(path.startswith("-") for path in self.paths):
            words = [*options, "--", *self.paths]
        else:
            words = [*self.paths, *options]
        return " ".join(quoted(word) for word in ("chaos-migrate", *words))
