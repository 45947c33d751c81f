"""`check`: every finding with its place, and exit codes that CI can rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

THRESHOLD_TEST = """\
import random


def test_some_losses_are_fine():
    failures = 0
    for i in range(20):
        if random.random() < 0.05:
            failures += 1
    assert failures <= 4, "too many losses"
"""

REFUSED_TEST = """\
def test_until_it_breaks(client):
    served = 0
    for _ in range(100):
        if not client.send():
            break
        served += 1
    assert served >= 90
"""


def codes(text: str) -> list[str]:
    """The rule codes in a text report, in order."""
    return [line.split()[1] for line in text.splitlines()]


def test_a_finding_has_its_place_its_code_and_what_would_be_written(work: Workplace) -> None:
    work.write("tests/test_x.py", THRESHOLD_TEST)
    done = work.run("check", "tests")
    assert done.code == 1
    assert done.text == (
        "tests/test_x.py:6:20: CHM101 20 is hardcoded, and the loop on line 6 makes 20 attempts, "
        "and an assertion judges them as a sample: by a mean, a rate or a part of them "
        "(write chaos_config.scaled(20, floor=10))\n"
        "tests/test_x.py:9:24: CHM201 4 is hardcoded, and `failures` counts the 20 trials of the "
        "loop on line 6, at most one each, so 4 is at most 4 of 20 "
        "(write chaos_config.max_count(4, of=20, trials=iterations))\n"
    )
    assert "2 findings in 1 of 1 file" in done.err
    assert "    chaos-migrate tests/test_x.py\n" in done.err


def test_without_paths_it_checks_the_folder_that_it_is_run_in(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.write("other/test_y.py")
    assert work.run("check", cwd="tests").text.startswith("test_x.py:11:20: CHM101 ")


def test_nothing_found_is_code_0_and_an_empty_output(work: Workplace) -> None:
    work.write("test_x.py", "def test_x():\n    assert 1 + 1 == 2\n")
    done = work.run("check")
    assert (done.code, done.out) == (0, b"")
    assert done.err == "No findings in 1 file.\n"
    assert work.run("check", "--quiet").err == ""


def test_it_writes_nothing(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    work.run("check")
    assert work.names() == ["test_x.py"]
    assert work.read("test_x.py") == THRESHOLD_TEST


def test_what_stays_is_told_and_fails_only_when_strict_or_selected(work: Workplace) -> None:
    work.write("test_x.py", REFUSED_TEST)
    done = work.run("check")
    assert done.text.startswith("test_x.py:3:20: CHM401 100 stays: the loop can end early")
    assert done.code == 0
    assert "fails the check only with --strict" in done.err
    assert work.run("check", "--strict").code == 1
    selected = work.run("check", "--select", "CHM401")
    assert (selected.code, codes(selected.text)) == (1, ["CHM401"])
    assert work.run("check", "--select", "CHM2").out == b""


def test_a_refused_group_is_one_finding_with_its_other_places_as_related_ones(
    work: Workplace,
) -> None:
    bound = "    assert failures <= 4"
    work.write("test_x.py", THRESHOLD_TEST.replace(bound, f"{bound} or i % 2"))
    done = work.run("check", "--format", "json")
    (site,) = json.loads(done.text)["files"][0]["sites"]
    assert (site["code"], site["line"], site["fails"]) == ("CHM404", 6, False)
    assert site["related"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), ["CHM101", "CHM201"]),
        (("--select", "CHM1"), ["CHM101", "CHM201"]),
        (("--select", "CHM2"), []),
        (("--ignore", "CHM2"), []),
        (("--ignore", "CHM3"), ["CHM101", "CHM201"]),
    ],
)
def test_select_and_ignore_take_whole_groups(
    work: Workplace, arguments: tuple[str, ...], expected: list[str]
) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    assert codes(work.run("check", *arguments).text) == expected


def test_a_refusal_can_be_ignored_by_its_own_code(work: Workplace) -> None:
    work.write("test_x.py", REFUSED_TEST)
    assert work.run("check", "--strict").code == 1
    assert work.run("check", "--strict", "--ignore", "CHM401").out == b""


def test_the_configuration_says_which_rules_hold_where(work: Workplace) -> None:
    work.write("tests/test_x.py", THRESHOLD_TEST)
    work.write("tests/slow/test_y.py", THRESHOLD_TEST)
    work.write(
        "pyproject.toml",
        '[tool.chaos-migrate.per-file-ignores]\n"tests/slow/*" = ["CHM1"]\n',
    )
    assert {line.split(":")[0] for line in work.run("check").text.splitlines()} == {
        "tests/test_x.py"
    }


def test_a_kept_number_is_no_finding_but_can_be_shown(work: Workplace) -> None:
    kept = THRESHOLD_TEST.replace("range(20):", "range(20):  # chaos: keep (twenty shards)")
    work.write("test_x.py", kept)
    assert work.run("check").out == b""
    shown = work.run("check", "--show-suppressed", "--strict")
    assert shown.text == ("test_x.py:6:20: CHM406 20 is kept: `# chaos: keep`: (twenty shards)\n")
    assert shown.code == 0
    assert "1 finding suppressed." in shown.err


def test_a_comment_on_the_def_keeps_the_whole_test(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST.replace("fine():", "fine():  # chaos: keep"))
    assert work.run("check").out == b""


def test_every_comment_on_a_member_of_a_group_is_of_use(work: Workplace) -> None:
    twice = THRESHOLD_TEST.replace("range(20):", "range(20):  # chaos: keep")
    work.write("test_x.py", twice.replace('losses"', 'losses"  # chaos: keep'))
    assert work.run("check").out == b""


@pytest.mark.parametrize("body", ["x = 1", "for i in range(2):  # nothing to see\n        pass"])
def test_a_comment_that_keeps_nothing_is_reported(work: Workplace, body: str) -> None:
    work.write("test_x.py", f"def test_x():\n    {body}\n    y = 2  # chaos: keep\n")
    done = work.run("check")
    line = body.count("\n") + 3
    assert done.text == (
        f"test_x.py:{line}:12: CHM406 `# chaos: keep`: it keeps nothing back here, so it can go\n"
    )
    assert done.code == 0
    assert work.run("check", "--strict").code == 1
    assert work.run("check", "--strict", "--ignore", "CHM406").code == 0


def test_a_file_that_cannot_be_handled_is_code_2_and_takes_no_other_with_it(
    work: Workplace,
) -> None:
    work.write("test_bad.py", "def test_x(:\n")
    work.write("test_x.py", THRESHOLD_TEST)
    done = work.run("check")
    assert done.code == 2
    assert "test_bad.py:1: error: syntax error" in done.err
    assert codes(done.text) == ["CHM101", "CHM201"]


def test_a_path_that_does_not_exist_is_code_2(work: Workplace) -> None:
    done = work.run("check", "nowhere")
    assert done.code == 2
    assert "nowhere: error: no such file or folder" in done.err


def test_the_code_is_shown_where_there_are_colours(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    done = work.run("check", "--color", "always")
    assert "^^" in done.text
    assert 'assert failures <= 4, "too many losses"' in done.text
    assert "with line 6: " in done.text


def test_nothing_in_a_name_or_a_line_steers_the_terminal(work: Workplace) -> None:
    work.write("test_\x1b[31m.py", THRESHOLD_TEST.replace("losses", "\x1b[2J"))
    for colour in ("always", "never"):
        out = work.run("check", "--color", colour).out
        assert b"\x1b[31m.py" not in out
        assert b"\x1b[2J" not in out


def test_json_has_the_sites_of_migrate(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    done = work.run("check", "--format", "json")
    report = json.loads(done.text)
    migrate = json.loads(work.run("test_x.py", "--format", "json").text)
    assert report["version"] == 1
    (file,) = report["files"]
    own = {"message", "fails", "related"}
    sites = [{k: v for k, v in site.items() if k not in own} for site in file["sites"]]
    assert sites == next(f for f in migrate["files"] if f["path"] == "test_x.py")["sites"]
    assert report["summary"] == {
        "files": 1,
        "errors": 0,
        "failing": 2,
        "suppressed": 0,
        "findings": {"CHM101": 1, "CHM201": 1},
    }


def test_a_file_that_is_named_is_checked_whatever_its_name_unless_told_otherwise(
    work: Workplace,
) -> None:
    work.write("load.py", THRESHOLD_TEST)
    work.write("test_x.py", THRESHOLD_TEST)
    work.write("gen/test_y.py", THRESHOLD_TEST)
    work.write("pyproject.toml", '[tool.chaos-migrate]\nexclude = ["gen/"]\n')
    names = ("load.py", "test_x.py", "gen/test_y.py")
    assert "3 of 3 files" in work.run("check", *names).err
    assert "1 of 1 file" in work.run("check", "--force-exclude", *names).err


def test_neither_libcst_nor_rich_is_loaded(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    work.commit()
    program = (
        "import sys; from chaos_migrate.cli.__main__ import cli\n"
        "code = cli(sys.argv[1:], standalone_mode=False)\n"
        "print([name for name in ('libcst', 'rich') if name in sys.modules], code)"
    )
    for more in ((), ("--new-since", "HEAD"), ("--format", "json"), ("--format", "github")):
        command = [sys.executable, "-c", program, "check", "--quiet", *more]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == f"[] {int('--new-since' not in more)}"
