"""Python starts the program, and it does what the one does that the other tests fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


@pytest.mark.parametrize(
    "command",
    [
        ("tests",),
        ("tests", "--color=always"),
        ("tests", "--exit-code", "--verbose"),
        ("tests", "nowhere", "--format=json"),
        ("check", "tests", "--format=sarif"),
        ("status", "tests"),
        ("explain", "tests/test_x.py:11"),
        ("init", "tests", "--check"),
        ("--help",),
        ("check", "--no-such-option"),
    ],
    ids=" ".join,
)
def test_every_command_says_the_same_when_started(
    work: Workplace, command: tuple[str, ...]
) -> None:
    work.write("tests/test_x.py")
    work.write("tests/test_broken.py", "def test(:\n")
    assert work.start(*command) == work.run(*command)


def test_a_migration_is_applied_when_started(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    assert work.start("tests", "--apply").code == 0
    written = work.git("diff")
    work.git("checkout", "-q", ".")
    work.git("clean", "-dfq")
    assert work.run("tests", "--apply").code == 0
    assert work.git("diff") == written
    assert b"+    iterations = chaos_config.scaled(100" in written
