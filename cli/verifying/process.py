"""A process that may hang, fork, print without end or kill itself, and is never waited for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TAIL = 20_000  # bytes of output that are kept
_PAUSE = 0.05  # seconds between two looks
_GRACE = 0.5  # seconds that a pipe may still be read after its process has ended


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, negative for a signal; None if it had to be killed."""

    code: int | None
    output: str


class Interrupted(Exception):
    """The user wants no more runs."""


def watched(
    command: list[str],
    cwd: Path,
    environment: Mapping[str, str],
    too_long: Callable[[], bool],
    stop: threading.Event,
) -> Ended:
    """Run a command with all its children in a group of their own, until it ends or is too long.

    Whatever is left of the group is killed, also after a normal end. Of the output only the end is
    kept.

    Raises:
        Interrupted: when `stop` is set.
        OSError: when the command cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    tail = bytearray()
    reader = threading.Thread(target=_read, args=(process, tail), daemon=True)
    reader.start()
    code: int | None = None
    try:
        while code is None and not stop.is_set() and not too_long():
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(_PAUSE)
    finally:
        _kill_group(process)
    reader.join(_GRACE)
    if stop.is_set():
        raise Interrupted
    return Ended(code, bytes(tail).decode("utf-8", "replace"))


def _read(process: subprocess.Popen[bytes], tail: bytearray) -> None:
    """Keep the pipe empty, so that nobody ever waits for us."""
    assert process.stdout is not None
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(process.stdout.fileno(), 65536):
            tail += chunk
            del tail[:-_TAIL]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader, whose number cannot be given away as long as it does.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
