"""Writing a file whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX, _SUFFIX = ".chaos-migrate-", ".tmp"
_ABANDONED_AFTER = 3600.0


class WriteError(Exception):
    """A file that was not written; the message says why in a few words."""


def write_file(path: Path, expected: bytes | None, data: bytes) -> None:
    """Replace the content of `path` in one step, following links and keeping mode and owner.

    Args:
        path: The file; None as `expected` says that it must not exist yet.
        expected: What the file held when it was read.
        data: What it shall hold.

    Raises:
        WriteError: when it is read-only, was changed meanwhile, or the system refuses.
    """
    try:
        target = path.resolve()
        _refuse_read_only(target.parent, "the folder")
        if expected is not None:
            _refuse_read_only(target, "the file")
        with _locked(target.parent) as alone:
            _remove_leftovers(target.parent, alone)
            _replace(target, expected, data)
    except OSError as error:
        raise WriteError(f"cannot be written: {error.strerror or error}") from error


def clean(folders: Iterable[Path]) -> None:
    """Remove the temporary files that a killed run left in `folders`."""
    for folder in folders:
        with suppress(OSError):
            if any(_leftovers(folder)):
                with _locked(folder) as alone:
                    _remove_leftovers(folder, alone)


def _replace(target: Path, expected: bytes | None, data: bytes) -> None:
    import tempfile  # for --apply alone: it loads compression and random numbers

    handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _take_over_mode(temporary, target, expected is None)
        _refuse_changed(target, expected)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _refuse_read_only(path: Path, what: str) -> None:
    # The mode is asked as well as the system: to root nothing is read-only, and still it was meant.
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise WriteError(f"{what} is read-only")


def _refuse_changed(target: Path, expected: bytes | None) -> None:
    now = target.read_bytes() if target.exists() else None
    if now != expected:
        raise WriteError("changed on disk since it was read: left as it is now")


def _take_over_mode(temporary: Path, target: Path, new: bool) -> None:
    if new:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        return
    status = target.stat()
    with suppress(OSError, AttributeError):  # an owner can only be kept by root
        os.chown(temporary, status.st_uid, status.st_gid)
    temporary.chmod(stat.S_IMODE(status.st_mode))


def _leftovers(folder: Path) -> Iterator[Path]:
    return folder.glob(f"{_PREFIX}*{_SUFFIX}")


def _remove_leftovers(folder: Path, alone: bool) -> None:
    """Under the lock nobody else is writing, so whatever lies about was left by a killed run."""
    for leftover in _leftovers(folder):
        with suppress(OSError):
            if alone or leftover.stat().st_mtime < time.time() - _ABANDONED_AFTER:
                leftover.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold the folder against other runs; False where the system knows no such lock.

    The lock sits on the folder itself: no lock file is left behind, and it ends with the process.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield False
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            alone = True
        except OSError:
            alone = False
        yield alone
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
