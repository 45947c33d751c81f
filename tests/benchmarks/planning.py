"""What `check` does, read and plan, against `ast.parse` of the same bytes."""

from __future__ import annotations

import ast
import warnings

from suites import Suite
from table import Row, best

from chaos_migrate.cli.plans import Planner
from chaos_migrate.codemods.plan import Options

DENSE, SPARSE = 6, 3


def parse(suite: Suite) -> None:
    """Only parse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, data in suite.files:
            ast.parse(data)


def plan(suite: Suite) -> None:
    """Everything up to the plan, with all rules, positions and reasons."""
    planner = Planner(lambda _: Options())
    for path, data in suite.files:
        planned = planner.text(path, data)
        assert planned.problem is None, planned.problem


def row(suite: Suite, rounds: int, *, dense: bool) -> Row:
    """The ratio on one suite."""
    ours, theirs = best(rounds, lambda: plan(suite), lambda: parse(suite))
    target = DENSE if dense else SPARSE
    return Row(f"plan {suite.name}", suite.size, "ast.parse", ours, theirs, target)
