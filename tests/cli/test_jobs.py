"""`--jobs`: several processes say what one says, and none takes the others with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli import jobs, workers
from chaos_migrate.cli.jobs import jobs_for
from chaos_migrate.cli.workers import in_processes
from tests.cli.conftest import LOAD_TEST

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

pytestmark = pytest.mark.long(25)

DYING = Path(__file__).with_name("dying.py")
START_METHODS = ("fork", "spawn", "forkserver")


def a_suite(work: Workplace, files: int = 6) -> None:
    """A folder of tests that all change, with a helper module, a broken file and a kept number."""
    helper = "def request(number):\n    return number\n"
    work.write("tests/helpers.py", helper)
    for number in range(files):
        imported = LOAD_TEST.replace(helper, "from helpers import request\n")
        work.write(f"tests/{number % 3}/test_{number}.py", imported * (1 + number % 3))
    work.write("tests/0/test_broken.py", "def test(:\n")
    work.write("tests/1/test_kept.py", LOAD_TEST.replace("(100):", "(100):  # chaos: keep"))


@pytest.mark.parametrize(
    "command",
    [
        ("migrate", "--show-kept"),
        ("migrate", "--format", "json"),
        ("check",),
        ("check", "--show-suppressed", "--format", "sarif"),
        ("check", "--color", "always"),
        ("status", "--by", "file", "--format", "json"),
    ],
    ids=" ".join,
)
def test_several_processes_say_what_one_says(work: Workplace, command: tuple[str, ...]) -> None:
    a_suite(work)
    alone = work.run(*command, "tests", "--jobs", "1")
    together = work.start(*command, "tests", "--jobs", "3")
    assert together == alone
    assert "test_broken.py" in alone.err + alone.text


def test_new_findings_are_the_same_from_several_processes(work: Workplace) -> None:
    a_suite(work)
    work.commit()
    work.write("tests/2/test_2.py", LOAD_TEST * 5)
    command = ("check", "tests", "--new-since", "HEAD", "--jobs")
    alone, together = work.run(*command, "1"), work.start(*command, "2")
    assert together == alone
    assert alone.text.count("test_2.py") > 0


def test_several_processes_write_what_one_writes(work: Workplace) -> None:
    a_suite(work)
    work.commit()
    written = []
    for n in "13":
        work.start("tests", "--apply", "--jobs", n)
        written.append(work.git("diff"))
        work.git("checkout", "-q", ".")
        work.git("clean", "-dfq")
    assert written[0] == written[1]
    assert written[0].count(b"+++") == 6


@pytest.mark.parametrize("method", START_METHODS)
def test_what_kills_its_process_is_lost_alone(work: Workplace, method: str) -> None:
    a_suite(work)
    deadly = {
        "tests/0/test_exits.py": "the process that worked on it ended with exit code 7",
        "tests/1/test_is_killed.py": "the process that worked on it was killed, perhaps for want"
        " of memory",
        "tests/2/test_is_too_large.py": "there is not enough memory to analyse it",
    }
    whole = work.run("tests", "--jobs", "1")
    for name in deadly:
        work.write(name)
    command = [sys.executable, DYING, method, "tests", "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == whole.text
    for name, message in deadly.items():
        assert f"{name}: error: {message}\n" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "status"])
def test_every_command_names_what_was_lost(work: Workplace, command: str) -> None:
    a_suite(work)
    work.write("tests/1/test_is_killed.py")
    start = [sys.executable, DYING, "fork", command, "tests", "--jobs", "2"]
    done = subprocess.run(start, capture_output=True, check=False, text=True, timeout=60)
    assert done.returncode == 2
    assert "test_is_killed.py: error: the process that worked on it was killed" in done.stderr


@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_no_process_stays_behind(work: Workplace, method: str, sent: signal.Signals) -> None:
    work.write("tests/test_takes_long.py")
    work.write("tests/test_x.py")
    process = subprocess.Popen(
        [sys.executable, DYING, method, "tests", "-q", "--jobs", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until(lambda: (work.folder / "waiting").exists())
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)  # all of them hear of it, as on a terminal
    else:
        process.send_signal(sent)
    _, told = process.communicate(timeout=60)
    assert process.returncode == (130 if sent == signal.SIGINT else -sent)
    assert told.strip() == ("Interrupted." if sent == signal.SIGINT else "")
    until(lambda: not is_left(process.pid))


def is_left(group: int) -> bool:
    """Whether any process of a group is."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def until(come: Callable[[], bool]) -> None:
    """Wait for something that must come."""
    for _ in range(1000):
        if come():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come")


def test_files_are_taken_as_they_are_needed() -> None:
    taken: list[Path] = []

    def many() -> Iterator[Path]:
        for number in range(100_000):
            taken.append(Path(str(number)))
            yield taken[-1]

    results = in_processes(str, many(), str_of_lost, jobs=2)
    assert [next(results) for _ in range(100)] == [str(number) for number in range(100)]
    assert len(taken) < 1000
    results.close()


def str_of_lost(path: Path, why: str) -> str:
    """What is told of a file that was lost."""
    return f"{path}: {why}"


def die_after_all_others(path: Path) -> str:
    """Work on a file; the first one outlasts the rest, and then takes its process along."""
    if path.name == "0":
        time.sleep(1)
        os._exit(9)
    return path.name


def test_what_waits_for_a_file_of_a_dead_process_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_WAITING", 8)
    paths = [Path(str(number)) for number in range(40)]
    results = list(in_processes(die_after_all_others, paths, lambda path, why: f"{path} lost", 2))
    assert results == ["0 lost", *(path.name for path in paths[1:])]


def test_where_no_process_can_be_started_this_one_does_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers.multiprocessing.Process, "start", refused)
    files = [Path("a"), Path("b")]
    assert list(in_processes(str, files, str_of_lost, jobs=2)) == ["a", "b"]


@pytest.mark.parametrize(
    ("files", "lines", "wanted", "expected"),
    [(29, 10, None, 1), (30, 10, None, 4), (2, 20_000, None, 2), (5, 10, 3, 3), (2, 10, 3, 2)],
)
def test_processes_are_started_where_they_pay_or_are_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: int,
    lines: int,
    wanted: int | None,
    expected: int,
) -> None:
    monkeypatch.setattr(jobs, "_cpus", lambda: 4)
    paths = [tmp_path / f"test_{number}.py" for number in range(files)]
    for path in paths:
        path.write_text("assert len(results) == expected\n" * (lines // files))
    assert jobs_for(paths, wanted) == expected
