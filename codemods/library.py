"""The helper modules of a suite, where several of its tests look things up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chaos_migrate.codemods.source import Source, SourceError, parse_source


class Library:
    """Modules by path, each read and parsed once."""

    def __init__(self, read: Callable[[Path], bytes] = Path.read_bytes) -> None:
        """`read` returns the bytes of a file, or raises OSError."""
        self._read = read
        self._sources: dict[Path, Source | None] = {}

    def load(self, path: Path) -> Source | None:
        """The parsed module, or None where it is missing or not Python."""
        key = path.absolute()
        if key not in self._sources:
            try:
                self._sources[key] = parse_source(path, self._read(path))
            except (OSError, SourceError, RecursionError):
                self._sources[key] = None
        return self._sources[key]
