"""`chaos-migrate [migrate] PATHS`: show what would be rewritten, or rewrite it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chaos_migrate.cli.choice import Choice, choice_options
from chaos_migrate.cli.jobs import jobs_option
from chaos_migrate.cli.request import Request

if TYPE_CHECKING:
    from chaos_migrate.cli.report import Report


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--apply/--dry-run", default=False, help="Write the files / only show the diff.")
@click.option("-i", "--interactive", is_flag=True, help="Ask, group by group, what to write.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when changes are pending.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False),
    metavar="X.PATCH",
    help="Write the diff to a file instead of standard output.",
)
@click.option("--show-kept", is_flag=True, help="Also list numbers that stay, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the diff and errors.")
@click.option("-v", "--verbose", is_flag=True, help="List every number and every file.")
@choice_options
@click.option("--unsafe-fixes", is_flag=True, help="Also do what refusals suggest: read it first.")
@click.option("--allow-dirty", is_flag=True, help="Also write what git could not bring back.")
@jobs_option
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option(
    "--stdin-filename",
    type=click.Path(),
    metavar="PATH",
    help="Where the text from standard input belongs.",
)
def migrate(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    style: str | None,
    shrink: str | None,
    unsafe_fixes: bool,
    **options: Any,
) -> int:
    """Rewrite hardcoded numbers so that they adapt to the machine.

    PATHS are files, folders (searched for test modules as pytest does) or - for standard input.
    Nothing is written without --apply: the diff goes to standard output, all else to standard
    error.

    \b
    Examples:
      chaos-migrate tests/chaos                        show what would change
      chaos-migrate tests/chaos > x.patch              the same as a patch for git apply
      chaos-migrate tests/chaos --apply                change it
      chaos-migrate tests/chaos --interactive          change what you accept, group by group
      chaos-migrate tests/chaos --select CHM1          loops and concurrency only
      chaos-migrate tests/chaos --unsafe-fixes         what refusals suggest as well
      chaos-migrate tests/chaos --format json | jq     for programs
      chaos-migrate - --apply < test_x.py              as a filter, for editors

    Exit codes: 0 nothing to do or done, 1 changes pending (with --exit-code), 2 wrong usage or a
    file that could not be handled.
    """
    return run(Request(choice=Choice(select, ignore, style, shrink, unsafe_fixes), **options))


def run(request: Request) -> int:
    """Carry out the request and return the exit code."""
    if request.quiet and request.verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    if request.filters and len(request.paths) > 1:
        raise click.UsageError("- (standard input) cannot be combined with other paths")
    if request.interactive:
        _refuse_without_terminal(request)
        request = replace(request, apply=True)
    from chaos_migrate.cli.pipeline import outcomes
    from chaos_migrate.cli.report import outcome_diff, show_text
    from chaos_migrate.cli.tally import Tally

    tally, patch, report = Tally(), bytearray(), _report(request)
    for outcome in outcomes(request):
        tally.add(outcome)
        report.file(outcome)
        if request.output:
            patch += outcome_diff(outcome)
        if request.filters and request.apply and request.format == "text":
            show_text(b"" if outcome.problem else outcome.after)
    report.end(tally)
    if request.output:
        _write_patch(Path(request.output), bytes(patch))
    if tally.failed:
        return 2
    return 1 if tally.changed and request.exit_code and not request.apply else 0


def _refuse_without_terminal(request: Request) -> None:
    if request.filters or request.format != "text" or request.output or request.quiet:
        raise click.UsageError(
            "--interactive needs files to ask about, and excludes --format, --output and --quiet"
        )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--interactive needs a terminal: use --apply to write everything")


def _report(request: Request) -> Report:
    from chaos_migrate.cli.git import repository
    from chaos_migrate.cli.report import JsonReport, TextReport

    if request.format == "json":
        return JsonReport(request.show_kept)
    undoable = any(repository(folder) for folder in request.folders())
    command = "" if request.filters else request.apply_command(allow_dirty=not undoable)
    note = "" if undoable else " (there is no git repository here to undo it with)"
    return TextReport(
        request.color,
        volume=request.verbose - request.quiet,
        show_kept=request.show_kept,
        show_diff=not request.apply and not request.output,
        applied=request.apply,
        command=(command, note),
        ends_after=_ends_after(request),
    )


def _ends_after(request: Request) -> float:
    """The seconds after which pytest ends a test of what is migrated, 0 if it does not."""
    from chaos_migrate.cli.pytest_settings import read_settings
    from chaos_migrate.cli.toml import ConfigError

    try:
        return max((read_settings(folder).timeout for folder in request.folders()), default=0)
    except ConfigError:
        return 0  # the run itself will tell


def _write_patch(path: Path, patch: bytes) -> None:
    try:
        path.write_bytes(patch)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from error
