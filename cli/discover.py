"""Which files a run looks at: those named, and the test modules in the folders named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chaos_migrate.cli.config import Config
from chaos_migrate.cli.ignored import Ignored, Patterns
from chaos_migrate.cli.outcome import Problem
from chaos_migrate.cli.pytest_settings import PytestSettings, read_settings


@dataclass
class Found:
    """Files in order, each once, and what was named or met but cannot be looked at."""

    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def discover(paths: Iterable[Path], config: Config, *, only_wanted: bool = False) -> Found:
    """Search `paths`: files are taken as they are, folders are searched as pytest would.

    With `only_wanted`, a file that is named is passed over, too, if a search would not take it.

    Raises:
        ConfigError: when pytest's own configuration cannot be read.
    """
    problems: list[Problem] = []
    candidates: list[Path] = []
    for path in dict.fromkeys(paths):
        if path.is_dir():
            top = path.resolve()
            candidates += _search(top, config, problems).below(path, top, Ignored.above(top))
        elif os.path.lexists(path):
            real = path.resolve()
            if not only_wanted or _search(real.parent, config, problems).wants(real):
                candidates.append(path)
        else:
            problems.append(Problem(path, "no such file or folder"))
    return Found(_each_once(candidates), problems)


def _search(top: Path, config: Config, problems: list[Problem]) -> _Search:
    return _Search(
        read_settings(top),
        Patterns(config.root, config.include),
        Patterns(config.root, config.exclude),
        top,
        problems,
    )


def _each_once(paths: list[Path]) -> list[Path]:
    """Sorted; a file that is reached in several ways goes by its own, shortest name."""
    by_file: dict[str, Path] = {}
    for path in sorted(paths, key=lambda path: (path.is_symlink(), len(path.parts), str(path))):
        by_file.setdefault(os.path.realpath(path), path)
    return sorted(by_file.values(), key=str)


@dataclass(frozen=True)
class _Search:
    """A walk through one folder; `real` is always the folder or file free of links."""

    pytest: PytestSettings
    include: Patterns
    exclude: Patterns
    top: Path
    problems: list[Problem]

    def below(self, folder: Path, real: Path, ignored: Ignored) -> Iterator[Path]:
        try:
            entries = sorted(os.scandir(real), key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(Problem(folder, f"cannot be searched: {error.strerror or error}"))
            return
        ignored = ignored.within(real)
        for entry in entries:
            path = real / entry.name
            if entry.is_dir(follow_symlinks=False):
                if self._enters(path) and not ignored.matches(path, is_folder=True):
                    yield from self.below(folder / entry.name, path, ignored)
            elif self._takes(path, entry.is_symlink()) and not ignored.matches(path):
                yield folder / entry.name

    def _enters(self, folder: Path) -> bool:
        return (
            not folder.name.startswith(".")
            and folder.name != "__pycache__"
            and self.pytest.enters(folder)
            and not (folder / "pyvenv.cfg").exists()
            and not self.exclude.match(folder, is_folder=True)
        )

    def wants(self, path: Path) -> bool:
        """Whether the file, by its name, is one of those to look at."""
        if path.suffix != ".py" or self.exclude.match(path):
            return False
        return self.include.match(path) if self.include else self.pytest.collects(path)

    def _takes(self, path: Path, is_link: bool) -> bool:
        return self.wants(path) and (not is_link or self._leads_to_a_file_within(path))

    def _leads_to_a_file_within(self, link: Path) -> bool:
        """A link out of the tree is not followed; a broken one is kept, to be reported."""
        if not link.exists():
            return True
        return not link.is_dir() and link.resolve().is_relative_to(self.top)
