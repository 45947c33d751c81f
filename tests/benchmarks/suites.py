"""The code that is measured on: the standard library's tests, our own suite, folders given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import test  # the standard library's

from chaos_migrate.codemods.source import SourceError, parse_source


@dataclass(frozen=True)
class Suite:
    """A folder of Python files, taken `times` times over."""

    name: str
    folder: Path
    times: int = 1

    @cached_property
    def files(self) -> list[tuple[Path, bytes]]:
        """Its files that are Python, with their bytes."""
        found = []
        for path in sorted(self.folder.rglob("*.py")):
            try:
                parse_source(path, data := path.read_bytes())
            except SourceError:
                continue  # the standard library tests the parser with some
            found.append((path, data))
        return found * self.times

    @property
    def size(self) -> str:
        """How much it is, for the table."""
        lines = sum(data.count(b"\n") for _, data in self.files)
        return f"{len(self.files)} files, {lines} lines"


OWN = Path(__file__).parent.parent / "suites" / "chaos"
STANDARD = Suite("the standard library's tests", Path(test.__file__).parent)


def multiplied(suite: Suite, times: int) -> Suite:
    """The same suite several times over."""
    return replace(suite, name=f"{suite.name} x {times}", times=times)
