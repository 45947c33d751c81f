"""Reading files from disk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LARGEST = 32 * 1024 * 1024


class Unreadable(OSError):
    """A file whose bytes cannot be had; the message says why in a few words."""


def read_file(path: Path, largest: int = LARGEST) -> bytes:
    """The bytes of a regular file of at most `largest` bytes.

    Raises:
        Unreadable: for everything else, without ever waiting on a pipe or a device.
    """
    try:
        obstacle = _obstacle(path.stat(), largest)
        data = b"" if obstacle else path.read_bytes()
    except FileNotFoundError:
        missing = "broken symbolic link" if path.is_symlink() else "no such file or folder"
        raise Unreadable(missing) from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error
    if obstacle:
        raise Unreadable(obstacle)
    return data


def _obstacle(status: os.stat_result, largest: int) -> str:
    if stat.S_ISDIR(status.st_mode):
        return "is a folder"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    return f"larger than {largest >> 20} MiB: left alone" if status.st_size > largest else ""
