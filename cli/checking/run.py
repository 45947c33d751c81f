"""From a request to findings: find the files, plan them, and drop what is not new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chaos_migrate.cli.checking.baseline import Baseline
from chaos_migrate.cli.checking.finding import Checked, Verdict, checked
from chaos_migrate.cli.checking.revision import Revision
from chaos_migrate.cli.checking.since import Since
from chaos_migrate.cli.choice import Choice
from chaos_migrate.cli.config import read_config
from chaos_migrate.cli.conftests import Conftests
from chaos_migrate.cli.discover import discover
from chaos_migrate.cli.jobs import jobs_for, spread
from chaos_migrate.cli.plans import Planner, planner
from chaos_migrate.cli.targets import common_folder, folders_of
from chaos_migrate.codemods.library import Library


@dataclass(frozen=True)
class Request:
    """What the user asked `check` for."""

    paths: tuple[Path, ...]
    choice: Choice
    new_since: str | None = None
    jobs: int | None = None
    strict: bool = False
    show_suppressed: bool = False
    force_exclude: bool = False


class Check:
    """One check; `planner` plans the files as they are on disk."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._folders = folders_of(path for path in request.paths if path.exists())
        given = common_folder(self._folders)
        self._config = read_config(given)
        self._conftests = Conftests(given, self._config.fixtures)
        self.planner = planner(request.choice, self._config, self._conftests)

    def files(self) -> Iterator[Checked]:
        """Everything that was named, in order, with what is to be reported of it.

        Raises:
            ConfigError: when the project's configuration is wrong.
            GitError: when there is nothing to compare with.
        """
        if self._request.new_since is None:
            yield from self._all()
            return
        with Since(self._request.new_since, self._baseline) as since:
            for folder in self._folders:
                since.baselines(folder)
            yield from since.only_new(self._all())

    def _all(self) -> Iterator[Checked]:
        request = self._request
        found = discover(request.paths, self._config, only_wanted=request.force_exclude)
        for problem in found.problems:
            yield Checked(problem.path, problem=problem)
        jobs = jobs_for(found.files, request.jobs)
        yield from spread(self._file, found.files, Checked.failed, jobs)

    def _file(self, path: Path) -> Checked:
        return checked(self.planner.file(path), self._verdict(path))

    def _baseline(self, revision: Revision) -> Baseline:
        helpers = Library(revision.read)
        then = planner(self._request.choice, self._config, self._conftests, helpers)
        return Baseline(revision, then, self.planner, self._check)

    def _check(self, planner: Planner, path: Path, data: bytes) -> Checked:
        verdict = replace(self._verdict(path), show_suppressed=True)
        return checked(planner.text(path, data), verdict)

    def _verdict(self, path: Path) -> Verdict:
        request = self._request
        return Verdict(self.planner.options(path), request.strict, request.show_suppressed)
