"""The runs: which, in which order, several at once, and no more than are needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice

from chaos_migrate.cli.verifying.intervals import Pairs, Passes
from chaos_migrate.cli.verifying.process import Interrupted
from chaos_migrate.cli.verifying.records import SKIPPED, Run, TestRun
from chaos_migrate.cli.verifying.session import Order, Pytest
from chaos_migrate.cli.verifying.trees import Tree

BEFORE, AFTER = "before", "after"
_OFFENDERS = 10  # tests of one run that may hang or kill it, before the rest is given up


@dataclass(frozen=True)
class Arm:
    """One version at one load, maybe with injected failures; `again` is for a second look."""

    side: str
    load: float
    inject: float = 0.0
    again: bool = False


@dataclass
class Results:
    """What all runs of one arm said, test by test and seed by seed."""

    tests: dict[str, dict[int, TestRun]] = field(default_factory=dict)
    uncollected: dict[str, str] = field(default_factory=dict)
    offenders: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    lingering: int = 0
    runs: int = 0

    def add(self, seed: int, run: Run) -> None:
        """Take in one run; a test that ran twice with one seed counts once."""
        for test, result in run.tests.items():
            self.tests.setdefault(test, {}).setdefault(seed, result)
        self.uncollected.update(run.uncollected)
        self.lingering += run.lingering
        if run.offender:
            self.offenders.add(run.offender)
        if run.problem and run.problem not in self.problems:
            self.problems.append(run.problem)

    def of(self, test: str) -> list[TestRun]:
        """The runs of a test in the order of their seeds."""
        return [run for _, run in sorted(self.tests.get(test, {}).items())]

    def beside(self, other: Results, test: str) -> tuple[list[TestRun], list[TestRun]]:
        """The runs of a test that both have, each with that of the other with the same seed."""
        own, others = self.tests.get(test, {}), other.tests.get(test, {})
        seeds = sorted(own.keys() & others.keys())
        return [own[seed] for seed in seeds], [others[seed] for seed in seeds]

    def passes(self, test: str) -> Passes:
        """How often a test passed; runs that skipped it say nothing."""
        runs = [run for run in self.of(test) if run.outcome != SKIPPED]
        return Passes(sum(run.passed for run in runs), len(runs))

    def pairs(self, after: Results, test: str) -> Pairs | None:
        """How a test went after the migration where it went otherwise before with the same seed.

        Only the old version may have run with more seeds. None if a run of both was skipped.
        """
        before, now = self.beside(after, test)
        if not before or len(now) < len(after.tests[test]):
            return None
        if any(run.outcome == SKIPPED for run in (*before, *now)):
            return None
        changes = [new.passed - old.passed for old, new in zip(before, now, strict=True)]
        return Pairs(changes.count(-1), changes.count(1), len(changes))


@dataclass
class Laboratory:
    """Carries out runs, several at once, and keeps what they said.

    `progress` is called in the main thread after every run.
    """

    pytest: Pytest
    trees: dict[str, Tree]
    jobs: int
    progress: Callable[[], None] = lambda: None
    results: dict[Arm, Results] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, arm: Arm) -> Results:
        """What is known of an arm so far."""
        return self.results.setdefault(arm, Results())

    def carry_out(self, wanted: Iterable[tuple[Arm, int, tuple[str, ...] | None]]) -> None:
        """Run arms with seeds, each on all tests or on some; returns when all have ended.

        Raises:
            KeyboardInterrupt: after all that was still running has been killed.
        """
        todo = iter(list(wanted))
        with ThreadPoolExecutor(self.jobs) as pool:
            running = set(self._started(pool, todo, self.jobs))
            try:
                while running:
                    done, running = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
                        running |= set(self._started(pool, todo, 1))
                    self.progress()
            except KeyboardInterrupt:
                self.pytest.stop.set()
                raise

    def _started(
        self,
        pool: ThreadPoolExecutor,
        todo: Iterator[tuple[Arm, int, tuple[str, ...] | None]],
        number: int,
    ) -> Iterator[Future[None]]:
        for arm, seed, only in islice(todo, number):
            yield pool.submit(self._run, arm, seed, only)

    def _run(self, arm: Arm, seed: int, only: tuple[str, ...] | None) -> None:
        results = self.of(arm)
        tree = self.trees[arm.side]
        copy = tree.borrow()
        try:
            for _ in range(_OFFENDERS):
                known = tuple(sorted(results.offenders))
                order = Order(arm.load, seed, only, known, arm.inject)
                run = self.pytest.run(copy, order)
                with self._lock:
                    results.add(seed, run)
                if run.offender is None or not run.missing():
                    break
                only = tuple(run.missing())
            with self._lock:
                results.runs += 1
        except Interrupted:
            pass
        finally:
            tree.give_back(copy)
