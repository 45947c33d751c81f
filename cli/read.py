"""Reading files from disk, each at most once."""

from __future__ import annotations

import stat
from pathlib import Path

from chaos_migrate.codemods.source import Source, SourceError, parse_source

LARGEST = 32 * 1024 * 1024


class Unreadable(Exception):
    """A file whose bytes cannot be had; the message says why in a few words."""


def read_file(path: Path) -> bytes:
    """The bytes of a regular file of sensible size.

    Raises:
        Unreadable: for everything else, without ever waiting on a pipe or a device.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not a regular file")
        if status.st_size > LARGEST:
            raise Unreadable(f"larger than {LARGEST >> 20} MiB: left alone")
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise Unreadable("broken symbolic link") from None
        raise Unreadable("no such file or folder") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error


class Library:
    """The suite's helper modules, parsed once each, for the planner to look things up in."""

    def __init__(self) -> None:
        self._sources: dict[Path, Source | None] = {}

    def load(self, path: Path) -> Source | None:
        """The parsed module, or None where it is missing or not Python."""
        key = path.absolute()
        if key not in self._sources:
            try:
                self._sources[key] = parse_source(path, read_file(path))
            except (Unreadable, SourceError, RecursionError):
                self._sources[key] = None
        return self._sources[key]
