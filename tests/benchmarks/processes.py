"""`check` as a user runs it, in one process and in several, against one that only parses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from planning import DENSE, SPARSE, parse
from suites import Suite
from table import Row


def rows(suite: Suite, rounds: int, *, dense: bool) -> Iterator[Row]:
    """How long it takes by the clock, start-up included, with one process and with one a CPU."""
    for jobs in sorted({1, os.cpu_count() or 1}):
        paths = [str(path) for path, _ in suite.files]
        command = [sys.executable, "-m", "chaos_migrate.cli", "check", "--quiet", *paths]
        run = partial(subprocess.run, [*command, "--jobs", str(jobs)], capture_output=True)
        ours, theirs = _best(rounds, run, partial(parse, suite))
        target = DENSE if dense else SPARSE
        yield Row(f"check {suite.name}", f"--jobs {jobs}", "ast.parse", ours, theirs, target)


def _best(rounds: int, *works: Callable[[], object]) -> list[float]:
    """The least seconds of each work by the clock; they take turns."""
    least = [float("inf")] * len(works)
    for _ in range(max(1, rounds)):
        for index, work in enumerate(works):
            start = time.perf_counter()
            work()
            least[index] = min(least[index], time.perf_counter() - start)
    return least
