"""An older version of the files, read from git's object database alone.

Neither the index nor the working tree has a say: a hook runs with an index of its own, and what is
checked is the file as it is on disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from subprocess import Popen
from typing import IO, cast

from chaos_migrate.cli.git import GitError, git, start_git
from chaos_migrate.cli.read import Unreadable, read_file


class Revision:
    """The tree of a commit; `tree` is None for the nothing before the first one."""

    def __init__(self, root: Path, tree: str | None) -> None:
        self.root = root
        self._tree = tree

    def read(self, path: Path) -> bytes:
        """The bytes of a file; what lies outside of the repository has no older version.

        Raises:
            Unreadable: where there was no such file.
        """
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(self.root):
            return read_file(path)
        data = self._blob(real.relative_to(self.root).as_posix()) if self._tree else None
        if data is None:
            raise Unreadable("no such file in the older version")
        return data

    def mentioning(self, words: Iterable[str]) -> list[Path]:
        """The Python files in which one of the words stood."""
        if not self._tree:
            return []
        question = ("grep", "-z", "-l", "-I", "-F", "--no-color", "-f", "-", self._tree, "--")
        try:
            answer = git(self.root, *question, "*.py", stdin="\n".join(words).encode())
        except GitError as error:
            if error.code == 1:  # nothing was found
                return []
            raise
        prefix = len(self._tree) + 1
        names = (os.fsdecode(entry[prefix:]) for entry in answer.split(b"\0") if entry)
        return [self.root / name for name in names]

    def close(self) -> None:
        """Let go of git."""
        if "_process" in self.__dict__:
            self._process.communicate()

    @cached_property
    def _process(self) -> Popen[bytes]:
        return start_git(self.root, "cat-file", "--batch", "--follow-symlinks")

    def _blob(self, name: str) -> bytes | None:
        wanted = f"{self._tree}:{name}"
        if "\n" in name:  # the batch takes one name a line
            try:
                return git(self.root, "cat-file", "blob", wanted)
            except GitError:
                return None
        to, answer = cast("IO[bytes]", self._process.stdin), self._process.stdout
        assert answer is not None
        to.write(os.fsencode(wanted) + b"\n")
        to.flush()
        header = answer.readline().split()
        if not header:
            raise GitError("git cat-file ended too early")
        kind, size = header[-2:]
        if not size.isdigit():  # "... missing"
            return None
        data = answer.read(int(size) + 1)[:-1]
        return data if kind == b"blob" else None


def revisions(root: Path, name: str) -> list[Revision]:
    """The version `name` of the repository at `root`; during a merge, HEAD is both its parents.

    What a merge brings along was somebody else's new finding.

    Raises:
        GitError: where there is no such version.
    """
    tree = _tree(root, name)
    if tree is None:
        if name in ("HEAD", "@") and _unborn(root):
            return [Revision(root, None)]
        hint = _hint(root)
        raise GitError(f"{name!r} names no commit of the repository {root}{hint}")
    merged = _tree(root, "MERGE_HEAD") if tree == _tree(root, "HEAD") else None
    return [Revision(root, tree), *([Revision(root, merged)] if merged else [])]


def _tree(root: Path, name: str) -> str | None:
    try:
        return git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{tree}}").decode().strip()
    except GitError as error:
        if error.code == 1:
            return None
        raise


def _unborn(root: Path) -> bool:
    try:
        git(root, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return False
    return True


def _hint(root: Path) -> str:
    if git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return ": this clone is shallow, fetch more of it (git fetch --unshallow)"
    return ""
