"""Seeing from its events whether a run of pytest hangs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

AT_START = 60.0
"""Seconds that may at least be taken to import and collect."""

_AT_EXIT = 5.0  # seconds that a process may take to end after its last test


@dataclass
class Watch:
    """Says when a run takes too long: a test, the collection, or the end of the process."""

    events: Path
    timeout: float
    _seen: int = 0
    _rest: bytes = b""
    _since: dict[str, float] = field(default_factory=dict)
    _collected: bool = False
    _ended: bool = False

    def __post_init__(self) -> None:
        self._latest = time.monotonic()

    def too_long(self) -> bool:
        """Whether there is nothing left to wait for."""
        self._read()
        now = time.monotonic()
        if self._ended:
            return now - self._latest > _AT_EXIT
        if not self._collected:
            return now - self._latest > max(self.timeout, AT_START)
        return now - min([self._latest, *self._since.values()]) > self.timeout

    def _read(self) -> None:
        try:
            with self.events.open("rb") as stream:
                stream.seek(self._seen)
                new = stream.read()
        except OSError:
            return
        self._seen += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        now = time.monotonic()
        for line in lines:
            event = json.loads(line)
            self._latest = now
            if event["event"] == "start":
                self._since[event["test"]] = now
            elif event["event"] in ("finish", "crash"):
                self._since.pop(event["test"], None)
            self._collected = self._collected or event["event"] == "collected"
            self._ended = self._ended or event["event"] == "end"
