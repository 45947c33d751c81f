"""The whole of it: run both versions at every load until all is decided, and judge the runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chaos_migrate.cli.verifying.causes import with_causes
from chaos_migrate.cli.verifying.certain import certain, gone, mirrored, same
from chaos_migrate.cli.verifying.experiment import AFTER, BEFORE, Arm, Laboratory, Results
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.identity import Difference, compared, wavers
from chaos_migrate.cli.verifying.injection import Caught, caught, noticed_way, weaker
from chaos_migrate.cli.verifying.records import CRASHED, HUNG, SKIPPED
from chaos_migrate.cli.verifying.sides import Sides
from chaos_migrate.cli.verifying.spending import arms_of, rate_is_open, rounds
from chaos_migrate.cli.verifying.strength import strengths
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict, judged

_INJECTED_RUNS = 20
_LOOKS_AGAIN = 2  # seeds of a test that are run once more where it is not what it was
_AS_IT_IS = "the suite cannot be run as it is, before any migration"


class CannotRun(Exception):
    """Nothing can be said, and why."""


@dataclass
class Verification:
    """Both versions at every load.

    Args:
        loads: The load multipliers, 1 among them.
        runs: The most runs of a test at one load.
        precision: How well to know the rate of a test that fails by itself: half of the interval.
        inject: How much more likely simulated failures are made for the check of strength, 0 to 1;
            with 0 there is none.
    """

    sides: Sides
    laboratory: Laboratory
    loads: tuple[float, ...]
    runs: int
    precision: float
    inject: float = 0.0
    after_round: Callable[[], None] = lambda: None
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Carry out the runs; what is known can be asked for at any time.

        Raises:
            CannotRun: when one of the two versions cannot be run at all.
            KeyboardInterrupt: when the user wants no more.
        """
        reference, again = Arm(BEFORE, 1), Arm(BEFORE, 1, again=True)
        self.laboratory.carry_out([(reference, 0, None), (again, 0, None)])
        self._refuse_unless_it_runs(self.laboratory.of(reference))
        done = 0
        for until in rounds(self.runs):
            seeds = range(done, until)
            self.laboratory.carry_out(list(self._wanted(seeds)))
            self._refuse_if_nothing_runs_any_more()
            done = until
            self.laboratory.carry_out(list(self._once_more()))
            self.after_round()
            if all(cell.decided for cell in self.cells()) and not self._open_rates():
                break
        if self.inject:
            self._inject()

    def findings(self, interrupted: bool = False) -> Findings:
        """All that is known so far."""
        lab = self.laboratory
        cells: list[Cell] = []
        by_test: dict[str, list[Cell]] = {}
        for cell in self.cells():
            by_test.setdefault(cell.test, []).append(cell)
        for test, own in by_test.items():
            runs = {load: lab.of(Arm(AFTER, load)).of(test) for load in self.loads}
            cells += with_causes(own, runs)
        differences = [self.difference(test) for test in self.tests()]
        found = [
            strength
            for load in self.loads
            for test in self.tests()
            for strength in strengths(test, load, lab.of(Arm(AFTER, load)).of(test))
        ]
        return Findings(
            titles=self.sides.titles,
            loads=self.loads,
            cells=tuple(cells),
            compared=sum(1 for test in self.tests() if lab.of(Arm(AFTER, 1)).of(test)),
            differences=tuple(difference for difference in differences if difference),
            wavering=tuple(self._wavering()),
            strengths=tuple(found),
            injected=self.inject,
            caught=tuple(weaker(list(self._caught()))),
            notes=tuple(self._notes()),
            runs=sum(results.runs for results in lab.results.values()),
            seconds=time.monotonic() - self.began,
            interrupted=interrupted,
        )

    def tests(self) -> list[str]:
        """All tests of the old version, in the order in which they first ended."""
        return [*self.laboratory.of(Arm(BEFORE, 1)).tests]

    def cells(self) -> list[Cell]:
        """Every test at every load, judged by what is known so far."""
        cells = [
            cell for test in self.tests() for load in self.loads for cell in self._cell(test, load)
        ]
        return judged(cells, looks=len(rounds(self.runs)))

    def difference(self, test: str) -> Difference | None:
        """What is not the same at load 1, whenever it is looked at."""
        found = self._first_difference(test)
        if found is None:
            return None
        lab = self.laboratory
        before, again = lab.of(Arm(BEFORE, 1)), lab.of(Arm(BEFORE, 1, again=True))
        after_again = lab.of(Arm(AFTER, 1, again=True)).tests.get(test, {})
        wavering = False
        for seed, new in after_again.items():
            old = before.tests[test].get(seed)
            other = again.tests.get(test, {}).get(seed)
            if old and compared(test, [old], other, [new]) is None:
                return None
            if old and other and not wavers(old, other):
                return found  # the old version does the same each time, and the new one does not
            wavering |= old is not None and other is not None
        # Else it looks at the machine, which was not the same all the time.
        return None if wavering and self._is_ever_the_same(test) else found

    def _is_ever_the_same(self, test: str) -> bool:
        """Whether a test does at load 1 what it did before, in one pair of runs at least."""
        before, after = self.laboratory.of(Arm(BEFORE, 1)), self.laboratory.of(Arm(AFTER, 1))
        pairs = zip(*before.beside(after, test), strict=True)
        return any(compared(test, [old], None, [new]) is None for old, new in pairs)

    def _first_difference(self, test: str) -> Difference | None:
        """What was not the same at load 1 when it was looked at first."""
        lab = self.laboratory
        again = lab.of(Arm(BEFORE, 1, again=True)).tests.get(test, {}).get(0)
        old, new = lab.of(Arm(BEFORE, 1)).beside(lab.of(Arm(AFTER, 1)), test)
        return compared(test, old, again, new)

    def _once_more(self) -> Iterator[tuple[Arm, int, tuple[str, ...]]]:
        """Runs that tell a changed test from one that looks at the clock or the machine."""
        lab = self.laboratory
        before, after = lab.of(Arm(BEFORE, 1)).tests, lab.of(Arm(AFTER, 1)).tests
        known = lab.of(Arm(AFTER, 1, again=True)).tests
        wanted: dict[int, list[str]] = {}
        for test in self.tests():
            if test in known or self._first_difference(test) is None:
                continue
            changed = [
                seed
                for seed, new in sorted(after.get(test, {}).items())
                if new.outcome not in (HUNG, CRASHED)
                and seed in before[test]
                and compared(test, [before[test][seed]], None, [new])
            ]
            for seed in changed[:_LOOKS_AGAIN]:
                wanted.setdefault(seed, []).append(test)
        for seed, tests in wanted.items():
            for side in (BEFORE, AFTER):
                yield Arm(side, 1, again=True), seed, tuple(tests)

    def _cell(self, test: str, load: float) -> Iterator[Cell]:
        before = self.laboratory.of(self._baseline(load))
        after = self.laboratory.of(Arm(AFTER, load))
        pairs = before.pairs(after, test)
        cell = Cell(test, load, before.passes(test), after.passes(test), pairs=pairs)
        old, new = before.of(test), after.of(test)
        if not old or not after.runs or (not cell.before.runs and not cell.after.runs):
            return
        difference = self.difference(test) if load == 1 else None
        if not new:
            yield gone(cell, after)
        elif difference:
            yield cell.surely(Verdict.WORSE, f"another test than before: {difference}")
        else:
            yield mirrored(cell, *before.beside(after, test)) or certain(cell, old, new)

    def _wanted(self, seeds: range) -> Iterator[tuple[Arm, int, tuple[str, ...] | None]]:
        """The runs of a round; after the first only of what is not known well enough yet."""
        first = seeds.start == 0
        wanted: dict[Arm, set[str]] = {}
        if not first:
            wanted[Arm(BEFORE, 1)] = set(self._open_rates())
            for cell in self.cells():
                if not cell.decided:
                    for arm in arms_of(cell, self._baseline(cell.load)):
                        wanted.setdefault(arm, set()).add(cell.test)
        arms = [*dict.fromkeys((Arm(BEFORE, 1), *map(self._baseline, self.loads)))]
        arms += [Arm(AFTER, load) for load in self.loads]
        for seed in seeds:
            for arm in arms:
                if first and not (arm == Arm(BEFORE, 1) and seed == 0):
                    yield arm, seed, None
                elif wanted.get(arm):
                    yield arm, seed, tuple(sorted(wanted[arm]))

    def _open_rates(self) -> list[str]:
        """The tests of which it is not known well enough how often they fail by themselves."""
        before = self.laboratory.of(Arm(BEFORE, 1))
        return [
            test
            for test in self.tests()
            if rate_is_open(before.of(test), self.runs, self.precision)
        ]

    def _inject(self) -> None:
        """Make what is simulated go wrong more often, in the way that the old version notices."""
        lab = self.laboratory
        seeds = range(min(self.runs, _INJECTED_RUNS))
        ways = (self.inject, -self.inject)
        draws = tuple(
            test
            for test in self.tests()
            if any(run.chance for run in lab.of(Arm(BEFORE, 1)).of(test))
        )
        if not draws:
            return
        lab.carry_out([(Arm(BEFORE, 1, way), seed, draws) for seed in seeds for way in ways])
        by_way: dict[float, list[str]] = {}
        for test in draws:
            way = noticed_way(ways, [lab.of(Arm(BEFORE, 1, way)).of(test) for way in ways])
            if way is not None:
                by_way.setdefault(way, []).append(test)
        lab.carry_out(
            [
                (Arm(AFTER, load, way), seed, tuple(tests))
                for seed in seeds
                for load in self.loads
                for way, tests in by_way.items()
            ]
        )

    def _caught(self) -> Iterator[Caught]:
        for way in (self.inject, -self.inject) if self.inject else ():
            before = self.laboratory.of(Arm(BEFORE, 1, way))
            for load in self.loads:
                after = self.laboratory.of(Arm(AFTER, load, way))
                for test in after.tests:
                    yield caught(test, load, before.of(test), after.of(test))

    def _baseline(self, load: float) -> Arm:
        """What a load is compared with: the author's load, where the old version knows no other."""
        return Arm(BEFORE, load if self.sides.load_matters else 1)

    def _wavering(self) -> Iterator[str]:
        before = self.laboratory.of(Arm(BEFORE, 1))
        again = self.laboratory.of(Arm(BEFORE, 1, again=True))
        for test in self.tests():
            first, second = before.tests[test].get(0), again.tests.get(test, {}).get(0)
            differs = first and second and not same(first, second)
            if differs or (self._first_difference(test) and not self.difference(test)):
                yield test

    def _notes(self) -> Iterator[str]:
        yield from self.sides.notes
        for arm, results in self.laboratory.results.items():
            where = f"{arm.side} the migration, at load {arm.load:g}"
            if arm.again or arm.inject:
                continue
            for module, message in results.uncollected.items():
                yield f"{module} cannot be imported {where}: {message}"
            for problem in results.problems:
                yield f"{where}: {problem}"
            if 2 * results.lingering > results.runs:  # one may just have been slow to end
                yield (
                    f"{where}: {results.lingering} of {results.runs} runs had to be killed after "
                    "their last test: threads or processes were left behind"
                )

    def _refuse_if_nothing_runs_any_more(self) -> None:
        for arm, results in self.laboratory.results.items():
            if arm.side == AFTER and results.runs and not results.tests:
                raise CannotRun(f"the new version cannot be run: {_why_none(results)}")

    def _refuse_unless_it_runs(self, before: Results) -> None:
        if not before.tests:
            raise CannotRun(f"{_AS_IT_IS}: {_why_none(before)}")
        runs = [run for results in before.tests.values() for run in results.values()]
        if not any(run.passed or run.outcome == SKIPPED for run in runs):
            first = f"no test passes as it is, the first says: {runs[0].message}"
            raise CannotRun(f"{_AS_IT_IS}: {first}")


def _why_none(results: Results) -> str:
    """Why not one test ran."""
    unread = [f"{module} cannot be imported: {why}" for module, why in results.uncollected.items()]
    return "; ".join([*results.problems, *unread]) or "no test ran"
