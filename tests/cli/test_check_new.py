"""`check --new-since`: what is new is told, and nothing else, however old code is moved about."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Workplace

HEAD = """\
import random
import time


def failed(rate):
    time.sleep(0)
    return random.random() < rate
"""

TEST = '''

def test_{name}():
    """Some may fail."""
    failures = 0
    for i in range({count}):
        if failed(0.01):
            failures += 1
    assert failures <= {bound}, "too many"
'''

ENTRY = """

def test_extra():
    answers = []
    for number in range(60):
        answers.append(failed(number))
    assert len(answers) == 60
"""


def old_tests(number: int, prefix: str = "old") -> str:
    """A module of that many tests, with two findings each."""
    tests = (TEST.format(name=f"{prefix}_{i}", count=20 + i, bound=4) for i in range(number))
    return HEAD + "".join(tests)


def found(work: Workplace, *arguments: str, since: str = "HEAD", **more: str) -> list[str]:
    """Path, line and code of what is new."""
    done = work.run("check", "--new-since", since, *arguments, **more)
    lines = [line.split(": ")[0] + " " + line.split()[1] for line in done.text.splitlines()]
    assert done.code == bool(lines), done.err
    return lines


@pytest.fixture
def committed(work: Workplace) -> Workplace:
    """A repository with ten tests and twenty findings."""
    work.write("tests/test_old.py", old_tests(10))
    work.commit()
    return work


def test_one_new_finding_among_two_hundred_old_ones_is_told_alone(work: Workplace) -> None:
    text = old_tests(100)
    work.write("tests/test_old.py", text)
    work.commit()
    assert work.run("check", "--quiet").text.count("\n") == 200
    bound = "    failures = 0\n    for i in range(60):"
    loop = "    sent = []\n    for n in range(70):\n        sent.append(failed(n))\n"
    work.write("tests/test_old.py", text.replace(bound, loop + bound))
    line = text[: text.index(bound)].count("\n") + 2
    assert found(work) == [f"tests/test_old.py:{line}:20 CHM101"]


def test_old_findings_are_not_told(committed: Workplace) -> None:
    committed.write("tests/test_old.py", "# touched\n" + old_tests(10))
    done = committed.run("check", "--new-since", "HEAD")
    assert (done.code, done.out) == (0, b"")
    assert done.err == "No new findings since HEAD in 1 file.\n"


def test_a_second_copy_of_an_old_finding_is_told_once(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    bound = '    assert failures <= 4, "too many"\n'
    at = text.index(bound)
    committed.write("tests/test_old.py", text[:at] + bound + text[at:])
    assert [line.split()[1] for line in found(committed)] == ["CHM201"]


def test_a_copy_of_a_whole_test_is_told(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    copy = TEST.format(name="copy", count=20, bound=4)
    committed.write("tests/test_old.py", text + copy)
    assert [line.split()[1] for line in found(committed)] == ["CHM101", "CHM201"]


def test_a_copy_in_another_file_is_told(committed: Workplace) -> None:
    committed.write("tests/test_new.py", old_tests(1))
    assert [line.split(":")[0] for line in found(committed)] == ["tests/test_new.py"] * 2


def test_other_lines_above_are_no_news(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    committed.write("tests/test_old.py", "# one\n# two\nimport os\n\n" + text)
    assert found(committed) == []


def test_a_touched_line_is_no_news(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    text = text.replace('"too many"', '"far too many"', 1).replace("range(21)", "range(25)", 1)
    committed.write("tests/test_old.py", text)
    assert found(committed) == []


def test_a_renamed_test_is_no_news(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    committed.write("tests/test_old.py", text.replace("test_old_7(", "test_that_has_a_name("))
    assert found(committed) == []


def test_tests_in_another_order_are_no_news(committed: Workplace) -> None:
    head, *tests = committed.read("tests/test_old.py").split("\n\n\ndef test")
    committed.write("tests/test_old.py", "\n\n\ndef test".join([head, *reversed(tests)]))
    assert found(committed) == []


def test_a_test_that_went_to_another_file_is_no_news(committed: Workplace) -> None:
    head, *tests = committed.read("tests/test_old.py").split("\n\n\ndef test")
    committed.write("tests/test_old.py", "\n\n\ndef test".join([head, *tests[1:]]))
    committed.write("tests/test_new.py", f"{HEAD}\n\n\ndef test{tests[0]}\n")
    assert found(committed) == []
    assert found(committed, "tests/test_new.py") == []


def test_a_test_that_went_to_two_other_files_is_news_in_one(committed: Workplace) -> None:
    head, *tests = committed.read("tests/test_old.py").split("\n\n\ndef test")
    committed.write("tests/test_old.py", "\n\n\ndef test".join([head, *tests[1:]]))
    for name in ("test_a.py", "test_b.py"):
        committed.write(f"tests/{name}", f"{HEAD}\n\n\ndef test{tests[0]}\n")
    assert {line.split(":")[0] for line in found(committed)} == {"tests/test_b.py"}


def test_a_test_that_became_a_method_elsewhere_is_no_news(committed: Workplace) -> None:
    head, *tests = committed.read("tests/test_old.py").split("\n\n\ndef test")
    committed.write("tests/test_old.py", "\n\n\ndef test".join([head, *tests[1:]]))
    method = "".join(f"    {line}\n" for line in f"def test{tests[0]}".splitlines())
    method = method.replace("():", "(self):", 1)
    committed.write("tests/test_new.py", f"{HEAD}\n\nclass TestMoved:\n{method}")
    assert found(committed, "tests/test_new.py") == []


def test_a_renamed_file_is_no_news(committed: Workplace) -> None:
    committed.git("mv", "tests/test_old.py", "tests/test_other.py")
    assert found(committed) == []
    text = committed.read("tests/test_other.py")
    committed.write("tests/test_other.py", text + ENTRY)
    assert [line.split()[1] for line in found(committed)] == ["CHM101", "CHM203"]


def test_code_in_a_new_block_is_no_news(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    body = text[text.index("    for i in range(23)") : text.index("def test_old_4(")].rstrip()
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    text = text.replace(body, f"    if True:\n{indented.rstrip()}")
    committed.write("tests/test_old.py", text)
    assert found(committed) == []


def test_a_file_that_was_formatted_is_no_news(work: Workplace) -> None:
    untidy = old_tests(5).replace("range(20)", "range( 20 )").replace("<= 4,", "<=4  ,")
    untidy = untidy.replace('"too many"', "'too many'").replace("    ", "  ")
    work.write("test_x.py", untidy)
    work.commit()
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", "test_x.py"], check=True)
    assert work.read("test_x.py") != untidy
    assert found(work) == []


def test_a_finding_that_lost_its_comment_is_new(work: Workplace) -> None:
    text = old_tests(2)
    work.write("test_x.py", text.replace("range(21):", "range(21):  # chaos: keep"))
    work.commit()
    work.write("test_x.py", text)
    assert [line.split()[1] for line in found(work)] == ["CHM101", "CHM201"]


def test_an_old_number_that_a_new_assertion_makes_load_is_no_news(work: Workplace) -> None:
    text = HEAD + TEST.format(name="x", count=20, bound=4)
    bound = '    assert failures <= 4, "too many"\n'
    refused = text.replace(
        "            failures += 1\n", "            failures += 1\n            break\n"
    )
    work.write("test_refused.py", refused)
    work.write("test_bare.py", text.replace(bound, ""))
    work.commit()
    work.write("test_refused.py", text)
    work.write("test_bare.py", text)
    assert found(work) == ["test_bare.py:16:24 CHM201"]


def test_an_old_text_is_read_with_its_old_helpers(work: Workplace) -> None:
    helpers = """\
