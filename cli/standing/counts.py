"""Where a suite stands, file by file and category by category: the numbers of `status`."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from chaos_migrate.cli.outcome import Problem
from chaos_migrate.cli.plans import Planner, problem_of
from chaos_migrate.codemods.progress import FileProgress, State, progress_of

HERE = "."
"""The category of the files that lie directly in the folder asked about."""


class Status(enum.Enum):
    """Where a category stands as a whole."""

    COMPLETE = "complete"
    IN_PROGRESS = "in progress"
    PENDING = "pending"


@dataclass(frozen=True)
class FileStanding:
    """One test file by its name below the folder asked about; `problem` where it has no facts."""

    name: str
    progress: FileProgress = field(default_factory=lambda: FileProgress((), (), (), ()))
    problem: Problem | None = None

    @property
    def category(self) -> str:
        """The folder below the one asked about."""
        parts = PurePosixPath(self.name).parts
        return parts[0] if len(parts) > 1 else HERE


@dataclass(frozen=True)
class Row:
    """A category, a file, or everything."""

    name: str
    files: tuple[FileStanding, ...]

    @property
    def tests(self) -> Counter[State]:
        """How many tests are in each state."""
        return Counter(test.state for file in self.files for test in file.progress.tests)

    @property
    def loaded(self) -> int:
        """How many tests have anything to scale."""
        return sum(self.tests.values()) - self.tests[State.NOTHING]

    @property
    def adaptive(self) -> int:
        """How many of them are done."""
        return self.tests[State.ADAPTIVE]

    @property
    def share(self) -> float:
        """The part of the tests with anything to scale that is done, 0 to 1."""
        return self.adaptive / self.loaded if self.loaded else 1.0

    @property
    def percent(self) -> int:
        """The same in per cent: 100 only where all is done."""
        return int(self.share * 100)

    @property
    def counts(self) -> int:
        """How many counts scale already."""
        return sum(len(file.progress.counts) for file in self.files)

    @property
    def thresholds(self) -> int:
        """How many thresholds follow such counts."""
        return sum(len(file.progress.thresholds) for file in self.files)

    @property
    def sites(self) -> int:
        """All numbers that are converted."""
        return self.counts + self.thresholds

    @property
    def refused(self) -> Counter[str]:
        """The numbers left for a person, by rule."""
        return Counter(site.code for file in self.files for site in file.progress.refused)

    @property
    def status(self) -> Status:
        """Complete where nothing is left, pending where nothing was begun."""
        if self.adaptive == self.loaded and not any(file.problem for file in self.files):
            return Status.COMPLETE
        return Status.IN_PROGRESS if self.sites else Status.PENDING


@dataclass(frozen=True)
class Standing:
    """All test files below a folder, by its name, and what could not be looked at."""

    folder: str
    files: tuple[FileStanding, ...]
    problems: tuple[Problem, ...] = ()

    def rows(self, by: str) -> list[Row]:
        """One row a file, or a category: those are the folders directly below."""
        if by == "file":
            return [Row(file.name, (file,)) for file in self.files]
        names = sorted({file.category for file in self.files})
        return [Row(name, tuple(f for f in self.files if f.category == name)) for name in names]

    @property
    def best_rows(self) -> str:
        """By category, unless all files lie in the folder itself."""
        return "category" if any(file.category != HERE for file in self.files) else "file"

    @property
    def total(self) -> Row:
        """The sums."""
        return Row("total", self.files)


@dataclass(frozen=True)
class FileStandings:
    """From a path to its standing below `folder`, in this process or in another one."""

    folder: Path
    planner: Planner

    def __call__(self, path: Path) -> FileStanding:
        name = self._name(path)
        planned = self.planner.file(path)
        if planned.source is None:
            return FileStanding(name, problem=planned.problem)
        try:
            return FileStanding(name, progress_of(planned.source, planned.plan))
        except Exception as error:  # one file never takes the others with it
            return FileStanding(name, problem=problem_of(path, error))

    def lost(self, path: Path, why: str) -> FileStanding:
        """The standing of a file that took its process with it."""
        return FileStanding(self._name(path), problem=Problem(path, why))

    def _name(self, path: Path) -> str:
        below = path.is_relative_to(self.folder)
        return path.relative_to(self.folder).as_posix() if below else path.name


def standing_of(folder: Path, files: Iterable[FileStanding], unread: Iterable[Problem]) -> Standing:
    """The standing of the files below `folder`; files without a test are no part of it."""
    files = list(files)
    told = [file for file in files if file.progress.tests or file.problem]
    problems = [*unread, *(file.problem for file in told if file.problem)]
    name = folder.resolve().name or str(folder)
    return Standing(name, tuple(sorted(told, key=lambda file: file.name)), tuple(problems))
