"""`chaos-migrate status`: what it says agrees with what a person counts."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

SUITE = Path(__file__).parents[1] / "suites" / "chaos"
DONE = ("auth", "cache", "concurrency")

ADAPTIVE = """\
def test_every_request_arrives(chaos_config):
    responses = []
    iterations = chaos_config.scaled(100, floor=50)
    for i in range(iterations):
        responses.append(request(i))
    assert len(responses) == iterations


def test_one():
    assert request(1) == 1
"""

REFUSED = """\
def test_until_it_breaks(client):
    for i in range(100):
        if not client.get(f"/{i}"):
            break
"""


@pytest.fixture
def suite(work: Workplace) -> Workplace:
    """Three small categories: one done, one that waits and needs a person, one of nothing."""
    work.write("chaos/auth/test_auth.py", ADAPTIVE)
    work.write("chaos/net/test_net.py")
    work.write("chaos/net/tcp/test_tcp.py", REFUSED)
    work.write("chaos/plain/test_plain.py", "def test_plain():\n    assert True\n")
    return work


def test_the_table_has_a_row_for_each_folder_and_their_sums(suite: Workplace) -> None:
    done = suite.run("status", "chaos")
    assert (done.code, done.err) == (0, "")
    rows = [" ".join(line.split()) for line in done.text.splitlines()]
    assert rows[0].startswith("category progress status")
    assert rows[1] == "auth ████████████████ 100 % ✓ complete 1 0 0 1 2 1"
    assert rows[2] == "net ░░░░░░░░░░░░░░░░ 0 % ○ pending 0 1 1 0 0 0 CHM401 ×1"
    assert rows[3] == "plain nothing to scale ✓ complete 0 0 0 1 0 0"
    assert rows[5] == "total █████░░░░░░░░░░░ 33 % ◐ in progress 1 1 1 2 2 1 CHM401 ×1"
    assert "1 of 3 tests with load are adaptive (33 %): 1 pending, 1 need a person" in done.text


def test_a_row_for_each_file(suite: Workplace) -> None:
    names = [
        line.split()[0] for line in suite.run("status", "chaos", "--by=file").text.split("\n")[:5]
    ]
    assert names[1:] == [
        "auth/test_auth.py",
        "net/tcp/test_tcp.py",
        "net/test_net.py",
        "plain/test_plain.py",
    ]


def test_a_folder_without_folders_is_shown_by_file(suite: Workplace) -> None:
    assert suite.run("status", "chaos/auth").text.split()[0] == "file"


def test_a_terminal_without_the_signs_gets_others(suite: Workplace) -> None:
    done = suite.start("status", "chaos", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "################ 100 %  + complete" in done.text


def test_json_lists_every_test_number_and_reason(suite: Workplace) -> None:
    document = json.loads(suite.run("status", "chaos", "--format=json").text)
    assert document["version"] == 1
    assert document["total"]["tests"] == {
        "pending": 1, "needs a person": 1, "adaptive": 1, "nothing to scale": 2,
    }  # fmt: skip
    assert document["total"]["refused"] == {"CHM401": 1}
    (auth,) = document["rows"][0]["files"]
    assert [test["state"] for test in auth["tests"]] == ["adaptive", "nothing to scale"]
    assert auth["counts"] == [{"line": 3, "code": "chaos_config.scaled(100, floor=50)"}]
    assert auth["thresholds"] == [
        {"line": 6, "assertion": "len(responses) == iterations", "bound": "iterations"}
    ]
    assert document["rows"][1]["files"][0]["refused"][0]["line"] == 2


def test_the_page_shows_what_was_done_and_what_is_left(suite: Workplace) -> None:
    page = suite.run("status", "chaos", "--format=markdown").text
    assert "**1 of 3** tests with load are adaptive" in page
    assert "| auth | 1/1 | ✅ complete | 1 | 0 | 0 | 1 | 2 | 1 | 0 |" in page
    assert "## net: pending (0/2 tests)" in page
    assert (
        "| `auth/test_auth.py:3` | `chaos_config.scaled(100, floor=50)` | 50 | 100 | 400 |" in page
    )
    assert "| `auth/test_auth.py:6` | `len(responses) == iterations` | `iterations` |" in page
    assert "| `net/tcp/test_tcp.py:2` | `test_until_it_breaks` | `100` | CHM401 |" in page
    assert str(suite.folder) not in page


def test_bars_and_backticks_cannot_break_the_page(work: Workplace) -> None:
    work.write("c/a/test_a.py", 'def test_a(chaos_config):\n    n = chaos_config.scaled(30)\n'
               '    assert run() | ask("`") == n\n')  # fmt: skip
    page = work.run("status", "c", "--format=markdown").text
    assert "| `` run() \\| ask('`') == n `` | `n` |" in page


def test_the_page_is_the_same_from_everywhere_and_every_time(suite: Workplace) -> None:
    pages = {
        suite.run("status", "chaos", "--format=markdown").text,
        suite.run("status", str(suite.folder / "chaos"), "--format=markdown").text,
        suite.run("status", ".", "--format=markdown", cwd="chaos").text,
    }
    assert len(pages) == 1


def test_the_page_in_a_file_is_checked_until_the_suite_changes(suite: Workplace) -> None:
    command = ("status", "chaos", "--output", "STATUS.md")
    missing = suite.run(*command, "--check")
    assert missing.code == 1
    assert "STATUS.md does not exist" in missing.err
    assert suite.run(*command).code == 0
    assert suite.read("STATUS.md").startswith("# Adaptive load of `chaos`\n")
    assert suite.run(*command, "--check").code == 0
    suite.write("chaos/plain/test_more.py")
    stale = suite.run(*command, "--check")
    assert stale.code == 1
    assert "out of date" in stale.err
    assert "test_more" not in suite.read("STATUS.md")


def test_a_check_without_a_file_is_wrong_usage(suite: Workplace) -> None:
    assert suite.run("status", "chaos", "--check").code == 2


def test_a_broken_file_is_named_and_the_others_are_told(suite: Workplace) -> None:
    suite.write("chaos/net/test_broken.py", "def test(:\n")
    done = suite.run("status", "chaos")
    assert done.code == 2
    assert "test_broken.py:1: error: syntax error" in done.err
    assert "1 of 3 tests with load are adaptive" in done.text
    assert suite.run("status", "nowhere").code == 2


def test_status_loads_neither_libcst_nor_rich(suite: Workplace) -> None:
    check = (
        "import sys; sys.argv = ['chaos-migrate', 'status', 'chaos']\n"
        "from chaos_migrate.cli.__main__ import _run\n"
        "_run(); sys.exit(any(m in sys.modules for m in ('libcst', 'rich')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=suite.folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_line_of_the_table_is_longer_than_the_terminal(suite: Workplace, columns: int) -> None:
    suite.write(f"chaos/{'very_' * 8}long_name/test_x.py")
    lines = on_terminal(suite, columns, "chaos").splitlines()
    table = lines[: next(i for i, line in enumerate(lines) if line.startswith("total")) + 1]
    assert max(map(len, table)) <= columns
    assert "total" in table[-1]


def test_a_terminal_is_coloured_unless_told_not_to(suite: Workplace) -> None:
    assert "\x1b[32m" in on_terminal(suite, 100, "chaos", plain=False)
    assert "\x1b[" not in on_terminal(suite, 100, "chaos", plain=False, NO_COLOR="1")
    assert "\x1b[" not in on_terminal(suite, 100, "chaos", "--color=never", plain=False)


def on_terminal(
    work: Workplace, columns: int, *arguments: str, plain: bool = True, **env: str
) -> str:
    """What `status` shows on a terminal of so many columns, `plain` without its colours."""
    command = shlex.join([sys.executable, "-m", "chaos_migrate.cli", "status", *arguments])
    surroundings = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{command} 2>{os.devnull}"],  # the progress bar has tests of its own
        cwd=str(work.folder),
        env={**surroundings, "TERM": "xterm", **env},
        encoding="utf-8",
        dimensions=(40, columns),
        timeout=60,
    )
    shown = str(child.read()).replace("\r\n", "\n")
    return re.sub(r"\x1b\[[0-9;]*m", "", shown) if plain else shown


def test_our_suite_half_migrated_is_told_as_a_person_counts_it(work: Workplace) -> None:
    shutil.copytree(SUITE, work.folder / "chaos", ignore=shutil.ignore_patterns("__pycache__"))
    work.commit()
    half = [f"chaos/{name}" for name in DONE]
    assert work.run(*half, "chaos/network/test_packet_loss.py", "--apply").code == 0
    before = texts(work)
    document = json.loads(work.run("status", "chaos", "--format=json").text)
    table = work.run("status", "chaos").text
    page = work.run("status", "chaos", "--format=markdown").text
    review = json.loads(work.run("chaos", "--format=json").text)
    work.git("add", "-A")
    work.git("commit", "-q", "-m", "half")
    assert work.run("chaos", "--apply").code == 0

    refused = {
        (Path(file["path"]).relative_to("chaos").as_posix(), site["function"])
        for file in review["files"]
        for site in file["sites"]
        if site["action"] == "review" and site["group"] is not None
    }
    counted = Counter(states(before, texts(work), refused))
    for row in document["rows"]:
        name = row["name"]
        tests = {state: counted[name, state] for state in row["tests"]}
        assert row["tests"] == tests, name
        calls = sum(
            len(re.findall(r"\b(?:scaled|m(?:ax|in)_(?:count|rate)|time_limit)\(", text))
            for path, text in before.items()
            if path.startswith(f"{name}/")
        )
        totals = row["sites_converted"] - calls  # an assertion by the name of its count is no call
        assert 0 <= totals <= row["thresholds_converted"]
        assert bool(calls) == (name in (*DONE, "network"))
        assert re.search(rf"^{name} .*{row['percent']} % .* {row['status']} ", table, re.MULTILINE)
        done = f"{tests['adaptive']}/{sum(tests.values()) - tests['nothing to scale']}"
        assert f"## {name}: {row['status']} ({done} tests)" in page
    status = {row["name"]: row["status"] for row in document["rows"]}
    assert status["resources"] == "pending"
    assert all(status[name] != "pending" for name in (*DONE, "network"))


def texts(work: Workplace) -> dict[str, str]:
    """The test modules of the suite by their names in it."""
    folder = work.folder / "chaos"
    files = sorted(folder.rglob("test_*.py"))
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def states(
    now: dict[str, str], then: dict[str, str], refused: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Category and state of each test: what a migration still changes is pending."""
    for path, text in now.items():
        later = dict(functions(then[path]))
        for name, body in functions(text):
            state = "adaptive" if "scaled(" in body else "nothing to scale"
            if (path, name) in refused:
                state = "needs a person"
            if later[name] != body:
                state = "pending"
            yield path.partition("/")[0], state


def functions(text: str) -> Iterator[tuple[str, str]]:
    """The tests of a module, with their text."""
    tree = ast.parse(text)
    owners: list[tuple[str, Any]] = [("", tree)]
    owners += [(f"{node.name}.", node) for node in tree.body if isinstance(node, ast.ClassDef)]
    for prefix, owner in owners:
        for node in owner.body:
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if function and node.name.startswith("test"):
                yield prefix + node.name, ast.get_source_segment(text, node) or ""
