"""`chaos-migrate status PATH`: how far the migration is, category by category."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chaos_migrate.cli.choice import Choice, choice_options
from chaos_migrate.cli.jobs import jobs_option

if TYPE_CHECKING:
    from chaos_migrate.cli.standing.counts import Standing

_FORMATS = {".md": "markdown", ".json": "json"}


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["category", "file"]),
    help="A row for each folder below PATH, or for each file. Default: what there are several of.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    help="Default: text, or what the name of --output says.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to a file instead of standard output.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if FILE is out of date.")
@choice_options
@jobs_option
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def status(
    path: Path,
    by: str | None,
    form: str | None,
    output: Path | None,
    check: bool,
    jobs: int | None,
    color: str,
    **choice: Any,
) -> int:
    """Show how far the migration of a suite is.

    A test is adaptive where its numbers scale already, pending where `migrate` would rewrite some,
    and needs a person where some were refused. All others have nothing to scale.

    \b
    Examples:
      chaos-migrate status tests/chaos                      a table, a row a category
      chaos-migrate status tests/chaos --by file            a row a file
      chaos-migrate status tests/chaos --output STATUS.md   the page for the repository
      chaos-migrate status tests/chaos --output STATUS.md --check    in CI

    Exit codes: 0 done, 1 FILE is out of date (with --check), 2 wrong usage or a file that could
    not be handled.
    """
    if check and output is None:
        raise click.UsageError("--check needs --output: the file to be checked")
    form = form or (_FORMATS.get(output.suffix, "text") if output else "text")
    standing = _standing(path, Choice(**choice), jobs, color)
    by = by or standing.best_rows
    _complain(standing, color)
    failed = 2 if standing.problems else 0
    if output is None:
        _show(standing, by, form, color)
        return failed
    text = _document(standing, by, form)
    if check:
        return failed or _outdated(output, text)
    _write(output, text)
    return failed


def _standing(path: Path, choice: Choice, jobs: int | None, colour: str) -> Standing:
    from chaos_migrate.cli.bar import Bar
    from chaos_migrate.cli.config import read_config
    from chaos_migrate.cli.conftests import Conftests
    from chaos_migrate.cli.discover import discover
    from chaos_migrate.cli.jobs import jobs_for, spread
    from chaos_migrate.cli.plans import planner
    from chaos_migrate.cli.standing.counts import FileStandings, standing_of
    from chaos_migrate.cli.targets import folders_of

    (given,) = folders_of([path])
    config = read_config(given)
    plan = planner(choice, config, Conftests(given, config.fixtures))
    found = discover([path], config)
    folder = path if path.is_dir() else path.parent
    work = FileStandings(folder, plan)
    jobs = jobs_for(found.files, jobs)
    files = spread(work, Bar(colour).over(found.files), work.lost, jobs)
    return standing_of(folder, files, found.problems)


def _document(standing: Standing, by: str, form: str) -> str:
    if form == "json":
        from chaos_migrate.cli.standing.as_json import as_json

        return as_json(standing, by) + "\n"
    if form == "markdown":
        from chaos_migrate.cli.standing.page import page

        return page(standing, by)
    from chaos_migrate.cli.standing.table import Signs, table_lines

    lines = table_lines(standing, by, Signs())
    return "".join(
        "".join(span if isinstance(span, str) else span[0] for span in line).rstrip() + "\n"
        for line in lines
    )


def _show(standing: Standing, by: str, form: str, colour: str) -> None:
    from chaos_migrate.cli.standing.table import signs_for, table_lines
    from chaos_migrate.cli.terminal import printer, wants_colour

    if form != "text":
        click.echo(_document(standing, by, form), nl=False)
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    show = printer(sys.stdout, wants_colour(colour, sys.stdout))
    for line in table_lines(standing, by, signs_for(sys.stdout.encoding), width):
        show(line)


def _complain(standing: Standing, colour: str) -> None:
    from chaos_migrate.cli.render import problem_lines
    from chaos_migrate.cli.terminal import printer, wants_colour

    if standing.problems:
        show = printer(sys.stderr, wants_colour(colour, sys.stderr))
        for problem in standing.problems:
            for line in problem_lines(problem, verbose=False):
                show(line)


def _outdated(output: Path, text: str) -> int:
    from chaos_migrate.cli.terminal import visible

    there = output.read_text(encoding="utf-8") if output.exists() else None
    if there == text:
        return 0
    why = "does not exist" if there is None else "is out of date"
    click.echo(visible(f"{output} {why}: run the same command without --check"), err=True)
    return 1


def _write(output: Path, text: str) -> None:
    from chaos_migrate.cli.write import WriteError, write_file

    before = output.read_bytes() if output.exists() else None
    if before == text.encode():
        return
    try:
        write_file(output, before, text.encode())
    except WriteError as error:
        raise click.FileError(str(output), str(error)) from error
