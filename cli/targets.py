"""The folders that a command line is about, and how its user would write a path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path


def folders_of(paths: Iterable[Path]) -> list[Path]:
    """The folders (absolute, without links) named, or that hold a file named."""
    resolved = [path.resolve() for path in paths]
    return [path if path.is_dir() else path.parent for path in resolved] or [Path.cwd()]


def common_folder(folders: Sequence[Path]) -> Path:
    """The folder that holds everything named."""
    return Path(os.path.commonpath(folders))


def as_seen_from_here(path: Path) -> Path:
    """The path as a person in the working directory would write it."""
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path
