"""Why a test has become worse, as far as the pattern of loads and the failures tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chaos_migrate.cli.verifying.records import HUNG, TestRun
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict

_HANGS = (
    "something waits for as many as there were before: a Barrier, Semaphore, queue or thread pool "
    "that has to move together with the count"
)
_LOW = (
    "only with less load: the bounds are too tight for few trials. Chance weighs more there: use "
    "max_count, min_count or min_rate, which keep the margin, or give the count a higher floor"
)
_CONTENTION = (
    "more with more load, in a test with threads: contention. What is shared (a lock, a pool, a "
    "limit) did not grow with the threads, or the test is not safe at this many"
)
_CAPACITY = (
    "more with more load: a capacity, a buffer or a time limit that did not grow with the trials"
)
_THREADS = "in a test with threads: at this load their order or their contention matters"
_ALWAYS = "at every load, the author's own too: it is no longer the same test"


def with_causes(cells: Sequence[Cell], runs: Mapping[float, Sequence[TestRun]]) -> list[Cell]:
    """The cells of one test, those that are worse with what may be behind it."""
    worse = [cell.load for cell in cells if cell.verdict is Verdict.WORSE]
    if not worse:
        return list(cells)
    cause = _cause(cells, worse, runs)
    return [
        replace(cell, cause=f"{cause}.{_said(runs.get(cell.load, ()))}")
        if cell.verdict is Verdict.WORSE
        else cell
        for cell in cells
    ]


def _cause(
    cells: Sequence[Cell], worse: Sequence[float], runs: Mapping[float, Sequence[TestRun]]
) -> str:
    seen = [run for load in worse for run in runs.get(load, ())]
    if any(run.outcome == HUNG for run in seen):
        return _HANGS
    threads = any(run.threads for run in seen)
    fine = [cell.load for cell in cells if cell.verdict is not Verdict.WORSE]
    if 1 in worse:
        return _ALWAYS
    if max(worse) < 1:
        return _LOW
    if min(worse) > 1 and (not fine or max(fine) < max(worse)):
        return _CONTENTION if threads else _CAPACITY
    return _THREADS if threads else "at some loads only: look for a number that stayed behind"


def _said(runs: Sequence[TestRun]) -> str:
    """What the failing runs said most often, and where."""
    failed = [run for run in runs if not run.passed and run.message]
    if not failed:
        return ""
    places = [str(run.failure.place) if run.failure else "" for run in failed]
    [(place, _)] = Counter(places).most_common(1)
    message = failed[places.index(place)].message
    return f" {place}: {message}" if place else f" {message}"
