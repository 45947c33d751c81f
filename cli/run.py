"""The stages of a migration: every plan is carried out in memory, one after another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chaos_migrate.cli.conftests import Conftests
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.plans import Planned, Planner, problem_of


def migrated(planned: Planned, groups: Collection[int] | None = None) -> Outcome:
    """The outcome of a plan: the file rewritten in memory and proven, or left alone.

    Where `groups` are given, only those are carried out.
    """
    path, source, whole = planned.path, planned.source, planned.plan
    if planned.problem or source is None or planned.replan is None:
        return Outcome(path, b"", b"", problem=planned.problem)
    plan = whole if groups is None else whole.only(groups)
    if not plan.edits:  # LibCST stays unloaded
        return Outcome.planned(path, source.data, source.data, plan)
    from chaos_migrate.codemods.migration import migrate_source

    try:
        result = migrate_source(source, whole, planned.replan, groups)
    except Exception as error:
        return Outcome(path, source.data, source.data, problem=problem_of(path, error))
    outcome = Outcome.planned(path, source.data, result.data, plan)
    if result.problem:
        return outcome.left_alone(f"left alone: {result.problem}", result.line)
    return outcome


@dataclass(frozen=True)
class Migration:
    """From a path to its outcome, in this process or in another one."""

    planner: Planner

    def __call__(self, path: Path) -> Outcome:
        return migrated(self.planner.file(path))


def with_fixtures(outcomes: Iterable[Outcome], conftests: Conftests) -> Iterator[Outcome]:
    """Put each conftest, with the fixtures in it, directly before the first file that needs it.

    A conftest that is itself among the files waits for that, so that it is passed on once.
    """
    waiting: dict[Path, Outcome] = {}
    names: dict[Path, str] = {}

    def passed_on(outcome: Outcome) -> Iterator[Outcome]:
        if not (outcome.changed and outcome.fixture):
            yield outcome
            return
        home = conftests.home(outcome.path)
        itself = outcome.path.resolve() == home.conftest
        if home.conftest not in names:
            names[home.conftest] = home.fixture
            own = outcome if itself else waiting.pop(home.conftest, None)
            conftest = replace(conftests.with_fixtures(home, own), needs=home.conftest)
            if own or conftest.changed or conftest.problem:
                yield conftest
        if not itself:
            yield _needing(outcome, conftests, names[home.conftest])

    for outcome in outcomes:
        if outcome.path.name == "conftest.py":
            waiting[outcome.path.resolve()] = outcome
        else:
            yield from passed_on(outcome)
    while waiting:
        yield from passed_on(waiting.pop(min(waiting)))


def _needing(outcome: Outcome, conftests: Conftests, name: str) -> Outcome:
    """`outcome` with the conftest that it needs, or with the reason why that does not help it."""
    home = conftests.home(outcome.path)
    obstacle = conftests.obstacle(outcome)
    if name != home.fixture:
        obstacle = f"needs the fixture {home.fixture}, but {home.conftest} is to hold {name}"
    return outcome.left_alone(obstacle) if obstacle else replace(outcome, needs=home.conftest)


def carried_out(
    outcomes: Iterable[Outcome], act: Callable[[Outcome], Outcome]
) -> Iterator[Outcome]:
    """Do `act` to everything that changes; what needs a file that failed is left alone."""
    failed: dict[Path, Path] = {}
    for outcome in outcomes:
        if outcome.changed:
            if outcome.needs in failed:
                conftest = failed[outcome.needs]
                outcome = outcome.left_alone(f"left alone: it needs {conftest}, see there")
            else:
                outcome = act(outcome)
        if outcome.problem:
            failed[outcome.path.resolve()] = outcome.path
        yield outcome
