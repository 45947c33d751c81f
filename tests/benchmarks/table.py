"""Measuring two ways to the same end in turns, and a line of the table for each pair."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """CPU seconds of ours and of what it is compared with; `target` is the ratio aimed at."""

    what: str
    size: str
    against: str
    ours: float
    theirs: float
    target: float | None = None
    note: str = ""


def best(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The least CPU seconds of each work; they take turns."""
    least = [float("inf")] * len(works)
    for _ in range(max(1, rounds)):
        for index, work in enumerate(works):
            start = time.process_time()
            work()
            least[index] = min(least[index], time.process_time() - start)
    return least


def cpu_of(command: list[str], folder: Path | None = None) -> float:
    """The CPU seconds of a process; whether it finds anything is its own affair."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def line(row: Row) -> str:
    """One line of the table."""
    if row.note:
        return f"{row.what:<34} {row.size:>22}   {row.note}"
    ratio = row.ours / row.theirs
    aim = f"(target {row.target:g})" if row.target is not None else ""
    mark = "  above the target" if row.target is not None and ratio > row.target else ""
    return (
        f"{row.what:<34} {row.size:>22} {row.ours:9.3f} s  {ratio:6.2f} x {row.against} {aim}{mark}"
    )
