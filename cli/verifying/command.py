"""From a wish to a report: make the copies, carry out the runs, print what they said."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from chaos_migrate.cli.choice import Choice
from chaos_migrate.cli.git import GitError
from chaos_migrate.cli.targets import common_folder, folders_of
from chaos_migrate.cli.terminal import printer, visible, wants_colour
from chaos_migrate.cli.verifying.experiment import AFTER, BEFORE, Laboratory
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.live import progress
from chaos_migrate.cli.verifying.python import default_python
from chaos_migrate.cli.verifying.session import Pytest
from chaos_migrate.cli.verifying.sides import make_sides
from chaos_migrate.cli.verifying.text import report_lines
from chaos_migrate.cli.verifying.trees import project_root
from chaos_migrate.cli.verifying.verification import CannotRun, Verification

_CANNOT_RUN, _INTERRUPTED = 2, 130


@dataclass(frozen=True)
class Wish:
    """The command line of `verify`; see there."""

    paths: tuple[Path, ...]
    loads: tuple[float, ...]
    runs: int
    precision: float
    jobs: int
    against: str | None
    inject: float
    timeout: float
    python: str | None
    format: str
    output: str | None
    verbose: bool
    color: str
    choice: Choice
    passed_on: tuple[str, ...]


def run(wish: Wish) -> int:
    """Carry it out and return the exit code."""
    if wish.output and not os.access(Path(wish.output).resolve().parent, os.W_OK):
        raise click.UsageError(f"--output: nothing can be written to {wish.output}")
    folder = common_folder(folders_of(wish.paths))
    root = project_root(folder)
    with tempfile.TemporaryDirectory(
        prefix="chaos-migrate-", ignore_cleanup_errors=True
    ) as scratch:
        try:
            return _verified(wish, root, Path(scratch).resolve())
        except GitError as error:
            raise click.UsageError(f"git: {error}") from error


def _verified(wish: Wish, root: Path, scratch: Path) -> int:
    sides = make_sides(root, wish.paths, wish.against, wish.choice, scratch)
    if not sides.changed:
        _say("Nothing to verify: before and after are the same.")
        return 0
    here = Path.cwd().resolve()
    start = here if here.is_relative_to(root) else root
    pytest = Pytest(
        python=wish.python or default_python(),
        arguments=(*(str(_from(start, path)) for path in wish.paths), *wish.passed_on),
        project=root,
        folder=start.relative_to(root),
        bytecode=scratch / "bytecode",
        timeout=wish.timeout,
        stop=threading.Event(),
    )
    laboratory = Laboratory(pytest, {BEFORE: sides.before, AFTER: sides.after}, wish.jobs)
    verification = Verification(
        sides, laboratory, wish.loads, wish.runs, wish.precision, wish.inject
    )
    try:
        with _termination_interrupts(), progress(verification, wish.color):
            verification.run()
    except CannotRun as error:
        _say(f"Error: {error}")
        return _CANNOT_RUN
    except KeyboardInterrupt:
        _print(wish, verification.findings(interrupted=True))
        return _INTERRUPTED
    findings = verification.findings()
    _print(wish, findings)
    return int(findings.worse)


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Let a CI that ends what takes too long see what is known, and leave no run behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _from(start: Path, path: Path) -> Path:
    """A path as seen from a folder of the project; both lie in it."""
    return Path(os.path.relpath(path.resolve(), start))


def _print(wish: Wish, findings: Findings) -> None:
    if wish.format == "text":
        if wish.output:
            with Path(wish.output).open("w", encoding="utf-8") as stream:
                for line in report_lines(findings, wish.verbose):
                    printer(stream, colour=False)(line)
            return
        say = printer(sys.stdout, wants_colour(wish.color, sys.stdout))
        for line in report_lines(findings, wish.verbose):
            say(line)
        return
    text = _document(wish.format, findings)
    if wish.output:
        Path(wish.output).write_text(text, encoding="utf-8")
    else:
        print(text)


def _document(form: str, findings: Findings) -> str:
    if form == "json":
        from chaos_migrate.cli.verifying.as_json import as_json

        return as_json(findings)
    if form == "markdown":
        from chaos_migrate.cli.verifying.as_markdown import as_markdown

        return as_markdown(findings)
    from chaos_migrate.cli.verifying.as_html import as_html

    return as_html(findings)


def _say(text: str) -> None:
    click.echo(visible(text), err=True)
