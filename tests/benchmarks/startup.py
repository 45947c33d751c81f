"""Whole processes on five files without findings, against `python -c "import click"`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from suites import Suite
from table import Row, cpu_of

TARGET = 3
FILES = 5
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def rows(suite: Suite, rounds: int) -> Iterator[Row]:
    """The ratios of the CPU times of both processes."""
    with tempfile.TemporaryDirectory() as folder:
        for index, (_, data) in enumerate(_unchanged(suite)):
            (Path(folder) / f"test_{index}.py").write_bytes(data)
        for command in ("check", "migrate"):
            ours = [sys.executable, "-m", "chaos_migrate.cli", command, folder, "--quiet"]
            warm = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
            subprocess.run(
                ours, capture_output=True, env=warm
            )  # leaves the bytecode that pip leaves
            theirs = [sys.executable, "-c", "import click"]
            least = [float("inf")] * 2
            for _ in range(4 * rounds):
                for index, process in enumerate((ours, theirs)):
                    least[index] = min(least[index], cpu_of(process))
            yield Row(f"{command} as a process", f"{FILES} files", '"import click"', *least, TARGET)


def _unchanged(suite: Suite) -> list[tuple[Path, bytes]]:
    """Five test modules in which nothing changes: they never need LibCST."""
    from chaos_migrate.cli.plans import Planner
    from chaos_migrate.codemods.plan import Options

    planner = Planner(lambda _: Options())
    quiet = [
        (path, data)
        for path, data in suite.files
        if path.name.startswith("test_") and not planner.text(path, data).plan.edits
    ]
    return quiet[:FILES]
