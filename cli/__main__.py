"""The entry point: `chaos-migrate`, or `python -m chaos_migrate.cli`."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from chaos_migrate.cli.check import check
from chaos_migrate.cli.explain import explain
from chaos_migrate.cli.init import init
from chaos_migrate.cli.migrate import migrate
from chaos_migrate.cli.status import status
from chaos_migrate.cli.terminal import visible
from chaos_migrate.cli.toml import ConfigError
from chaos_migrate.cli.verify import verify

DEFAULT = "migrate"
# A tree is very many objects and hardly a cycle: looking for cycles as often as Python does by
# default takes a third of the time on a large suite.
COLLECT_EVERY = 50_000


class DefaultToMigrate(click.Group):
    """A group whose first argument may be left out when it is `migrate`.

    The libraries for this look at the arguments after they were parsed, and lose a `--` on the way.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command where no command and no option of the group itself stands."""
        own_options = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if args and args[0] not in self.commands and args[0] not in own_options:
            self._refuse_mistyped(ctx, args[0])
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def _refuse_mistyped(self, ctx: click.Context, word: str) -> None:
        """A word that is no path and almost a command was meant to be one."""
        if word.startswith("-") or os.path.lexists(word):
            return
        import difflib

        for command in difflib.get_close_matches(word, self.commands, n=1, cutoff=0.75):
            ctx.fail(f"There is no path {word!r}, and no such command. Did you mean {command!r}?")


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("chaos-migrate")
    except PackageNotFoundError:
        number = "(not installed)"
    click.echo(f"chaos-migrate {number}")
    context.exit()


@click.group(
    cls=DefaultToMigrate,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 nothing to do or done, 1 findings or changes pending, 2 wrong usage or a "
    "file that could not be handled.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def cli() -> None:
    """Turn the hardcoded numbers of chaos and load tests into ones that adapt to the machine.

    A bare path means `migrate`, which only shows what it would do unless told to --apply.

    \b
    Examples:
      chaos-migrate tests/chaos              show what would change, as a diff
      chaos-migrate tests/chaos --apply      change it, in a git branch
      chaos-migrate verify tests/chaos       run it before and after, and compare
      chaos-migrate migrate --help           all options of a migration
      chaos-migrate check tests/chaos        report what is hardcoded, for CI and pre-commit
      chaos-migrate status tests/chaos       how far the migration is
      chaos-migrate explain test_x.py:34     why is this number (not) rewritten?
    """


cli.add_command(explain)
cli.add_command(init)
cli.add_command(migrate)
cli.add_command(check)
cli.add_command(status)
cli.add_command(verify)


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(COLLECT_EVERY)
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding cannot say is written as an escape, never a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        sys.exit(_run())
    except BrokenPipeError:
        # The reader (head, less) went away; nothing may be flushed into its pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _run() -> int:
    try:
        code = cli.main(prog_name="chaos-migrate", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        for line in message.getvalue().splitlines():
            click.echo(visible(line), err=True)
        return 2
    except ConfigError as error:
        click.echo(visible(f"Error: {error}"), err=True)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        click.echo(visible(f"Error: {error}"), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
