"""Fixit with one rule that asks for the same numbers, and pylint's check of magic values."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from planning import plan
from suites import Suite
from table import Row, best, cpu_of

# One file a call costs the linters their start-up again: they get all files in one process.
_RULE = '''\
import libcst as cst
from fixit import LintRule, Valid, Invalid


class HardcodedRange(LintRule):
    """A loop over a literal range."""

    MESSAGE = "hardcoded range"
    VALID = [Valid("for i in range(n): pass")]
    INVALID = [Invalid("for i in range(10): pass")]

    def visit_For(self, node: cst.For) -> None:
        call = node.iter
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Name):
            if call.func.value == "range" and isinstance(call.args[0].value, cst.Integer):
                self.report(node)
'''


def rows(suite: Suite, rounds: int) -> Iterator[Row]:
    """Our planning as a part of what the linters need; one note for each that is missing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for index, (_, data) in enumerate(suite.files):
            (folder / f"test_{index}.py").write_bytes(data)
        (ours,) = best(rounds, lambda: plan(suite))
        for tool, command, target in (
            ("fixit", _fixit(folder), 1 / 15),
            ("pylint", _pylint(folder), 1.0),
        ):
            if importlib.util.find_spec(tool) is None:
                note = f"{tool} is not installed: pip install {tool}"
                yield Row(f"plan {suite.name}", suite.size, tool, 0, 0, note=note)
                continue
            yield Row(f"plan {suite.name}", suite.size, tool, ours, cpu_of(command, folder), target)


def _fixit(folder: Path) -> list[str]:
    (folder / "hardcoded.py").write_text(_RULE)
    (folder / "pyproject.toml").write_text(
        '[tool.fixit]\nroot = true\nenable = [".hardcoded"]\ndisable = ["fixit.rules"]\n'
    )
    return [sys.executable, "-m", "fixit", "lint", *map(str, sorted(folder.glob("test_*.py")))]


def _pylint(folder: Path) -> list[str]:
    magic = ["--load-plugins=pylint.extensions.magic_value", "--disable=all"]
    magic += ["--enable=magic-value-comparison", "--score=n", "-j1"]
    return [sys.executable, "-m", "pylint", *magic, *map(str, sorted(folder.glob("test_*.py")))]
