"""`chaos-migrate verify PATHS`: run a suite before and after, and say in numbers what changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from chaos_migrate.cli.choice import Choice, choice_options


class PassesOn(click.Command):
    """A command that passes everything after `--` on."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put aside what is not ours before anyone looks at it."""
        if "--" in args:
            end = args.index("--")
            ctx.meta["passed_on"] = tuple(args[end + 1 :])
            args = args[:end]
        return super().parse_args(ctx, args)


def _loads(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[float, ...]:
    try:
        loads = {float(word) for word in value.split(",") if word.strip()}
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of numbers like 0.5,1,4") from None
    if not loads or not all(0 < load < 1000 for load in loads):
        raise click.BadParameter("loads are numbers above 0, like 0.5,1,4")
    return tuple(sorted(loads | {1.0}))  # 1 is what everything is compared with


@click.command(cls=PassesOn)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="PATHS...")
@click.option(
    "--loads",
    metavar="LOADS",
    default="0.5,1,4",
    show_default=True,
    callback=_loads,
    help="Load multipliers; 1 always belongs to them.",
)
@click.option(
    "--runs",
    default=40,
    show_default=True,
    type=click.IntRange(3, 10_000),
    help="At most so many runs of a test at a load; what is clear earlier stops earlier.",
)
@click.option(
    "--precision",
    default=7,
    show_default=True,
    type=click.FloatRange(0.1, 50),
    callback=lambda _context, _parameter, points: points / 100,
    metavar="POINTS",
    help="How well to know how often a test failed by itself before, within --runs: plus or minus "
    "so many points.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="So many runs at once; as many as there are CPUs by default.",
)
@click.option(
    "--against",
    metavar="REV",
    help="Compare the suite as it lies there with this commit. Without it: with its own migration "
    "if one is pending, else with the commit where this branch left the main one.",
)
@click.option(
    "--inject",
    type=click.FloatRange(0, 1, max_open=True),
    default=0,
    metavar="SHARE",
    help="Also let this share more of what is simulated with random.random() go wrong, and count "
    "how often the tests notice.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=60,
    show_default=True,
    help="Seconds after which a test counts as hung and is killed.",
)
@click.option(
    "--python",
    metavar="PROGRAM",
    help="The Python that has pytest and all that the suite needs; that of the active environment "
    "by default.",
)
@click.option(
    "--format", type=click.Choice(["text", "json", "markdown", "html"]), default="text",
    show_default=True,
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write the report to a file."
)
@click.option("-v", "--verbose", is_flag=True, help="List every test and every bound.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@choice_options
@click.pass_context
def verify(context: click.Context, /, **options: Any) -> int:
    """Run a suite before and after its migration, and compare.

    This is the only command that runs your code. It works on copies, in a temporary folder: your
    files are not touched. Only pytest is needed in your environment.

    Every test runs at several loads, with other dice each time, until its pass rate is clearly the
    same or clearly worse. At load 1 every assertion must see the very values that it saw before.
    What comes after -- goes to pytest.

    \b
    Examples:
      chaos-migrate verify tests/chaos                     before it is applied, or after
      chaos-migrate verify tests/chaos --against main      another migration, by hand or tool
      chaos-migrate verify tests/chaos --inject 0.3        do the tests still notice failures?
      chaos-migrate verify tests/chaos --format html --output report.html
      chaos-migrate verify tests/chaos -- -m "not slow" -n 8

    Exit codes: 0 nothing became worse, 1 something did, 2 it could not be run.
    """
    from chaos_migrate.cli.verifying.command import Wish, run

    choice = Choice(**{name: options.pop(name) for name in ("select", "ignore", "style", "shrink")})
    options["jobs"] = options["jobs"] or _cpus()
    paths = tuple(map(Path, options.pop("paths")))
    passed_on = context.meta.get("passed_on", ())
    return run(Wish(paths=paths, choice=choice, passed_on=passed_on, **options))


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
