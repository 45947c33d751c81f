"""What the command line says about the rules; it wins over the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from chaos_migrate.cli.config import SHRINKS, STYLES, Config, is_code
from chaos_migrate.cli.ignored import Patterns
from chaos_migrate.codemods.plan import Options

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Choice:
    """Rules and forms; an empty tuple or None stands for "not said"."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    style: str | None = None
    shrink: str | None = None
    unsafe: bool = False

    def options(self, config: Config, path: Path, fixture: str) -> Options:
        """How the file `path` is to be planned; `fixture` is what its suite gets."""
        ignored = self.ignore or config.ignore
        for pattern, codes in config.per_file_ignores.items():
            if Patterns(config.root, (pattern,)).match(path.resolve()):
                ignored += codes
        return Options(
            select=self.select or config.select,
            ignore=ignored,
            style=self.style or config.style,
            shrink=self.shrink or config.shrink,
            fixture=fixture,
            always_load=config.always_load,
            never_load=config.never_load,
            unsafe=self.unsafe,
            line_length=config.line_length,
        )

    def arguments(self) -> list[str]:
        """The same on a command line."""
        words = [f"--select={','.join(self.select)}"] if self.select else []
        words += [f"--ignore={','.join(self.ignore)}"] if self.ignore else []
        words += [f"--style={self.style}"] if self.style else []
        words += [f"--shrink={self.shrink}"] if self.shrink else []
        words += ["--unsafe-fixes"] if self.unsafe else []
        return words


def _codes(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    codes = tuple(code.strip() for value in values for code in value.split(","))
    for code in codes:
        if not is_code(code):
            raise click.BadParameter(f"{code!r} is no rule code like CHM101 or CHM2")
    return codes


def choice_options(command: Command) -> Command:
    """The options of every command that plans; their values are the fields of a `Choice`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--select",
        multiple=True,
        callback=_codes,
        metavar="CODES",
        help="Only these, like CHM1,CHM203.",
    ),
    click.option(
        "--ignore", multiple=True, callback=_codes, metavar="CODES", help="All but these."
    ),
    click.option(
        "--style",
        type=click.Choice(STYLES),
        help="plain: write nothing but load_multiplier arithmetic.",
    ),
    click.option(
        "--shrink",
        type=click.Choice(SHRINKS),
        help="always: fewer trials on small machines even where tests detect less.",
    ),
)
