"""The helper modules of a suite, where several of its tests look things up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chaos_migrate.codemods.source import Source, SourceError, parse_source

# So many bytes of modules are kept, the last used ones. A tree takes some fifty times as much.
KEPT = 2_000_000


class Library:
    """Modules by path, each read and parsed once while it is in use."""

    def __init__(self, read: Callable[[Path], bytes] = Path.read_bytes) -> None:
        """`read` returns the bytes of a file, or raises OSError."""
        self._read = read
        self._sources: dict[Path, Source] = {}  # the last used one last
        self._missing: set[Path] = set()
        self._size = 0

    def load(self, path: Path) -> Source | None:
        """The parsed module, or None where it is missing or not Python."""
        key = path.absolute()
        if key in self._missing:
            return None
        if key in self._sources:
            self._sources[key] = known = self._sources.pop(key)
            return known
        try:
            source = parse_source(path, self._read(path))
        except (OSError, SourceError, RecursionError):
            self._missing.add(key)
            return None
        self._sources[key] = source
        self._size += len(source.data)
        while self._size > KEPT and len(self._sources) > 1:
            self._drop_oldest()
        return source

    def _drop_oldest(self) -> None:
        """Forget the module that was not used for the longest time."""
        oldest = next(iter(self._sources))
        self._size -= len(self._sources.pop(oldest).data)
