"""The stages of a run: every file is read, planned and rewritten in memory, one after another."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from chaos_migrate.cli.conftests import Conftests
from chaos_migrate.cli.outcome import Outcome, Problem
from chaos_migrate.cli.read import Library, Unreadable, read_file
from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.source import SourceError, parse_source


@dataclass
class Planner:
    """From a path to its outcome; `options` says how each file is to be planned."""

    options: Callable[[Path], Options]
    _library: Library = field(default_factory=Library, init=False)

    def file(self, path: Path) -> Outcome:
        """The outcome of a file on disk; nothing that is wrong with it gets out of here."""
        try:
            return self.text(path, read_file(path))
        except Unreadable as error:
            return Outcome.failed(path, str(error))

    def text(self, path: Path, data: bytes) -> Outcome:
        """The outcome of bytes that are, or might be, the content of `path`."""
        try:
            return self._migrated(path, data)
        except SourceError as error:
            return Outcome.failed(path, error.message, error.line)
        except RecursionError:
            return Outcome.failed(path, "nested too deeply to be analysed")
        except Exception as error:  # one file never takes the others with it
            message = (
                f"a mistake of this program, please report it: {type(error).__name__}: {error}"
            )
            problem = Problem(path, message, traceback=traceback.format_exc())
            return Outcome(path, data, data, problem=problem)

    def _migrated(self, path: Path, data: bytes) -> Outcome:
        from chaos_migrate.codemods.migration import migrate_source
        from chaos_migrate.codemods.planner import plan_source
        from chaos_migrate.codemods.suite import Suite

        # One suite a file: what it remembers of a module must not outlive that module.
        suite, options = Suite(self._library.load), self.options(path)
        source = parse_source(path, data)
        plan = plan_source(source, suite, options)
        if not plan.edits:  # LibCST stays unloaded
            return Outcome.planned(path, data, data, plan)
        migrated = migrate_source(source, plan, lambda new: plan_source(new, suite, options))
        outcome = Outcome.planned(path, data, migrated.data, plan)
        if migrated.problem:
            return outcome.left_alone(f"left alone: {migrated.problem}", migrated.line)
        return outcome


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
