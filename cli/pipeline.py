"""From a request to outcomes: find the files, plan them, add the fixtures, write."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from chaos_migrate.cli.apply import applied, unless_dirty
from chaos_migrate.cli.bar import Bar
from chaos_migrate.cli.config import read_config
from chaos_migrate.cli.conftests import Conftests
from chaos_migrate.cli.discover import discover
from chaos_migrate.cli.git import repository
from chaos_migrate.cli.jobs import jobs_for, spread
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.plans import planner
from chaos_migrate.cli.request import Request
from chaos_migrate.cli.run import Migration, carried_out, migrated, with_fixtures
from chaos_migrate.cli.write import clean


def outcomes(request: Request) -> Iterator[Outcome]:
    """Everything that becomes of the files named, in the order in which it is to be written.

    Raises:
        ConfigError: when the project's configuration is wrong.
        click.UsageError: when nothing could be undone afterwards.
    """
    given = request.given()
    config = read_config(given)
    conftests = Conftests(given, config.fixtures)
    plan = planner(request.choice, config, conftests)
    if request.filters:
        yield migrated(plan.text(request.stdin_path(), sys.stdin.buffer.read()))
        return
    if request.apply and not request.allow_dirty:
        _refuse_without_git(request)
    found = discover(map(Path, request.paths), config)
    for problem in found.problems:
        yield Outcome.failed(problem.path, problem.message, problem.line)
    bar = Bar(request.color, quiet=request.interactive or request.quiet)
    stream: Iterable[Outcome]
    if request.interactive:
        from chaos_migrate.cli.interactive import Dialogue

        guard = _as_it_is if request.allow_dirty else unless_dirty
        stream = Dialogue(plan.options, guard, request.color).over(found.files)
    else:
        jobs = jobs_for(found.files, request.jobs)
        stream = spread(Migration(plan), bar.over(found.files), Outcome.failed, jobs)
    stream = bar.erased_before(stream)
    if not request.apply:
        yield from carried_out(with_fixtures(stream, conftests), _as_it_is)
        return
    clean({path.resolve().parent for path in found.files})
    if request.allow_dirty:
        yield from carried_out(with_fixtures(stream, conftests), applied)
    else:
        safe = map(unless_dirty, stream)
        yield from carried_out(with_fixtures(safe, conftests), _applied_unless_dirty)


def _as_it_is(outcome: Outcome) -> Outcome:
    return outcome


def _applied_unless_dirty(outcome: Outcome) -> Outcome:
    outcome = unless_dirty(outcome)
    return applied(outcome) if outcome.changed else outcome


def _refuse_without_git(request: Request) -> None:
    if any(repository(folder) for folder in request.folders()):
        return
    raise click.UsageError(
        "there is no git repository here to undo with: use --allow-dirty to write all the same"
    )
