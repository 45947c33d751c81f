"""The verify command, run as a process on suites that behave and on suites that do not."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Workplace

pytestmark = pytest.mark.long(45)

QUICK = ("--loads", "1", "--runs", "3")

CONFTEST = """\
import os, pytest

class Config:
    load_multiplier = float(os.environ["CHAOS_LOAD_MULTIPLIER"])

    def scaled(self, n):
        return max(1, int(n * self.load_multiplier + 0.5))

@pytest.fixture
def chaos_config():
    return Config()
"""

HEALTHY = """\
import random

def test_few_packets_are_lost():
    lost = 0
    for i in range(10):
        if i % 4 == 0:
            lost += 1
    assert lost <= 3

def test_most_requests_are_answered():
    answered = sum(random.random() < 0.999 for i in range(20))
    rate = answered / 20
    assert rate >= 0.7

def test_every_message_arrives():
    messages = []
    for i in range(30):
        messages.append(f"m{i}")
    assert len(messages) == 30
    assert messages[-1] == "m29"

def test_nothing_to_migrate():
    assert 1 + 1 == 2
"""

WRONG = """\
import random

def test_few_packets_are_lost(chaos_config):
    lost = 0
    for i in range(chaos_config.scaled(10)):
        if i % 4 == 0:
            lost += 1
    assert lost <= int(3 * chaos_config.load_multiplier)

def test_most_requests_are_answered(chaos_config):
    n = chaos_config.scaled(20)
    answered = sum(random.random() < 0.999 for i in range(n))
    rate = answered / n
    assert rate >= 0.65

def test_every_message_arrives(chaos_config):
    messages = []
    n = chaos_config.scaled(30)
    for _ in range(n):
        messages.append(f"m{i}")
    assert len(messages) == n
    assert messages[-1] == f"m{n - 1}"

def test_nothing_to_migrate():
    pass
"""

BARRIER = """\
import threading

