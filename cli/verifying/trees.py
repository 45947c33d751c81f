"""The two versions of the project, as copies that may be run and spoiled."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from chaos_migrate.cli.git import archive, listed, repository

_LARGEST_IGNORED = 16 * 1024 * 1024  # bytes; larger files that git ignores are data, not code
_NOT_COPIED = {".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", "__pycache__"}


@dataclass
class Tree:
    """One version of the project, with as many copies as there are runs at once.

    A run may leave files behind or lock them; no other run at the same time shall meet them.
    """

    master: Path
    _copies: list[Path] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _made: int = 0

    def borrow(self) -> Path:
        """A copy that nobody else uses."""
        with self._lock:
            if self._copies:
                return self._copies.pop()
            self._made += 1
            copy = self.master.with_name(f"{self.master.name}-{self._made}")
        shutil.copytree(self.master, copy, symlinks=True)
        return copy

    def give_back(self, copy: Path) -> None:
        """Let others use the copy."""
        with self._lock:
            self._copies.append(copy)


def project_root(folder: Path) -> Path:
    """What has to be copied so that the suite in `folder` (absolute) runs: the whole project.

    The repository; without one the outermost folder with a configuration of pytest or a package.
    """
    root = repository(folder)
    if root is not None:
        return root
    marks = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py", "conftest.py")
    found = folder
    for level in (folder, *folder.parents):
        if any((level / mark).is_file() for mark in marks) and level != level.parent:
            found = level
    here = Path.cwd().resolve()
    return here if found.is_relative_to(here) and here != Path(here.anchor) else found


def copy_working_tree(root: Path, target: Path) -> Tree:
    """A copy of the project as it lies there, without what git ignores as whole folders.

    Single files that git ignores come along: compiled modules, generated versions, settings.

    Raises:
        GitError: when git does not answer.
        OSError: when it cannot be copied.
    """
    if repository(root) is None:
        ignore = shutil.ignore_patterns(*_NOT_COPIED)
        shutil.copytree(root, target, symlinks=True, ignore=ignore)
    else:
        target.mkdir()
        _copy(root, target, listed(root))
        _copy_ignored(root, target)
    return Tree(target)


def copy_revision(root: Path, revision: str, target: Path) -> Tree:
    """A copy of the project as it was committed, with the single files that git ignores.

    Raises:
        GitError: when there is no such revision.
        OSError: when it cannot be copied.
    """
    target.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive(root, revision))) as packed:
        packed.extraction_filter = lambda member, _: member  # the user's own files, links and all
        packed.extractall(target)
    _copy_ignored(root, target)
    return Tree(target)


def put(tree: Tree, files: Iterable[tuple[Path, bytes]]) -> None:
    """Write files (relative to the root) into a tree of which no copy was made yet."""
    for name, data in files:
        path = tree.master / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_bytes(data)


def _copy_ignored(root: Path, target: Path) -> None:
    names = [name for name in listed(root, ignored=True) if not name.endswith("/")]
    small = [name for name in names if (root / name).lstat().st_size <= _LARGEST_IGNORED]
    _copy(root, target, [name for name in small if not os.path.lexists(target / name)])


def _copy(root: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        source, copy = root / name, target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # deleted, but not yet in the index
            if source.is_dir() and not source.is_symlink():  # a submodule
                shutil.copytree(source, copy, symlinks=True, dirs_exist_ok=True)
            elif source.is_symlink() or source.is_file():  # no pipes, no sockets
                shutil.copy2(source, copy, follow_symlinks=False)
