"""A whole process on five files without findings, against `python -c "import click"`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from suites import Suite
from table import Row, cpu_of

TARGET = 3
FILES = 5
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def row(suite: Suite, rounds: int) -> Row:
    """The ratio of the CPU times of both processes."""
    with tempfile.TemporaryDirectory() as folder:
        for index, (_, data) in enumerate(_unchanged(suite)):
            (Path(folder) / f"test_{index}.py").write_bytes(data)
        migrate = [sys.executable, "-m", "chaos_migrate.cli", folder, "--quiet"]
        warm = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        subprocess.run(migrate, check=True, env=warm)  # leaves the bytecode that pip leaves
        least = [float("inf")] * 2
        for _ in range(4 * rounds):
            for index, command in enumerate((migrate, [sys.executable, "-c", "import click"])):
                least[index] = min(least[index], cpu_of(command))
    return Row("whole process", f"{FILES} files", '"import click"', *least, TARGET)


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
