"""Work on the files of a run, in as many processes as it is worth."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from chaos_migrate.cli.workers import Lost, Work

Command = TypeVar("Command", bound=Callable[..., Any])
Result = TypeVar("Result")

# Below this a run is over sooner than processes are started.
FILES, BYTES = 30, 600_000  # these are some 20,000 lines
# Beyond, the one process that collects the results has more to do than the others leave it.
_MOST = 8


def jobs_option(command: Command) -> Command:
    """The option of every command that plans many files."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Work in so many processes. Default: one a CPU (8 at most) where there is much to do.",
    )(command)


def jobs_for(files: Sequence[Path], wanted: int | None) -> int:
    """How many processes are to work on the files; `wanted` is what the user said, if anything."""
    if wanted is None:
        wanted = min(_cpus(), _MOST) if _pays(files) else 1
    return max(1, min(wanted, len(files)))


def spread(
    work: Work[Result], files: Iterable[Path], lost: Lost[Result], jobs: int
) -> Iterable[Result]:
    """The results of `work` on `files`, in their order; `lost` is told of files that kill it."""
    if jobs == 1:
        return map(work, files)
    from chaos_migrate.cli.workers import in_processes

    return in_processes(work, files, lost, jobs)


def _pays(files: Sequence[Path]) -> bool:
    return len(files) >= FILES or sum(map(_size, files)) >= BYTES


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _cpus() -> int:
    """The CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