class Metrics:
    def __init__(self):
        self.errors = 0

    def note(self):
        self.errors += 1
"""
    test = """\
import random

from helpers import Metrics


def test_x():
    metrics = Metrics()
    for i in range(40):
        if random.random() < 0.05:
            metrics.note()
    assert metrics.errors <= 6
"""
    work.write("tests/helpers.py", helpers)
    work.write("tests/test_x.py", test)
    work.commit()
    assert work.run("check").text.count("is hardcoded") == 2
    work.write("tests/helpers.py", helpers.replace("note", "record_error"))
    work.write("tests/test_x.py", test.replace("note", "record_error"))
    assert found(work) == []


def test_the_very_first_commit_is_all_new(work: Workplace) -> None:
    work.git("init", "-q")
    work.write("test_x.py", old_tests(1))
    work.git("add", "-A")
    assert len(found(work)) == 2


def test_a_branch_is_compared_with_another(committed: Workplace) -> None:
    committed.git("branch", "base")
    committed.write("tests/test_new.py", HEAD + ENTRY)
    committed.commit()
    assert found(committed) == []
    assert len(found(committed, since="base")) == 2


def test_a_hook_s_own_index_and_folders_do_not_confuse_it(committed: Workplace) -> None:
    committed.write("tests/test_old.py", committed.read("tests/test_old.py") + ENTRY)
    committed.git("add", "-A")
    committed.git("read-tree", "--index-output=.git/other-index", "HEAD")
    lines = found(
        committed,
        GIT_DIR=str(committed.folder / ".git"),
        GIT_INDEX_FILE=str(committed.folder / ".git" / "other-index"),
        GIT_WORK_TREE=str(committed.folder),
        GIT_PREFIX="tests/",
    )
    assert len(lines) == 2


def test_a_partly_staged_file_is_checked_as_it_is_on_disk(committed: Workplace) -> None:
    text = committed.read("tests/test_old.py")
    committed.write("tests/test_old.py", text + TEST.format(name="staged", count=50, bound=9))
    committed.git("add", "-A")
    committed.write("tests/test_old.py", text + ENTRY)
    assert [line.split()[1] for line in found(committed)] == ["CHM101", "CHM203"]


def test_an_index_that_is_broken_has_no_say(committed: Workplace) -> None:
    committed.write("tests/test_old.py", committed.read("tests/test_old.py") + ENTRY)
    committed.write(".git/index", b"no index at all")
    assert len(found(committed)) == 2


def test_in_a_worktree_it_compares_with_the_worktree_s_own_head(committed: Workplace) -> None:
    committed.git("worktree", "add", "-q", "../tree", "-b", "side")
    new = committed.folder.parent / "tree" / "tests" / "test_old.py"
    new.write_text(old_tests(10) + ENTRY)
    assert len(found(committed, str(new))) == 2
    assert found(committed) == []


def test_in_a_shallow_clone_an_older_commit_is_missed_with_advice(committed: Workplace) -> None:
    old = committed.git("rev-parse", "HEAD").decode().strip()
    committed.write("tests/test_new.py", HEAD + ENTRY)
    committed.commit()
    source = f"file://{committed.folder}"
    committed.git("clone", "-q", "--depth", "1", source, "../shallow")
    assert found(committed, "../shallow/tests") == []
    done = committed.run("check", "--new-since", old, cwd="../shallow")
    assert done.code == 2
    assert "this clone is shallow, fetch more of it" in done.err


def test_what_a_merge_brings_along_is_no_news(committed: Workplace) -> None:
    committed.git("switch", "-q", "-c", "side")
    committed.write("tests/test_side.py", old_tests(3, "side"))
    committed.write("readme", "side")
    committed.commit()
    committed.git("switch", "-q", "-")
    committed.write("tests/test_main.py", old_tests(3, "main"))
    committed.write("readme", "main")
    committed.commit()
    merge = ["git", "merge", "-q", "side"]
    assert subprocess.run(merge, capture_output=True, check=False).returncode == 1
    assert found(committed) == []
    committed.write("tests/test_side.py", old_tests(3, "side") + ENTRY)
    assert [line.split(":")[0] for line in found(committed)] == ["tests/test_side.py"] * 2


def test_files_of_two_repositories_have_each_their_own_head(
    committed: Workplace, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "test_x.py").write_text(old_tests(1))
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    assert len(found(committed, "tests", str(other))) == 2


def test_names_that_git_would_quote_are_found(work: Workplace) -> None:
    names = ["test_ü b.py", "test_\n.py"]
    for name in names:
        work.write(name, old_tests(1))
    work.commit()
    work.write(names[0], old_tests(1) + ENTRY)
    work.write(names[1], old_tests(1) + ENTRY)
    assert len(found(work)) == 4


def test_an_unknown_revision_is_an_error(committed: Workplace) -> None:
    done = committed.run("check", "--new-since", "nowhere")
    assert done.code == 2
    assert "--new-since nowhere: 'nowhere' names no commit of the repository" in done.err
    assert done.out == b""


def test_a_folder_outside_of_any_repository_is_an_error(work: Workplace) -> None:
    work.write("test_x.py")
    done = work.run("check", "--new-since", "HEAD")
    assert done.code == 2
    assert "is in no git repository" in done.err


def test_without_git_it_says_so(committed: Workplace) -> None:
    done = committed.run("check", "--new-since", "HEAD", PATH="/nowhere")
    assert done.code == 2
    assert "git cannot be started" in done.err


def test_without_git_everything_can_still_be_checked(committed: Workplace) -> None:
    assert committed.run("check", PATH="/nowhere").code == 1
