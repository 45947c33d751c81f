"""The benchmark program; what it measures is not judged here, where other tests run beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent / "benchmarks"


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS), "--rounds", "1", "--times", "1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_benchmarks_print_a_ratio_for_each_measurement(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own():\n    assert len(range(3)) == 3\n")
    done = benchmark(
        "planning", "processes", "startup", "curves", "--quick", "--suite", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    for row in (
        "plan our own suite",
        f"check {tmp_path.name}",
        "check as a process",
        "plan a nesting",
    ):
        assert any(line.startswith(row) and " x " in line for line in done.stdout.splitlines())
    assert "the memory of its tree" in done.stdout


def test_the_benchmarks_refuse_a_section_that_they_do_not_have() -> None:
    done = benchmark("plannig")
    assert done.returncode == 2
    assert "no such section: plannig" in done.stderr
