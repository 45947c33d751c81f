"""`chaos-migrate explain [CODE | FILE:LINE]`: a rule, or why a number is (not) rewritten."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chaos_migrate.cli.choice import Choice, choice_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chaos_migrate.cli.terminal import Line

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(?::\d+)?:?")


@click.command()
@click.argument("what", required=False, metavar="[CODE | FILE:LINE]")
@choice_options
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def explain(what: str | None, color: str, **choice: Any) -> int:
    """Explain a rule, or the numbers of a line; alone, list the rules.

    \b
    Examples:
      chaos-migrate explain                        the list of rules
      chaos-migrate explain CHM201                 one rule, with examples
      chaos-migrate explain hardcoded-range        the same by its name
      chaos-migrate explain tests/test_x.py:34     why were these numbers (not) rewritten?

    Exit codes: 0 done, 2 wrong usage or a file that could not be handled.
    """
    from chaos_migrate.cli.terminal import printer, wants_colour

    show = printer(sys.stdout, wants_colour(color, sys.stdout))
    for line in _lines(what, Choice(**choice)):
        show(line)
    return 0


def _lines(what: str | None, choice: Choice) -> Iterable[Line]:
    from chaos_migrate.cli.explaining.rules import rule_lines, rule_list
    from chaos_migrate.codemods.rules import RULES

    if what is None:
        return rule_list()
    place = _PLACE.fullmatch(what)
    if place is not None:
        return _of_line(Path(place["file"]), int(place["line"]), choice)
    by_name = {rule.name: rule for rule in RULES.values()}
    rule = RULES.get(what.upper()) or by_name.get(what.lower())
    if rule is not None:
        return rule_lines(rule)
    if Path(what).exists():
        raise click.UsageError(f"{what} needs a line: {what}:1")
    raise click.UsageError(
        f"{what!r} is no rule and no FILE:LINE: `chaos-migrate explain` lists the rules"
    )


def _of_line(path: Path, line: int, choice: Choice) -> Iterable[Line]:
    from chaos_migrate.cli.config import read_config
    from chaos_migrate.cli.conftests import Conftests
    from chaos_migrate.cli.explaining.lines import explanation_lines
    from chaos_migrate.cli.read import Unreadable, read_file
    from chaos_migrate.cli.targets import folders_of
    from chaos_migrate.codemods.explaining.lines import explain_line
    from chaos_migrate.codemods.library import Library
    from chaos_migrate.codemods.source import SourceError, parse_source
    from chaos_migrate.codemods.suite import Suite

    (given,) = folders_of([path])
    try:
        source = parse_source(path, read_file(path))
    except (Unreadable, SourceError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    lines = source.data.count(b"\n") + 1
    if not 1 <= line <= lines:
        raise click.UsageError(f"{path} has no line {line}: it ends with line {lines}")
    config = read_config(given)
    fixture = Conftests(given, config.fixtures).home(path).fixture
    options = choice.options(config, path, fixture)
    found = explain_line(source, Suite(Library(read_file).load), options, line)
    text = source.line_bytes(line).decode("utf-8", "replace")
    return explanation_lines(path, line, text, found)
