"""What the user asked `migrate` for, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from chaos_migrate.cli.choice import Choice
from chaos_migrate.cli.targets import common_folder, folders_of
from chaos_migrate.cli.terminal import quoted

STDIN = "-"


@dataclass(frozen=True)
class Request:
    """The command line; an empty tuple or None stands for "not said"."""

    paths: tuple[str, ...]
    apply: bool = False
    interactive: bool = False
    exit_code: bool = False
    format: str = "text"
    output: str | None = None
    show_kept: bool = False
    quiet: bool = False
    verbose: bool = False
    choice: Choice = field(default_factory=Choice)
    allow_dirty: bool = False
    color: str = "auto"
    stdin_filename: str | None = None
    jobs: int | None = None

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
        return folders_of(path for path in named if path.exists() or self.filters)

    def given(self) -> Path:
        """The folder that holds everything named."""
        return common_folder(self.folders())

    def apply_command(self, allow_dirty: bool = False) -> str:
        """The command that carries out what this request shows."""
        options = ["--apply", *self.choice.arguments()]
        options += ["--allow-dirty"] if allow_dirty or self.allow_dirty else []
        if any(path.startswith("-") for path in self.paths):
            words = [*options, "--", *self.paths]
        else:
            words = [*self.paths, *options]
        return " ".join(quoted(word) for word in ("chaos-migrate", *words))
