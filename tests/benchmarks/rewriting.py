"""`--dry-run` against a bare round trip through LibCST of the files that it changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import libcst
from suites import Suite
from table import Row, best

from chaos_migrate.cli.plans import Planner
from chaos_migrate.cli.run import migrated
from chaos_migrate.codemods.plan import Options

TARGET = 2


@dataclass(frozen=True)
class Changed:
    """The files of a suite that a migration changes."""

    files: list[tuple[Path, bytes]]

    def round_trip(self) -> None:
        """Parse and write each, and nothing else."""
        for _, data in self.files:
            assert libcst.parse_module(data).bytes == data

    def dry_run(self) -> None:
        """Plan each, rewrite it in memory and prove the result."""
        planner = Planner(lambda _: Options())
        for path, data in self.files:
            assert migrated(planner.text(path, data)).problem is None


def row(suite: Suite, rounds: int) -> Row:
    """The ratio on the files of one suite that change."""
    planner = Planner(lambda _: Options())
    outcomes = [(path, data, migrated(planner.text(path, data))) for path, data in suite.files]
    changed = Changed([(path, data) for path, data, outcome in outcomes if outcome.changed])
    ours, theirs = best(rounds, changed.dry_run, changed.round_trip)
    size = f"{len(changed.files)} files"
    return Row(f"dry run of {suite.name}", size, "LibCST round trip", ours, theirs, TARGET)
