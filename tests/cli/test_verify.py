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


def verified(work: Workplace, before: str, after: str, *options: str) -> tuple[Done, Any]:
    """The suite committed in one version and lying there in another, compared."""
    work.write("chaos/conftest.py", CONFTEST)
    work.write("chaos/test_x.py", before)
    work.commit()
    work.write("chaos/test_x.py", after)
    done = work.run("verify", "chaos", "--against", "HEAD", "--format", "json", *options)
    return done, json.loads(done.text) if done.text else None


def verdicts(report: Any) -> dict[str, dict[float, str]]:
    return {
        test["test"].split("::")[1]: {cell["load"]: cell["verdict"] for cell in test["cells"]}
        for test in report["tests"]
    }


def test_each_wrong_migration_is_caught_and_named(work: Workplace) -> None:
    done, report = verified(work, HEALTHY, WRONG, "--loads", "0.5", "--runs", "3")
    assert done.code == 1, done.err
    tests = {test["test"].split("::")[1]: test for test in report["tests"]}
    found = verdicts(report)

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
    done = work.run("verify", "chaos", "--loads", "0.5,1,2", "--runs", "3")
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


def test_a_flaky_baseline_is_told_with_its_rate_and_not_blamed_on_the_migration(
    work: Workplace,
) -> None:
    source = "import random\n\ndef test_x():\n    {}\n    assert random.random() < 0.6\n"
    options = ("--loads", "1", "--runs", "6")
    done, report = verified(work, source.format("pass"), source.format("n = 1"), *options)
    assert done.code == 0
    (cell,) = report["tests"][0]["cells"]
    assert cell["verdict"] == "BASELINE FLAKY"
    assert cell["before"] == cell["after"]
    assert cell["before"]["low"] < 0.6 < cell["before"]["high"]


def test_what_only_the_machine_has_changed_is_looked_at_again(work: Workplace) -> None:
    count = work.folder / "count"
    source = f"""\
from pathlib import Path

def test_x():
    count = Path({str(count)!r})
    runs = len(count.read_text()) if count.exists() else 0
    count.write_text("x" * (runs + 1))
    if runs in UNDER_LOAD:
        assert runs > 0
"""
    third, all_of_them = (source.replace("UNDER_LOAD", text) for text in ("(2,)", "range(99)"))
    done, report = verified(work, third, f"{third}\n", *QUICK, "--jobs", "1")
    (test,) = report["tests"]
    assert (done.code, test["difference"], test["nondeterministic"]) == (0, None, True)

    count.unlink()
    done, report = verified(work, source.replace("UNDER_LOAD", "()"), all_of_them, *QUICK)
    assert done.code == 1
    assert "a new assertion" in report["tests"][0]["difference"]["what"]


def test_harm_that_the_machine_did_once_to_the_old_version_is_no_difference(
    work: Workplace,
) -> None:
    count = work.folder / "count"
    source = f"""from pathlib import Path

def test_x():
    count = Path({str(count)!r})
    runs = len(count.read_text()) if count.exists() else 0
    count.write_text("x" * (runs + 1))
    if runs == HARM:
        raise OSError("too busy")
    assert count.exists()
"""
    options = ("--loads", "1", "--runs", "6", "--jobs", "1")
    third, never = (source.replace("HARM", number) for number in ("3", "-1"))
    done, report = verified(work, third, never, *options)
    (test,) = report["tests"]
    assert test["cells"][0]["before"]["passed"] < test["cells"][0]["before"]["runs"]
    assert (done.code, test["difference"]) == (0, None)


def test_a_test_that_looks_at_the_machine_may_never_see_the_same_twice(work: Workplace) -> None:
    count = work.folder / "count"
    source = f"""from pathlib import Path

def test_x():
    count = Path({str(count)!r})
    runs = len(count.read_text()) if count.exists() else 0
    count.write_text("x" * (runs + 1))
    if runs in BUSY:
        assert runs > TOO_MUCH
"""
    # The old version meets a busy machine in its fourth run and whenever it is looked at again.
    old, new = (source.replace("TOO_MUCH", number) for number in ("99", "0"))
    busy = "(3, *range(6, 99))"
    options = ("--loads", "1", "--runs", "6", "--jobs", "1")
    done, report = verified(work, old.replace("BUSY", busy), new.replace("BUSY", "()"), *options)
    (test,) = report["tests"]
    assert test["cells"][0]["before"]["passed"] < test["cells"][0]["before"]["runs"]
    assert (done.code, test["difference"], test["nondeterministic"]) == (0, None, True)


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


SPOILED = {
    "test_dies.py": (
        "import os\n\ndef test_dies():\n    {}\n\ndef test_beside_it():\n    assert 1 < 2\n",
        ("pass", "os.kill(os.getpid(), 9)"),
    ),
    "test_import.py": ("{}\n\ndef test_import():\n    assert 1 < 2\n", ("", "import gone")),
    "test_unittest.py": (
        "import unittest\n\nclass T(unittest.TestCase):\n    def test_unittest(self):\n"
        "        self.assertLessEqual(1, {})\n        self.assertTrue(True)\n",
        ("3", "4"),
    ),
}


def test_what_dies_no_longer_imports_or_compares_otherwise_is_named(work: Workplace) -> None:
    for version in (0, 1):
        for name, (source, versions) in SPOILED.items():
            work.write(f"chaos/{name}", source.format(versions[version]))
        if version == 0:
            work.commit()
    done = work.run("verify", "chaos", "--against", "HEAD", "--format", "json", *QUICK)
    assert done.code == 1, done.err
    tests = {test["test"].split("::")[-1]: test for test in json.loads(done.text)["tests"]}
    found = {name: test["cells"][0]["verdict"] for name, test in tests.items()}
    worse = ("test_dies", "test_import", "test_unittest")
    assert found == {**dict.fromkeys(worse, "WORSE"), "test_beside_it": "SAME"}
    assert "SIGKILL" in tests["test_dies"]["cells"][0]["reason"]
    assert "No module named 'gone'" in tests["test_import"]["cells"][0]["reason"]
    what = tests["test_unittest"]["difference"]["what"]
    assert "compared `assertLessEqual 1 3`, now `assertLessEqual 1 4`" in what


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
