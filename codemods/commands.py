"""The migration as three LibCST codemods, for those who run theirs with `libcst.tool`.

    python -m libcst.tool codemod --no-format -x chaos_migrate.codemods.commands.AdaptiveRanges PATH

Each converts the groups of one kind of count, always whole: a loop takes its thresholds along.
`--no-format` keeps the tool from formatting all of a file that one line was changed in.

They write no fixtures, while the tests that they rewrite ask for one. Its source is

    python -c "from chaos_migrate.fixtures_templates.region import *; print(render_region())"

and belongs at the end of the suite's conftest, where `chaos-migrate PATH --apply` writes it too.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Container
from pathlib import Path
from typing import ClassVar

import libcst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from chaos_migrate.codemods.library import Library
from chaos_migrate.codemods.migration import migrate_source
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.source import Source, SourceError, parse_source
from chaos_migrate.codemods.suite import Suite

_NO_FIXTURES = "Writes no fixtures: see the module's docstring."


class _WholeGroups(CodemodCommand):
    """Converts the groups whose rule is one of `RULES`."""

    RULES: ClassVar[tuple[str, ...]]

    def __init__(self, context: CodemodContext, fixture: str = "chaos_config") -> None:
        super().__init__(context)
        self._options = Options(select=self.RULES, fixture=fixture)

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Let the user name the fixture: `libcst.tool` looks at no conftest."""
        arg_parser.add_argument(
            "--fixture",
            choices=("chaos_config", "chaos_load"),
            default="chaos_config",
            help="what the tests ask for: chaos_load where the suite has its own chaos_config",
        )

    def transform_module_impl(self, tree: libcst.Module) -> libcst.Module:
        """The module with its groups converted; SkipFile, with the reason, if it is left alone."""
        suite = Suite(Library().load)

        def plan(source: Source, settled: Container[ast.AST] = ()) -> Plan:
            return plan_source(source, suite, self._options, settled)

        try:
            source = parse_source(Path(self.context.filename or "stdin.py"), tree.bytes)
            planned = plan(source)
            migrated = migrate_source(source, planned, plan)
        except SourceError as error:
            raise SkipFile(error.message) from error
        except RecursionError as error:
            raise SkipFile("nested too deeply to be analysed") from error
        if migrated.problem:
            raise SkipFile(f"left alone: {migrated.problem}")
        if migrated.data == source.data:
            return tree
        if planned.fixture:
            self.warn(
                f"the tests need the fixture {planned.fixture}, which this codemod does not "
                "write: chaos_migrate.fixtures_templates.region.render_region() is its source"
            )
        return libcst.parse_module(migrated.data)


class AdaptiveRanges(_WholeGroups):
    """Scales loops and volumes of work, with the thresholds that depend on them."""

    DESCRIPTION = f"Scale hardcoded loops and volumes with the load. {_NO_FIXTURES}"
    RULES = ("CHM101", "CHM103")


class AdaptiveConcurrency(_WholeGroups):
    """Scales numbers of threads, tasks and clients, with the thresholds that depend on them."""

    DESCRIPTION = f"Scale hardcoded concurrency with the load. {_NO_FIXTURES}"
    RULES = ("CHM102",)


class AdaptiveThresholds(_WholeGroups):
    """Lets the thresholds of counts that scale already follow them."""

    DESCRIPTION = f"Let hardcoded thresholds follow counts that scale already. {_NO_FIXTURES}"
    RULES = ("CHM201", "CHM202", "CHM203", "CHM301")
