"""Asking git: where a repository begins, what is not committed, and whatever else others ask."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

# A hook runs with these set for the commit in progress; they would point every question elsewhere.
_OF_THE_HOOK = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)


class GitError(Exception):
    """Git is missing or does not answer; the message is its own first line.

    `code` is what it ended with, None if it was not even started.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


@cache
def repository(folder: Path) -> Path | None:
    """The root of the work tree that holds `folder` (absolute), found without starting git."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def uncommitted(path: Path) -> bool:
    """Whether the file (absolute, no links) has a state that git could not bring back.

    Raises:
        GitError: outside a repository, or where git does not answer.
    """
    root = repository(path.parent)
    if root is None:
        raise GitError("not in a git repository")
    changed = _changed_below(root, path.parent)
    name = path.relative_to(root).as_posix()
    # A folder that is ignored as a whole is listed by its own name, with a slash at its end.
    return any(name == entry or (entry[-1:] == "/" and name.startswith(entry)) for entry in changed)


def committed(path: Path) -> bytes | None:
    """The bytes of the file in HEAD, None where HEAD does not know it."""
    root = repository(path.parent)
    if root is None:
        return None
    name = path.relative_to(root).as_posix()
    try:
        return git(root, "cat-file", "blob", f"HEAD:{name}")
    except GitError:
        return None


def listed(root: Path, ignored: bool = False) -> list[str]:
    """The files of a repository, relative to its root: tracked, or new and not ignored.

    With `ignored` instead those that are; what is ignored as a whole folder has a slash at its end.

    Raises:
        GitError: where git does not answer.
    """
    which = ["--others", "--ignored", "--directory"] if ignored else ["--cached", "--others"]
    answer = git(root, "ls-files", "-z", "--exclude-standard", *which)
    return list(dict.fromkeys(os.fsdecode(name) for name in answer.split(b"\0") if name))


def archive(root: Path, revision: str) -> bytes:
    """All files of a revision, as a tar archive.

    Raises:
        GitError: where there is no such revision.
    """
    commit = git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    return git(root, "archive", "--format=tar", commit.decode().strip())


def branching_point(root: Path) -> str | None:
    """The commit at which the present branch left the main one; None where there is no commit.

    On the main branch itself this is HEAD.
    """
    for main in ("origin/HEAD", "origin/main", "origin/master", "main", "master"):
        try:
            return git(root, "merge-base", "HEAD", main).decode().strip()
        except GitError:
            continue
    try:
        return git(root, "rev-parse", "--verify", "HEAD").decode().strip()
    except GitError:
        return None


@cache
def _changed_below(root: Path, folder: Path) -> frozenset[str]:
    """Changed, untracked and ignored files below `folder`, relative to `root`.

    Asked once per folder, so that what a run writes itself never counts as a change.
    """
    answer = git(
        root,
        "--literal-pathspecs",
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignored=matching",
        "--",
        folder.relative_to(root).as_posix(),
    )
    return frozenset(os.fsdecode(entry[3:]) for entry in answer.split(b"\0") if entry)


def git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """What git answers in the work tree at `root`.

    Raises:
        GitError: where it does not, or ends with anything but 0.
    """
    process = start_git(root, *arguments)
    out, err = process.communicate(stdin)
    if process.returncode:
        said = err.decode("utf-8", "replace").strip().splitlines()
        message = said[0] if said else f"git ended with {process.returncode}"
        raise GitError(message, process.returncode)
    return out


def start_git(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A git that runs in the work tree at `root`, with pipes to talk to it.

    Raises:
        GitError: where there is no git.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_HOOK}
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            ["git", "--no-optional-locks", *arguments],
            cwd=root,
            env=environment,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
        )
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror or error}") from error
