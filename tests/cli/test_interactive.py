"""`--interactive`, and the progress bar, in a pseudo-terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pexpect
import pytest

from chaos_migrate.cli import bar
from chaos_migrate.cli.bar import Bar

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Workplace

QUESTION = r"Write this group\? \[y,n,a,q,e,\?\] "
NAME = r"Name for (\w+) \[\w+\]: "

SUITE = """\
def test_pages(client):
    failures = 0
    for i in range(20):
        if not client.get(f"/{i}"):
            failures += 1
    assert failures < 6, "too many"


def test_posts(client):
    for _ in range(100):
        client.post("/")


class TestMore:
    def test_deletes(self, client):
        for _ in range(60):
            client.delete("/")
"""

FIRST = "iterations = chaos_config.scaled(20, floor=11)"
SECOND = "range(chaos_config.scaled(100, floor=50))"
THIRD = "range(self.chaos_config.scaled(60, floor=30))"


@pytest.fixture
def suite(work: Workplace) -> Workplace:
    work.write("tests/test_one.py", SUITE)
    work.write("tests/test_two.py", SUITE)
    work.commit()
    return work


class Terminal:
    """The program on a terminal, answered question by question."""

    def __init__(self, work: Workplace, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "chaos_migrate.cli", "tests", "--interactive", *arguments],
            cwd=str(work.folder),
            env={**environment, "TERM": "xterm"},
            encoding="utf-8",
            dimensions=(40, 100),
            timeout=60,
            echo=False,
        )

    def shown(self, until: str = QUESTION) -> str:
        """What was shown up to the next question."""
        self._child.expect(f"{until}(?:\x1b\\[0m)?")
        return re.sub(r"\x1b\[[0-9;]*m", "", str(self._child.before)).replace("\r\n", "\n")

    def answers(self, answers: Sequence[str]) -> None:
        for answer in answers:
            self.shown()
            self._child.sendline(answer)

    def say(self, line: str) -> None:
        self._child.sendline(line)

    def key(self, control: str) -> None:
        self._child.sendcontrol(control)

    def end(self) -> int:
        """The rest of the run, and its exit code."""
        self.rest = str(self._child.read())
        self._child.close()
        return int(self._child.exitstatus or 0)


def written(work: Workplace, name: str) -> list[bool]:
    """Which of the three groups of a file are written."""
    text = work.read(f"tests/{name}.py")
    return [code in text for code in (FIRST, SECOND, THIRD)]


def test_what_is_accepted_is_written_and_what_is_not_is_untouched(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["y", "n", "y", "n", "n", "n"])
    assert terminal.end() == 0
    assert written(suite, "test_one") == [True, False, True]
    assert suite.read("tests/test_one.py").count("chaos_config)") == 1  # the test that was left
    assert suite.read("tests/test_two.py") == SUITE
    assert "class ChaosConfig" in suite.read("tests/conftest.py")


def test_a_group_is_shown_whole_and_alone(suite: Workplace) -> None:
    terminal = Terminal(suite)
    shown = terminal.shown()
    assert "tests/test_one.py, test_pages" in shown
    assert "Group 1 of 3: CHM101 hardcoded-range, CHM201 hardcoded-count-threshold" in shown
    assert f"+    {FIRST}" in shown
    assert "+    max_failures = chaos_config.max_count(6, of=20" in shown
    assert SECOND not in shown
    terminal.say("q")
    assert terminal.end() == 0


def test_quitting_writes_what_was_accepted_before(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["n", "y", "q"])
    assert terminal.end() == 0
    assert written(suite, "test_one") == [False, True, False]
    assert suite.read("tests/test_two.py") == SUITE


def test_all_writes_the_rest_in_every_file_without_asking(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["n", "a"])
    assert terminal.end() == 0
    assert written(suite, "test_one") == [False, True, True]
    assert written(suite, "test_two") == [True, True, True]


def test_another_name_is_written_wherever_the_group_needs_it(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["e"])
    terminal.shown(NAME)
    terminal.say("rounds")
    terminal.shown(NAME)
    terminal.say("")
    assert "+    rounds = chaos_config.scaled(20, floor=11)" in terminal.shown()
    terminal.say("y")
    terminal.answers(["q"])
    assert terminal.end() == 0
    text = suite.read("tests/test_one.py")
    assert "for i in range(rounds):" in text
    assert "max_count(6, of=20, trials=rounds, strict=True)" in text
    assert '{failures}/{rounds}"' in text


@pytest.mark.parametrize(
    ("name", "said"), [("failures", "is taken"), ("for", "no name in Python"), ("2x", "no name")]
)
def test_a_name_that_cannot_be_is_refused(suite: Workplace, name: str, said: str) -> None:
    terminal = Terminal(suite)
    terminal.answers(["e"])
    terminal.shown(NAME)
    terminal.say(name)
    assert said in terminal.shown(NAME)
    terminal.say("")
    assert f"+    {FIRST}" in terminal.shown()
    terminal.say("q")
    assert terminal.end() == 0


def test_a_group_without_a_new_name_says_so(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["n", "e"])
    assert "makes no new name" in terminal.shown()
    terminal.say("q")
    assert terminal.end() == 0


def test_anything_else_shows_what_can_be_answered(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["?"])
    assert "y  write this group" in terminal.shown()
    terminal.key("d")  # the end of the input is as good as q
    assert terminal.end() == 0
    assert suite.read("tests/test_one.py") == SUITE
    assert suite.names("tests") == ["test_one.py", "test_two.py"]


def test_an_interrupt_leaves_the_file_in_work_as_it_was(suite: Workplace) -> None:
    terminal = Terminal(suite)
    terminal.answers(["y", "y", "y", "y"])
    terminal.shown()
    terminal.key("c")
    assert terminal.end() == 130
    assert written(suite, "test_one") == [True, True, True]
    assert suite.read("tests/test_two.py") == SUITE


def test_a_file_that_would_not_be_written_is_not_asked_about(suite: Workplace) -> None:
    suite.write("tests/test_one.py", SUITE + "\n# changed\n")
    terminal = Terminal(suite)
    assert "test_two.py, test_pages" in terminal.shown()
    terminal.say("q")
    assert terminal.end() == 2
    allowed = Terminal(suite, "--allow-dirty")
    assert "test_one.py, test_pages" in allowed.shown()
    allowed.say("q")
    assert allowed.end() == 0


@pytest.mark.parametrize("option", ["", "--format=json", "--quiet", "--output=x.patch"])
def test_it_takes_a_terminal(suite: Workplace, option: str) -> None:
    done = suite.run("tests", "--interactive", *filter(None, [option]))
    assert done.code == 2
    assert "--interactive" in done.err
    assert suite.read("tests/test_one.py") == SUITE


class Tty:
    """A stream that says that it is a terminal, and keeps what it is told."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(("patience", "drawn"), [(0.0, True), (60.0, False)])
def test_a_bar_is_drawn_on_a_terminal_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, patience: float, drawn: bool
) -> None:
    stream = Tty()
    monkeypatch.setattr(bar, "PATIENCE", patience)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    files = [tmp_path / "test_a.py", tmp_path / "test_[b].py"]
    progress = Bar()
    assert list(progress.erased_before(progress.over(files))) == files
    assert ("test_[b].py" in stream.text) is drawn


def test_nothing_is_drawn_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bar, "PATIENCE", 0.0)
    assert list(Bar().over([tmp_path])) == [tmp_path]
    assert capfd.readouterr() == ("", "")
