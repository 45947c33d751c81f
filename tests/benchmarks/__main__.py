"""How fast chaos-migrate is: a table of ratios, each measured within one run on one machine.

    python tests/benchmarks                          # about five minutes
    python tests/benchmarks --suite path/to/tests/chaos --linters
    python tests/benchmarks planning curves          # only these sections

Times are CPU seconds (for `check` as a process, seconds by the clock), the best of several rounds
in which both sides take turns, so that the noise of a shared machine hits both alike. Targets are
the project's own; a ratio above one is marked.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterable
from pathlib import Path

import curves
import linters
import planning
import processes
import rewriting
import startup
from suites import OWN, STANDARD, Suite, multiplied
from table import Row, line

from chaos_migrate.cli.__main__ import COLLECT_EVERY

SECTIONS = ("planning", "processes", "rewriting", "startup", "curves", "linters")


def rows(options: argparse.Namespace) -> Iterable[Row]:
    """Every measurement asked for, as soon as it is made."""
    own = Suite("our own suite", OWN)
    others = [Suite(folder.name, folder) for folder in options.suite]
    dense = [own, *others]
    for section in options.sections or SECTIONS:
        if section == "planning":
            yield planning.row(multiplied(own, options.times), options.rounds, dense=True)
            for suite in others:
                yield planning.row(suite, options.rounds, dense=True)
            if not options.quick:
                yield planning.row(STANDARD, max(1, options.rounds // 2), dense=False)
        elif section == "processes":
            for suite in others:
                yield from processes.rows(suite, options.rounds, dense=True)
            if not options.quick:
                yield from processes.rows(STANDARD, max(1, options.rounds // 2), dense=False)
        elif section == "rewriting":
            yield from (rewriting.row(suite, options.rounds) for suite in dense)
        elif section == "startup":
            yield from startup.rows(own, options.rounds)
        elif section == "curves":
            yield from curves.rows(options.rounds, largest=0.004 if options.quick else 1)
        elif options.linters:
            yield from linters.rows(multiplied(own, options.times), options.rounds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument(
        "--suite", type=Path, action="append", default=[], help="also this folder, a dense suite"
    )
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many (5)")
    parser.add_argument("--times", type=int, default=10, help="our suite so many times (10)")
    parser.add_argument("--linters", action="store_true", help="also Fixit and pylint")
    parser.add_argument("--quick", action="store_true", help="small inputs: to try the program")
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    gc.set_threshold(COLLECT_EVERY)  # as the program itself does, for both sides
    for row in rows(options):
        print(line(row), flush=True)


if __name__ == "__main__":
    main()