def test_all_meet(chaos_config):
    n = {count}
    barrier = threading.Barrier(5)
    threads = [threading.Thread(target=barrier.wait, daemon=True) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

def test_beside_it():
    assert 2 * 2 == 4
"""


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a suite needs: loading pytest's other plugins takes most of the time of a run."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def verified(
    work: Workplace, before: str, after: str, *options: str, **others: tuple[str, str]
) -> tuple[Done, Any]:
    """A suite committed in one version and lying there in another, compared.

    It is one test module, and those that are given as `others`, each with its two versions.
    """
    work.write("chaos/conftest.py", CONFTEST)
    modules = {"test_x": (before, after), **others}
    for name, (old, _) in modules.items():
        work.write(f"chaos/{name}.py", old)
    work.commit()
    for name, (_, new) in modules.items():
        work.write(f"chaos/{name}.py", new)
    done = work.run("verify", "chaos", "--against", "HEAD", "--format", "json", *options)
    return done, json.loads(done.text) if done.text else None


def by_name(report: Any) -> dict[str, Any]:
    """What is said of each test."""
    tests = {test["test"].split("::")[-1]: test for test in report["tests"]}
    assert len(tests) == len(report["tests"])
    return tests


def verdicts(report: Any) -> dict[str, dict[float, str]]:
    return {
        name: {cell["load"]: cell["verdict"] for cell in test["cells"]}
        for name, test in by_name(report).items()
    }


SPOILED = {
    "test_dies": (
        "import os\n\ndef test_dies():\n    {}\n\ndef test_beside_it():\n    assert 1 < 2\n",
        ("pass", "os.kill(os.getpid(), 9)"),
    ),
    "test_import": ("{}\n\ndef test_import():\n    assert 1 < 2\n", ("", "import gone")),
    "test_unittest": (
        "import unittest\n\nclass T(unittest.TestCase):\n    def test_unittest(self):\n"
        "        self.assertLessEqual(1, {})\n        self.assertTrue(True)\n",
        ("3", "4"),
    ),
    "test_new": ("def test_new():\n    messages = []\n    {}\n", ("", "assert messages == []")),
}


def test_each_wrong_migration_is_caught_and_named(work: Workplace) -> None:
    spoiled = {
        name: (source.format(old), source.format(new))
        for name, (source, (old, new)) in SPOILED.items()
    }
    done, report = verified(work, HEALTHY, WRONG, "--loads", "0.5", "--runs", "3", **spoiled)
    assert done.code == 1, done.err
    tests, found = by_name(report), verdicts(report)

    bound = tests["test_few_packets_are_lost"]["cells"]
    assert found["test_few_packets_are_lost"] == {0.5: "WORSE", 1.0: "SAME"}
    assert "too tight for few trials" in bound[0]["cause"]
    assert "assert 2 <= 1" in bound[0]["cause"]

    loosened = tests["test_most_requests_are_answered"]
    assert re.search("compared `1.0 >= 0.7`, now `1.0 >= 0.65`", loosened["difference"]["what"])
    assert loosened["difference"]["where"] == "chaos/test_x.py:14"

    renamed = tests["test_every_message_arrives"]
    assert "passed before, failed after: NameError: name 'i'" in renamed["difference"]["what"]
    assert found["test_every_message_arrives"] == {0.5: "WORSE", 1.0: "WORSE"}

    dropped = tests["test_nothing_to_migrate"]["difference"]["what"]
    assert dropped == "an assertion is gone: `assert 1 + 1 == 2`"

    for name in ("test_dies", "test_import"):
        assert found[name] == {0.5: "WORSE", 1.0: "WORSE"}
    assert "SIGKILL" in tests["test_dies"]["cells"][1]["reason"]
    assert "No module named 'gone'" in tests["test_import"]["cells"][1]["reason"]
    assert found["test_beside_it"] == {0.5: "SAME", 1.0: "SAME"}

    for name, what in {
        "test_unittest": "compared `assertLessEqual 1 3`, now `assertLessEqual 1 4`",
        "test_new": "a new assertion",
    }.items():
        assert found[name][1.0] == "WORSE"
        assert what in tests[name]["difference"]["what"]


def test_a_count_without_its_barrier_hangs_and_is_killed_and_named(work: Workplace) -> None:
    scaled = BARRIER.format(count="chaos_config.scaled(5)")
    options = ("--loads", "1,1.4", "--runs", "3", "--timeout", "2")
    done, report = verified(work, BARRIER.format(count=5), scaled, *options)
    assert done.code == 1, done.err
    assert verdicts(report)["test_all_meet"][1.4] == "WORSE"
    assert verdicts(report)["test_beside_it"] == {1.0: "SAME", 1.4: "SAME"}
    cell = report["tests"][0]["cells"][1]
    assert cell["reason"].startswith("hung: killed after 2 s")
    assert "Barrier" in cell["cause"]


def test_a_pending_migration_is_verified_before_it_is_applied(work: Workplace) -> None:
    path = work.write("chaos/test_x.py")
    before = path.read_bytes()
    done = work.run("verify", "chaos", "--loads", "0.5,2", "--runs", "3")
    assert done.code == 0, done.text + done.err
    assert "nothing became worse" in done.text
    assert re.search(r"SAME +3 of tests at a load", done.text)
    assert re.search(r"identity +1 of 1 tests are the same at load 1", done.text)
    assert path.read_bytes() == before
    assert work.names("chaos") == ["test_x.py"]
    assert work.names() == ["chaos"]


def test_an_applied_migration_is_compared_with_where_the_branch_began(work: Workplace) -> None:
    work.write("chaos/test_x.py")
    work.commit()
    assert work.run("chaos", "--apply").code == 0
    done = work.run("verify", "chaos", *QUICK)
    assert done.code == 0, done.text + done.err
    assert "the suite as it lies there" in done.text
    assert "SAME" in done.text


def test_without_a_difference_there_is_nothing_to_run(work: Workplace) -> None:
    work.write("chaos/test_x.py", "def test_x():\n    raise SystemExit\n")
    work.commit()
    done = work.run("verify", "chaos")
    assert (done.code, done.text) == (0, "")
    assert "Nothing to verify" in done.err


COUNTS_ITS_RUNS = """\
def {name}():
    count = Path({count!r})
    run = len(count.read_text()) if count.exists() else 0
    count.write_text("x" * (run + 1))
    if run in {runs}:
        {then}
    assert count.exists()
"""

MACHINE = {
    "test_sees_more_once": ("(2,)", "assert run > 0", "(2,)"),
    "test_is_harmed_once": ("(3,)", "raise OSError('too busy')", "()"),
    # The old version meets a busy machine in its fourth run and whenever it is looked at again.
    "test_is_harmed_often": ("(3, *range(6, 99))", "assert run > 99", "()"),
}
"""What happens in the runs of a test: in some of the old version, and in some of the new one."""


def test_what_only_the_machine_has_done_is_not_blamed_on_the_migration(work: Workplace) -> None:
    flaky = "def test_is_flaky():\n    {}\n    assert random.random() < 0.6\n\n"
    versions = ["import random\nfrom pathlib import Path\n\n"] * 2
    for version, line in enumerate(("pass", "n = 1")):
        versions[version] += flaky.format(line)
        for name, (old, then, new) in MACHINE.items():
            runs, count = (old, new)[version], str(work.folder / name)
            versions[version] += COUNTS_ITS_RUNS.format(
                name=name, count=count, runs=runs, then=then
            )
    options = ("--loads", "1", "--runs", "6", "--jobs", "1")
    done, report = verified(work, *versions, *options)
    assert done.code == 0, done.text
    tests = by_name(report)
    assert not [name for name, test in tests.items() if test["difference"]]

    (cell,) = tests["test_is_flaky"]["cells"]
    assert cell["verdict"] == "BASELINE FLAKY"
    assert cell["before"] == cell["after"]
    assert cell["before"]["low"] < 0.6 < cell["before"]["high"]

    for name in ("test_is_harmed_once", "test_is_harmed_often"):
        before = tests[name]["cells"][0]["before"]
        assert before["passed"] < before["runs"]
    for name in ("test_sees_more_once", "test_is_harmed_often"):
        assert tests[name]["nondeterministic"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"test_x.py": "import no_such_module\n"}, "No module named 'no_such_module'"),
        ({"test_x.py": "x = 1\n"}, "pytest found no tests there"),
        ({"test_x.py": "", "pytest.ini": "[pytest]\naddopts = --no-such\n"}, "--no-such"),
        (
            {"test_x.py": "", "pytest.ini": "[pytest]\nrequired_plugins = pytest-no-such\n"},
            "pytest-no-such",
        ),
        ({"test_x.py": "def test_x(mocker):\n    pass\n"}, "fixture 'mocker' not found"),
        ({"test_x.py": "", "conftest.py": "import os\nos._exit(3)\n"}, "exit code 3"),
    ],
    ids=["import", "no-tests", "usage", "plugin", "fixture", "exit"],
)
def test_a_suite_that_cannot_run_is_told_as_such(
    work: Workplace, files: dict[str, str], says: str
) -> None:
    for name, text in files.items():
        work.write(f"chaos/{name}", text)
    work.commit()
    work.write("chaos/test_x.py", files["test_x.py"] + "# changed\n")
    done = work.run("verify", "chaos", "--against", "HEAD", *QUICK)
    assert done.code == 2
    assert "cannot be run as it is, before any migration" in done.err
    assert says in done.err


def test_a_new_version_that_cannot_run_is_not_taken_for_one_that_is_no_worse(
    work: Workplace,
) -> None:
    work.write("chaos/test_x.py", "def test_x():\n    assert 1 < 2\n")
    work.commit()
    work.write("chaos/conftest.py", "def broken(:\n")
    done = work.run("verify", "chaos", "--against", "HEAD", *QUICK)
    assert done.code == 2
    assert "the new version cannot be run" in done.err


BADLY_BEHAVED = {
    "prints megabytes": "print('x' * 5_000_000, flush=True)",
    "forks": "os.fork()",
    "leaves a thread": "threading.Thread(target=time.sleep, args=(60,)).start()",
    "leaves a process": "subprocess.Popen(['sleep', '60'])",
    "closes everything": "os.closerange(3, 100)",
    "leaves a file": "open('left', 'w').close()",
}


def test_badly_behaved_tests_do_no_harm(work: Workplace) -> None:
    tests = "".join(
        f"def test_{name.replace(' ', '_')}():\n    {code}\n    assert 1 < 2\n\n"
        for name, code in BADLY_BEHAVED.items()
    )
    source = f"import os, subprocess, threading, time\n\n{tests}"
    done, report = verified(work, source, source + "\n", *QUICK, "--jobs", "4", "--", "-s")
    assert done.code == 0, done.err
    assert len(report["tests"]) == len(BADLY_BEHAVED)
    # What starts threads is not decided by three runs.
    assert report["summary"]["verdicts"] == {"SAME": len(BADLY_BEHAVED) - 1, "UNDECIDED": 1}
    assert any("threads or processes were left behind" in note for note in report["notes"])
    assert work.names() == [".git", "chaos"]


def test_injected_failures_tell_which_assertion_has_lost_its_teeth(work: Workplace) -> None:
    source = (
        "import random\n\ndef test_x(chaos_config):\n    n = {n}\n"
        "    bad = sum(random.random() < 0.02 for _ in range(n))\n    assert bad <= {k}\n"
    )
    after = source.format(
        n="chaos_config.scaled(10)", k="3 if chaos_config.load_multiplier == 1 else n"
    )
    options = ("--loads", "1,2", "--runs", "5", "--inject", "0.7")
    done, report = verified(work, source.format(n=10, k=3), after, *options)
    assert done.code == 1, done.text
    weak = {each["load"]: each for each in report["caught"]}
    assert not weak[1.0]["weaker"]
    assert weak[1.0]["before"] == weak[1.0]["after"]
    assert weak[2.0]["weaker"]
    assert weak[2.0]["after"]["noticed"] == 0
    assert "assert bad <= 3" in weak[2.0]["by"]


def test_what_follows_two_dashes_goes_to_pytest_and_xdist_carries_it(work: Workplace) -> None:
    work.write("chaos/test_x.py")
    work.write("chaos/test_y.py", "def test_y():\n    assert False\n")
    options = ("--format", "json", "--", "-p", "xdist", "-n", "1", "-k", "arrives")
    done = work.run("verify", "chaos", *QUICK, *options)
    assert done.code == 0, done.err
    report = json.loads(done.text)
    assert [test["test"] for test in report["tests"]] == [
        "chaos/test_x.py::test_every_request_arrives"
    ]
    assert report["summary"]["compared"] == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_prints_what_is_known_and_leaves_no_process(
    work: Workplace, how: signal.Signals
) -> None:
    quick = "def test_quick():\n    assert 1 < 2\n"
    source = f"import time\n\n{quick}\ndef test_slow():\n    time.sleep({{}})\n"
    work.write("chaos/test_x.py", source.format(0))
    work.commit()
    work.write("chaos/test_x.py", source.format(987))
    command = [sys.executable, "-m", "chaos_migrate.cli", "verify", "chaos", "--against", "HEAD"]
    process = subprocess.Popen(
        [*command, *QUICK, "--jobs", "8"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=work.folder, start_new_session=True, env={**os.environ, "TMPDIR": str(work.folder)},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not slow_test_runs(work):
        time.sleep(0.2)
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Interrupted; so far:" in out
    assert "Traceback" not in err
    assert not [name for name in work.names() if name.startswith("chaos-")]


def slow_test_runs(work: Workplace) -> bool:
    """Whether a run has come to the slow test of the new version, and the quick one is known."""
    started = '"event": "start", "test": "chaos/test_x.py::test_slow"'
    for path in work.folder.glob("chaos-verify-*/events"):
        with contextlib.suppress(OSError):
            text = path.read_text()
            if started in text and not text.rstrip().endswith('"event": "end", "code": 0}'):
                return time.time() - path.stat().st_mtime > 1
    return False


def test_help_says_that_it_runs_the_code(work: Workplace) -> None:
    assert "the only command that runs your code" in work.run("verify", "--help").text
    done = work.run("verify", "chaos", "--loads", "0,x")
    assert done.code == 2
