"""Files read and planned: all that commands need that rewrite nothing."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

from chaos_migrate.cli.choice import Choice
from chaos_migrate.cli.config import Config
from chaos_migrate.cli.conftests import Conftests
from chaos_migrate.cli.outcome import Problem
from chaos_migrate.cli.read import Unreadable, read_file
from chaos_migrate.codemods.library import Library
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.settled import Replan
from chaos_migrate.codemods.source import Source, SourceError, parse_source
from chaos_migrate.codemods.suite import Suite


@dataclass(frozen=True)
class Planned:
    """One file with its plan, or with the problem why there is none; `source` is None then.

    `replan` plans another text of the same file in the same way.
    """

    path: Path
    plan: Plan = field(default_factory=Plan)
    source: Source | None = None
    replan: Replan | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class OptionsOf:
    """How a file is to be planned, by the command line, the configuration and its conftests."""

    choice: Choice
    config: Config
    conftests: Conftests

    def __call__(self, path: Path) -> Options:
        return self.choice.options(self.config, path, self.conftests.home(path).fixture)


@dataclass
class Planner:
    """From a path to its plan; `options` says how each file is to be planned.

    `library` has the helper modules of the suite, by default those on disk.
    """

    options: Callable[[Path], Options]
    library: Library = field(default_factory=lambda: Library(read_file))

    def file(self, path: Path) -> Planned:
        """The plan of a file on disk; nothing that is wrong with it gets out of here."""
        try:
            return self.text(path, read_file(path))
        except Unreadable as error:
            return Planned(path, problem=Problem(path, str(error)))

    def text(self, path: Path, data: bytes) -> Planned:
        """The plan of bytes that are, or might be, the content of `path`."""
        # One suite a file: what it remembers of a module must not outlive that module.
        suite = Suite(self.library.load)

        def plan(source: Source, settled: Container[ast.AST] = ()) -> Plan:
            return plan_source(source, suite, self.options(path), settled)

        try:
            source = parse_source(path, data)
            return Planned(path, plan(source), source, plan)
        except Exception as error:
            return Planned(path, problem=problem_of(path, error))


def planner(
    choice: Choice, config: Config, conftests: Conftests, library: Library | None = None
) -> Planner:
    """The planner of a run; `library` has the helper modules, by default those on disk."""
    return Planner(OptionsOf(choice, config, conftests), library or Library(read_file))


def problem_of(path: Path, error: Exception) -> Problem:
    """What to say of a file of which `error` came: one file never takes the others with it."""
    if isinstance(error, SourceError):
        return Problem(path, error.message, error.line)
    if isinstance(error, RecursionError):
        return Problem(path, "nested too deeply to be analysed")
    if isinstance(error, MemoryError):
        return Problem(path, "there is not enough memory to analyse it")
    message = f"a mistake of this program, please report it: {type(error).__name__}: {error}"
    return Problem(path, message, traceback="".join(traceback.format_exception(error)))
