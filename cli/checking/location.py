"""Files as reports on other machines name them."""

from __future__ import annotations

from pathlib import Path

from chaos_migrate.cli.git import repository


def top(path: Path) -> Path:
    """The root of the repository that a file is in; without one, the working directory."""
    return repository(path.resolve().parent) or Path.cwd().resolve()


def below_top(path: Path) -> str:
    """The path from there, with slashes; the absolute path of what lies outside."""
    real = path.resolve()
    root = top(path)
    return (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()
