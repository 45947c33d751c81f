"""What can be said of a test without counting: it hangs, is gone, or leaves nothing to chance."""

from __future__ import annotations

from collections.abc import Sequence

from chaos_migrate.cli.verifying.experiment import Results
from chaos_migrate.cli.verifying.records import CRASHED, HUNG, TestRun
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict

_STEADY = 3  # runs with different seeds that must show the same values
_MIRRORED = 12  # runs of a test with chance or threads in it that must be the same as before


def gone(cell: Cell, after: Results) -> Cell:
    """The cell of a test that the new version has not run."""
    reason = after.uncollected.get(cell.test.split("::")[0])
    if reason:
        return cell.surely(Verdict.WORSE, f"its module cannot be imported any more: {reason}")
    return cell if after.problems else cell.surely(Verdict.WORSE, "the test is gone")


def certain(cell: Cell, old: Sequence[TestRun], new: Sequence[TestRun]) -> Cell:
    """The cell, judged if there is nothing to count."""
    for fate in (HUNG, CRASHED):
        was = [run for run in old if run.outcome == fate]
        now = [run for run in new if run.outcome == fate]
        if now:
            verdict = Verdict.SAME if was else Verdict.WORSE
            both = ", before as well" if was else ""
            return cell.surely(verdict, f"{fate}: {now[0].message}{both}")
        if was:
            return cell.surely(Verdict.BETTER, f"{fate} before")
    if not cell.after.runs:
        return cell.surely(Verdict.WORSE, "it ran before and is skipped now")
    if not cell.before.runs:
        return cell.surely(Verdict.BETTER, "it was skipped before")
    if steady(old) and steady(new):
        if old[0].passed == new[0].passed:
            word = "passes" if old[0].passed else "fails"
            return cell.surely(Verdict.SAME, f"{word} with the same values in every run")
        if old[0].passed:
            return cell.surely(Verdict.WORSE, "fails in every run, and without any chance in it")
        return cell.surely(Verdict.BETTER, "passes in every run, and failed in every run before")
    return cell


def steady(runs: Sequence[TestRun]) -> bool:
    """Whether chance has no part in a test, as far as runs with different seeds can show."""
    first = runs[0]
    drew = any(run.chance for run in runs) and len({run.end for run in runs}) > 1
    return (
        len(runs) >= _STEADY
        and not drew
        and not any(run.threads for run in runs)
        and all(same(first, run) for run in runs)
    )


def mirrored(cell: Cell, old: Sequence[TestRun], new: Sequence[TestRun]) -> Cell | None:
    """The cell if nothing that could be seen differs in runs with the same seeds, else None.

    At another load than the author's this says only something of a test whose dice show how much
    it has done.
    """
    at_home = cell.load == 1
    shown = all(
        one.outcome == other.outcome and (at_home or _alike(one, other))
        for one, other in zip(old, new, strict=True)
    )
    chance = any(run.chance or run.threads for run in (*old, *new))
    if not shown or len(old) < (_MIRRORED if chance else _STEADY):
        return None
    if cell.before.passed == 0:
        return cell.surely(Verdict.SAME, "fails in every run, before as well")
    if cell.before.failed:
        return cell.surely(Verdict.FLAKY, "passes and fails with the same seeds as before")
    return cell.surely(Verdict.SAME, "the same values with the same seeds")


def _alike(one: TestRun, other: TestRun) -> bool:
    """Whether a run has drawn what another one drew, and has seen the same values."""
    if not (one.chance and other.chance) or one.threads or other.threads:
        return False
    return one.end == other.end and same(one, other)


def same(first: TestRun, second: TestRun) -> bool:
    """Whether two runs of a test had one outcome and saw the same values."""
    return first.outcome == second.outcome and first.values() == second.values()
