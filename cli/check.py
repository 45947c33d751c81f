"""`chaos-migrate check [PATHS]`: report hardcoded numbers, all of them or only new ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chaos_migrate.cli.choice import Choice, choice_options
from chaos_migrate.cli.jobs import jobs_option

if TYPE_CHECKING:
    from chaos_migrate.cli.checking.reports import Report
    from chaos_migrate.cli.checking.run import Check

FORMATS = ("text", "json", "sarif", "github")


@click.command(short_help="Report what is hardcoded, for CI and pre-commit.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "--new-since",
    metavar="REV",
    help="Only what was not there in this commit, branch or tag.",
)
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Also fail because of what stays as it is (CHM4).")
@click.option("--show-suppressed", is_flag=True, help="Also list what is kept back, and why.")
@click.option(
    "--force-exclude",
    is_flag=True,
    help="Pass over files that are named but that a search would not take.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but findings and errors.")
@choice_options
@jobs_option
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def check(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    style: str | None,
    shrink: str | None,
    **options: Any,
) -> int:
    """Report hardcoded numbers that `migrate` would rewrite, or that hold a count back.

    PATHS are files or folders (searched for test modules as pytest does), by default the current
    folder. Each finding is a line `path:line:column: CODE message`. Rules CHM1 to CHM3 fail the
    check; CHM4, what stays as it is, only with --strict or when selected.

    \b
    Examples:
      chaos-migrate check tests/chaos                    all findings
      chaos-migrate check --new-since HEAD test_x.py     those of what is not committed yet
      chaos-migrate check --new-since origin/main        those of this branch
      chaos-migrate check --format sarif > x.sarif       for code scanning, with fixes
      chaos-migrate check --format github                annotations in a GitHub workflow

    Exit codes: 0 nothing found, 1 findings, 2 wrong usage or a file that could not be handled.
    """
    return run(Choice(select, ignore, style, shrink), **options)


def run(
    choice: Choice,
    paths: tuple[str, ...],
    new_since: str | None,
    format: str,
    quiet: bool,
    color: str,
    jobs: int | None = None,
    **which: bool,
) -> int:
    """Carry out the check and return the exit code."""
    from chaos_migrate.cli.checking.reports import TextReport
    from chaos_migrate.cli.checking.run import Check, Request
    from chaos_migrate.cli.checking.totals import Totals
    from chaos_migrate.cli.git import GitError

    paths = paths or (".",)
    check = Check(Request(tuple(map(Path, paths)), choice, new_since, jobs, **which))
    if format == "text":
        report: Report = TextReport(color, paths, quiet, new_since)
    else:
        report = _for_programs(format, check)
    totals = Totals()
    try:
        for file in check.files():
            totals.add(file)
            report.file(file)
    except GitError as error:
        raise click.ClickException(f"--new-since {new_since}: {error}") from error
    report.end(totals)
    return totals.exit_code


def _for_programs(format: str, check: Check) -> Report:
    if format == "github":
        from chaos_migrate.cli.checking.github import GithubReport

        return GithubReport()
    if format == "sarif":
        from chaos_migrate.cli.checking.sarif import SarifReport

        return SarifReport(check.planner)
    from chaos_migrate.cli.checking.reports import JsonReport

    return JsonReport()
