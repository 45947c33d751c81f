"""The verify command, run as a process on suites that behave and on suites that do not."""

from __future__ import annotations

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
    began = time.monotonic()
    scaled = BARRIER.format(count="chaos_config.scaled(5)")
    options = ("--loads", "1,1.4", "--runs", "3", "--timeout", "2")
    done, report = verified(work, BARRIER.format(count=5), scaled, *options)
    assert done.code == 1, done.err
    assert time.monotonic() - began < 60
    assert verdicts(report)["test_all_meet"] == {1.0: "SAME", 1.4: "WORSE"}
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
    options = ("--loads", "1", "--runs", "12")
    done, report = verified(work, source.format("pass"), source.format("n = 1"), *options)
    assert done.code == 0
    (cell,) = report["tests"][0]["cells"]
    assert cell["verdict"] == "BASELINE FLAKY"
    assert cell["before"] == cell["after"]
    assert cell["before"]["low"] < 0.6 < cell["before"]["high"]


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


BADLY_BEHAVED = {
    "prints megabytes": "print('x' * 5_000_000, flush=True)",
    "forks": "os.fork()",
    "leaves a thread": "threading.Thread(target=time.sleep, args=(60,)).start()",
    "leaves a process": "subprocess.Popen(['sleep', '60'])",
    "closes everything": "os.closerange(3, 100)",
}


def test_badly_behaved_tests_do_no_harm(work: Workplace) -> None:
    tests = "".join(
        f"def test_{name.replace(' ', '_')}():\n    {code}\n    assert 1 < 2\n\n"
        for name, code in BADLY_BEHAVED.items()
    )
    source = f"import os, subprocess, threading, time\n\n{tests}"
    began = time.monotonic()
    done, report = verified(work, source, source + "\n", *QUICK, "--jobs", "4", "--", "-s")
    assert done.code == 0, done.err
    assert time.monotonic() - began < 50
    assert len(report["tests"]) == len(BADLY_BEHAVED)
    assert report["summary"]["verdicts"] == {"SAME": len(BADLY_BEHAVED)}
    assert any("threads or processes were left behind" in note for note in report["notes"])


def test_a_test_that_kills_its_process_is_named_and_the_others_run(work: Workplace) -> None:
    source = "import os\n\ndef test_a():\n    {}\n\ndef test_b():\n    assert 1 < 2\n"
    done, report = verified(
        work, source.format("pass"), source.format("os.kill(os.getpid(), 9)"), *QUICK
    )
    assert done.code == 1
    assert verdicts(report) == {"test_a": {1.0: "WORSE"}, "test_b": {1.0: "SAME"}}
    assert "SIGKILL" in report["tests"][0]["cells"][0]["reason"]


def test_a_module_that_no_longer_imports_makes_its_tests_worse(work: Workplace) -> None:
    source = "def test_x():\n    assert 1 < 2\n"
    done, report = verified(work, source, "import gone\n" + source, *QUICK)
    assert done.code == 1
    assert "No module named 'gone'" in report["tests"][0]["cells"][0]["reason"]


def test_injected_failures_tell_which_assertion_has_lost_its_teeth(work: Workplace) -> None:
    source = (
        "import random\n\ndef test_x(chaos_config):\n    n = {n}\n"
        "    bad = sum(random.random() < 0.02 for _ in range(n))\n    assert bad <= {k}\n"
    )
    after = source.format(
        n="chaos_config.scaled(10)", k="3 if chaos_config.load_multiplier == 1 else n"
    )
    options = ("--loads", "1,2", "--runs", "12", "--inject", "0.7")
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
    options = ("--format", "json", "--", "-n", "2", "-k", "arrives")
    done = work.run("verify", "chaos", *QUICK, *options)
    assert done.code == 0, done.err
    report = json.loads(done.text)
    assert [test["test"] for test in report["tests"]] == [
        "chaos/test_x.py::test_every_request_arrives"
    ]
    assert report["summary"]["compared"] == 1


def test_unittest_operands_count_as_well(work: Workplace) -> None:
    source = (
        "import unittest\n\nclass T(unittest.TestCase):\n    def test_x(self):\n"
        "        self.assertLessEqual(1, {})\n        self.assertTrue(True)\n"
    )
    done, report = verified(work, source.format(3), source.format(4), *QUICK)
    assert done.code == 1
    (test,) = report["tests"]
    assert "compared `assertLessEqual 1 3`, now `assertLessEqual 1 4`" in test["difference"]["what"]


def test_reports_for_readers_hold_the_verdict_and_no_markup_of_the_suite(work: Workplace) -> None:
    source = "def test_x():\n    assert '<b>|</b>' {} ''\n"
    work.write("chaos/test_x.py", source.format("!="))
    work.commit()
    work.write("chaos/test_x.py", source.format("=="))
    for form in ("markdown", "html"):
        done = work.run(
            "verify", "chaos", "--against", "HEAD", *QUICK, "--format", form, "--output", "report"
        )
        assert done.code == 1
        report = work.read("report")
        assert "something became worse" in report
        assert "chaos/test_x.py::test_x" in report
        assert "<b>" not in report
    assert report.count("<svg") == report.count("</svg>") == 1


def test_an_interrupt_prints_what_is_known_and_leaves_no_process(work: Workplace) -> None:
    source = "import time\n\ndef test_quick():\n    assert 1 < 2\n\ndef test_slow():\n    time.sleep({})\n"
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
    while time.monotonic() < deadline and "test_slow" not in running(work, "after"):
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Interrupted; so far:" in out
    assert "Traceback" not in err
    assert not [name for name in work.names() if name.startswith("chaos-")]


def running(work: Workplace, side: str) -> str:
    """The events of the runs under way, in their temporary folders."""
    texts = []
    for path in work.folder.glob("chaos-verify-*/events"):
        try:
            texts.append(path.read_text())
        except OSError:
            continue
    return "".join(
        text for text in texts if '"start", "test": "chaos/test_x.py::test_slow"' in text
    )


def test_the_files_of_the_suite_are_run_in_copies(work: Workplace) -> None:
    source = "from pathlib import Path\n\ndef test_x():\n    Path('left').touch()\n    {}\n"
    done, _ = verified(work, source.format("pass"), source.format("n = 1"), *QUICK)
    assert done.code == 0
    assert work.names() == [".git", "chaos"]


def test_help_says_that_it_runs_the_code(work: Workplace) -> None:
    assert "the only command that runs your code" in work.run("verify", "--help").text
    done = work.run("verify", "chaos", "--loads", "0,x")
    assert done.code == 2
