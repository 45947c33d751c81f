"""The folders that a command line is about."""

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
