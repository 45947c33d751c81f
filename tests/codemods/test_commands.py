"""The LibCST codemods: each converts whole groups of its kind, and says what it does not do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import libcst
import pytest
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from chaos_migrate.codemods import migration
from chaos_migrate.codemods.commands import (
    AdaptiveConcurrency,
    AdaptiveRanges,
    AdaptiveThresholds,
)

LOOP = """\
import time


def test_all_are_sent():
    sent = []
    for i in range(100):
        time.sleep(0)
        sent.append(i)
    assert len(sent) == 100
"""

SCALED_LOOP = """\
import time


def test_all_are_sent(chaos_config):
    sent = []
    iterations = chaos_config.scaled(100, floor=50)
    for i in range(iterations):
        time.sleep(0)
        sent.append(i)
    assert len(sent) == iterations
"""

TASKS = """\
import asyncio


async def test_all_wake_up():
    await asyncio.gather(*[asyncio.sleep(0) for _ in range(20)])
"""

HALF_MIGRATED = """\
import time


def test_few_fail(chaos_config):
    failures = 0
    attempts = max(100, int(100 * chaos_config.load_multiplier))
    for _ in range(attempts):
        try:
            time.sleep(0)
        except OSError:
            failures += 1
    assert failures <= 10
"""

KINDS = [(AdaptiveRanges, LOOP), (AdaptiveConcurrency, TASKS), (AdaptiveThresholds, HALF_MIGRATED)]


def converted(command: type[CodemodCommand], code: str, **arguments: str) -> tuple[str, list[str]]:
    """The new code and the warnings."""
    context = CodemodContext(filename="test_it.py")
    new = command(context, **arguments).transform_module(libcst.parse_module(code))
    return new.code, context.warnings


@pytest.mark.parametrize("command", [command for command, _ in KINDS])
def test_each_command_converts_its_own_kind_alone_and_only_once(
    command: type[CodemodCommand],
) -> None:
    for kind, code in KINDS:
        new, _ = converted(command, code)
        assert (new != code) is (kind is command)
        assert converted(command, new) == (new, [])


def test_a_loop_takes_along_what_depends_on_it() -> None:
    new, warnings = converted(AdaptiveRanges, LOOP)
    assert new == SCALED_LOOP
    (warning,) = warnings
    assert "need the fixture chaos_config, which this codemod does not write" in warning


def test_thresholds_follow_a_count_that_scales_already() -> None:
    new, _ = converted(AdaptiveThresholds, HALF_MIGRATED)
    assert "chaos_config.max_count(10, of=100, trials=attempts)" in new


def test_a_suite_with_a_config_of_its_own_is_asked_for_the_other_fixture() -> None:
    new, _ = converted(AdaptiveRanges, LOOP, fixture="chaos_load")
    assert new == SCALED_LOOP.replace("chaos_config", "chaos_load")


@pytest.mark.parametrize("command", [command for command, _ in KINDS])
def test_the_help_says_that_no_fixtures_are_written(command: type[CodemodCommand]) -> None:
    assert "Writes no fixtures" in command.DESCRIPTION


def test_a_file_that_cannot_be_handled_is_skipped_with_the_reason() -> None:
    module = libcst.parse_module(r"'\x'")  # LibCST does not look into strings
    with pytest.raises(SkipFile, match=r"syntax error: .*truncated \\x"):
        AdaptiveRanges(CodemodContext()).transform_module(module)


def test_a_rewrite_that_cannot_be_proven_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migration, "difference", lambda *_: "line 7: something else")
    with pytest.raises(SkipFile, match="another program: line 7: something else"):
        converted(AdaptiveRanges, LOOP)


def test_the_tool_of_libcst_runs_them(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_bytes(LOOP.encode())
    command = "chaos_migrate.codemods.commands.AdaptiveRanges"
    done = subprocess.run(
        [sys.executable, "-m", "libcst.tool", "codemod", "--no-format", "-x", command, path.name],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "need the fixture chaos_config" in done.stderr
    assert path.read_bytes().decode() == SCALED_LOOP
