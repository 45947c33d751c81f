"""`--new-since`: every repository's older version, and what none of them knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType

from chaos_migrate.cli.checking.baseline import Baseline
from chaos_migrate.cli.checking.finding import Checked, Finding
from chaos_migrate.cli.checking.revision import Revision, revisions
from chaos_migrate.cli.git import GitError, repository


class Since:
    """The version that findings are new since, in all the repositories that the files are in.

    `baseline` makes ready to compare with a version.
    """

    def __init__(self, name: str, baseline: Callable[[Revision], Baseline]) -> None:
        self._name = name
        self._baseline = baseline
        self._by_root: dict[Path, list[Baseline]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Since:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def baselines(self, folder: Path) -> list[Baseline]:
        """What the files of a folder (absolute, without links) are compared with.

        Raises:
            GitError: where there is no repository, or no such version in it.
        """
        root = repository(folder)
        if root is None:
            raise GitError(f"{folder} is in no git repository, so there is no older version")
        if root not in self._by_root:
            found = [self._open.enter_context(closing(r)) for r in revisions(root, self._name)]
            self._by_root[root] = [self._baseline(revision) for revision in found]
        return self._by_root[root]

    def only_new(self, files: Iterable[Checked]) -> list[Checked]:
        """The files with nothing but their new findings.

        All are needed at once: what left one of them may have come to another.
        """
        kept: list[Checked] = []
        left: dict[Path, list[Finding]] = defaultdict(list)
        for file in files:
            if file.findings:
                folder = file.path.resolve().parent
                file = file.only(_known_to_none([b.new(file) for b in self.baselines(folder)]))
                left[folder] += file.findings
            kept.append(file)
        new = self._not_moved(left)
        return [file.only(new) for file in kept]

    def _not_moved(self, by_folder: dict[Path, list[Finding]]) -> set[Finding]:
        by_root: dict[Path | None, list[Finding]] = defaultdict(list)
        for folder, findings in by_folder.items():
            by_root[repository(folder)] += findings
        new: set[Finding] = set()
        for root, findings in by_root.items():
            baselines = self._by_root[root] if root else []
            new |= _known_to_none([baseline.not_moved(findings) for baseline in baselines])
        return new


def _known_to_none(new: Sequence[Iterable[Finding]]) -> set[Finding]:
    return set.intersection(*map(set, new))
