"""The migrate command, run as a process: what it prints, what it writes, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

KEPT_TEST = "def test_status():\n    assert len('abc') == 3\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.pytest.ini_options]\ntimeout = 120\n"),
        ("pytest.ini", "[pytest]\naddopts = -q --timeout=120\n"),
    ],
)
def test_a_limit_for_each_test_is_told_where_more_load_comes(
    work: Workplace, name: str, text: str
) -> None:
    work.write("test_slow.py", "def test_it(box):\n    for _ in range(60): box.open('lid')\n")
    assert "pytest-timeout" not in work.run("test_slow.py").err
    work.write(name, text)
    assert "pytest-timeout ends each test after 120 s here" in work.run("test_slow.py").err


def test_files_that_unittest_runs_by_itself_are_told_of(work: Workplace) -> None:
    text = "def test_it(box):\n    for _ in range(60): box.open('lid')\n"
    work.write("test_one.py", text)
    work.write("test_two.py", f"{text}\n\nif __name__ == '__main__':\n    unittest.main()\n")
    assert "unittest" not in work.run("test_one.py").err
    told = " ".join(work.run("test_one.py", "test_two.py").err.split())
    assert "1 file is run by unittest.main() as well, which knows no fixtures" in told


def test_a_mistyped_command_is_not_taken_for_a_path(work: Workplace) -> None:
    done = work.run("stauts", "tests")
    assert (done.code, done.out) == (2, b"")
    assert "Did you mean 'status'?" in done.err
    assert "no such file or folder" in work.run("nowhere.py").err


def test_a_bare_path_shows_the_diff_and_writes_nothing(work: Workplace) -> None:
    path = work.write("tests/test_x.py")
    before = path.read_bytes()
    done = work.run("tests")
    assert done.code == 0
    assert "+++ b/tests/test_x.py\n" in done.text
    assert "+    iterations = chaos_config.scaled(100" in done.text
    assert path.read_bytes() == before
    assert work.names("tests") == ["test_x.py"]


def test_the_summary_names_rules_counts_and_the_command_that_applies_it(work: Workplace) -> None:
    work.write("tests/with space/test_x.py")
    work.commit()
    done = work.run("tests/with space", "--select", "CHM1", "--select=CHM2", "--dry-run")
    assert "tests/with space/test_x.py: " in done.err
    assert "to rewrite (CHM1" in done.err
    assert "2 of 2 files would change" in done.err
    command = done.err.splitlines()[-1].strip()
    assert command == "chaos-migrate 'tests/with space' --apply --select=CHM1,CHM2"
    applied = work.run(*shlex.split(command)[1:])
    assert applied.code == 0
    assert "2 of 2 files changed" in applied.err
    assert "chaos_config.scaled(100" in work.read("tests/with space/test_x.py")


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
@pytest.mark.parametrize("cwd", [".", "tests"])
def test_git_apply_takes_the_diff_and_gives_what_apply_gives(
    work: Workplace, ending: str, cwd: str
) -> None:
    text = (work.write("tests/test_x.py").read_text().rstrip() + "\n").replace("\n", ending or "\n")
    work.write("tests/test_x.py", text if ending else text.rstrip("\n"))
    work.write("tests/conftest.py", f"# their own{ending}")
    work.commit()
    patch = work.run(".", cwd=cwd).out
    work.git("apply", "-", stdin=patch)
    by_git = [work.read("tests/test_x.py"), work.read("tests/conftest.py")]
    work.git("checkout", "-q", ".")
    assert work.run(".", "--apply", cwd=cwd).code == 0
    assert [work.read("tests/test_x.py"), work.read("tests/conftest.py")] == by_git
    assert "chaos_config" in by_git[0]


def test_a_patch_of_odd_names_and_encodings_is_exact(work: Workplace) -> None:
    latin = b"# coding: latin-1\n# caf\xe9\n"
    test = work.write("x.py").read_bytes()
    for name in ("test_\u00fc.py", "test_a b.py", os.fsdecode(b"test_\xff.py"), 'test_"\\\n.py'):
        work.write(f"tests/{name}", latin + test)
    work.commit()
    patch = work.run("tests").out
    assert work.run("tests", "--apply").code == 0
    applied = {name: (work.folder / "tests" / name).read_bytes() for name in work.names("tests")}
    work.git("stash", "-q", "-u")
    work.git("apply", "-", stdin=patch)
    for name, data in applied.items():
        assert (work.folder / "tests" / name).read_bytes() == data
    assert b"caf\xe9" in applied["test_\u00fc.py"]


def test_output_puts_the_patch_into_a_file(work: Workplace) -> None:
    work.write("tests/test_x.py")
    on_stdout = work.run("tests").out
    done = work.run("tests", "--output", "x.patch")
    assert done.out == b""
    assert (work.folder / "x.patch").read_bytes() == on_stdout
    assert work.run("tests", "--output", "no/such/x.patch").code == 2


def test_a_second_run_finds_nothing_to_do(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    assert work.run("tests", "--apply").code == 0
    work.commit()
    done = work.run("tests", "--apply", "--exit-code")
    assert (done.code, done.out) == (0, b"")
    assert "Nothing to change" in done.err
    assert work.git("status", "--porcelain") == b""


def test_the_migrated_suite_passes_at_every_load(work: Workplace) -> None:
    work.write("tests/test_x.py")
    assert work.run("tests", "--apply", "--allow-dirty").code == 0
    for load in ("0.5", "1", "2"):
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
            env={**os.environ, "CHAOS_LOAD_MULTIPLIER": load},
            check=True,
            capture_output=True,
        )


def test_exit_code_says_whether_changes_are_pending(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.write("other/test_y.py", KEPT_TEST)
    assert work.run("tests").code == 0
    assert work.run("tests", "--exit-code").code == 1
    assert work.run("other", "--exit-code").code == 0
    assert work.run("tests", "nowhere", "--exit-code").code == 2
    assert work.run("tests", "--exit-code", "--apply", "--allow-dirty").code == 0


def test_uncommitted_files_are_left_alone_unless_allowed(work: Workplace) -> None:
    work.write("tests/test_clean.py")
    dirty = work.write("tests/test_dirty.py")
    work.commit()
    untracked = work.write("tests/test_new.py")
    dirty.write_text(dirty.read_text() + "# mine\n")
    done = work.run("tests", "--apply")
    assert done.code == 2
    assert "test_dirty.py: error: has uncommitted changes" in done.err
    assert "test_new.py: error: has uncommitted changes" in done.err
    assert "chaos_config" in work.read("tests/test_clean.py")
    assert "chaos_config" not in dirty.read_text() + untracked.read_text()
    assert work.run("tests", "--apply", "--allow-dirty").code == 0
    assert "chaos_config" in dirty.read_text()
    assert "chaos_config" in untracked.read_text()


def test_dirty_files_that_would_not_change_are_no_obstacle(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    work.write("tests/test_kept.py", KEPT_TEST)
    assert work.run("tests", "--apply").code == 0


def test_where_every_test_is_dirty_the_conftest_is_not_written_either(work: Workplace) -> None:
    work.commit()
    work.write("tests/test_x.py")
    assert work.run("tests", "--apply").code == 2
    assert work.names("tests") == ["test_x.py"]


def test_the_fixtures_alone_do_not_make_a_conftest_dirty(work: Workplace) -> None:
    work.write("tests/conftest.py", "# their own\n")
    work.write("tests/a/test_x.py")
    work.write("tests/b/test_x.py")
    work.commit()
    assert work.run("tests", "--apply", "--select=CHM4").code == 0
    conftest = work.folder / "tests" / "conftest.py"
    first = work.run("tests/a", "tests/b", "--apply", "--ignore=CHM2")
    assert first.code == 0, first.err
    # An older region, still not committed, is brought up to date.
    conftest.write_text(conftest.read_text().replace("def ", "def  "))
    work.git("checkout", "-q", "tests/b")
    assert work.run("tests", "--apply").code == 0
    assert "def  " not in conftest.read_text()


def test_a_conftest_with_other_changes_is_dirty_and_holds_its_tests_back(work: Workplace) -> None:
    work.write("tests/conftest.py", "# their own\n")
    work.write("tests/test_x.py")
    work.commit()
    work.write("tests/conftest.py", "# their own, edited\n")
    done = work.run("tests", "--apply")
    assert done.code == 2
    assert "conftest.py: error: has uncommitted changes" in done.err
    assert "test_x.py: error: left alone: it needs tests/conftest.py" in done.err
    assert work.git("diff", "--name-only") == b"tests/conftest.py\n"


def test_a_conftest_with_a_syntax_error_holds_its_tests_back(work: Workplace) -> None:
    work.write("tests/conftest.py", "def broken(:\n")
    work.write("tests/test_x.py")
    work.commit()
    for arguments in (["tests"], ["tests", "--apply"]):
        done = work.run(*arguments)
        assert (done.code, done.out) == (2, b"")
        assert "tests/conftest.py:1: error: syntax error" in done.err
        assert "test_x.py: error: left alone: it needs tests/conftest.py" in done.err
    assert work.git("status", "--porcelain") == b""


def test_without_a_repository_nothing_is_written_unless_allowed(work: Workplace) -> None:
    path = work.write("tests/test_x.py")
    before = path.read_bytes()
    done = work.run("tests", "--apply")
    assert done.code == 2
    assert "there is no git repository here to undo with" in done.err
    assert path.read_bytes() == before
    assert "chaos-migrate tests --apply --allow-dirty" in work.run("tests").err
    assert work.run("tests", "--apply", "--allow-dirty").code == 0
    assert path.read_bytes() != before


def test_a_hook_of_another_repository_does_not_mislead_it(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    done = work.run("tests", "--apply", GIT_DIR="/nowhere", GIT_INDEX_FILE="/nowhere/index")
    assert done.code == 0, done.err


def test_a_read_only_folder_is_one_line_and_the_others_are_written(work: Workplace) -> None:
    work.write("conftest.py", "")
    work.write("closed/test_x.py")
    work.write("open/test_y.py")
    work.commit()
    closed = work.folder / "closed"
    closed.chmod(0o555)
    try:
        done = work.run(".", "--apply")
    finally:
        closed.chmod(0o755)
    assert done.code == 2
    assert "closed/test_x.py: error: the folder is read-only" in done.err
    assert work.names("closed") == ["test_x.py"]
    assert "chaos_config" in work.read("open/test_y.py")


def test_a_link_that_is_named_is_followed_and_stays_a_link(work: Workplace) -> None:
    target = work.write("elsewhere/x.py")
    link = work.folder / "test_link.py"
    link.symlink_to(target)
    work.commit()
    assert work.run("test_link.py", "--apply").code == 0
    assert link.is_symlink()
    assert "chaos_config" in target.read_text()


def test_beside_the_suites_own_chaos_config_the_fixture_is_chaos_load(work: Workplace) -> None:
    work.write(
        "tests/conftest.py",
        "import pytest\n\n@pytest.fixture\ndef chaos_config():\n    return object()\n",
    )
    work.write("tests/test_x.py")
    patch = work.run("tests").text
    assert "def test_every_request_arrives(chaos_load):" in patch
    assert "+def chaos_load(" in patch


def test_standard_input_gives_a_diff_or_with_apply_the_new_text(work: Workplace) -> None:
    data = work.write("x.py").read_bytes()
    diff = work.run("-", stdin=data)
    assert diff.code == 0
    assert "+++ b/stdin.py" in diff.text
    assert "needs the fixture chaos_config" in diff.err
    named = work.run("-", "--stdin-filename", "tests/test_x.py", stdin=data)
    assert "+++ b/tests/test_x.py" in named.text
    text = work.run("-", "--apply", stdin=data.replace(b"\n", b"\r\n"))
    assert text.code == 0
    assert "def test_every_request_arrives(chaos_config):\r\n" in text.text
    assert work.names() == ["x.py"]


def test_standard_input_that_is_kept_comes_out_as_it_went_in(work: Workplace) -> None:
    data = b"\xef\xbb\xbf" + KEPT_TEST.encode().replace(b"\n", b"\r\n")
    done = work.run("-", "--apply", stdin=data)
    assert (done.code, done.out) == (0, data)
    broken = work.run("-", "--apply", stdin=b"def broken(:\n")
    assert (broken.code, broken.out) == (2, b"")
    assert "stdin.py:1: error: syntax error" in broken.err


def test_json_is_all_there_is_on_stdout_and_has_the_agreed_keys(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.write("tests/test_bad.py", "def broken(:\n")
    done = work.run("tests", "--format", "json")
    assert done.err == ""
    document = json.loads(done.out)
    assert list(document) == ["version", "files", "summary"]
    assert document["version"] == 1
    files = {file["path"]: file for file in document["files"]}
    assert set(files) == {"tests/conftest.py", "tests/test_bad.py", "tests/test_x.py"}
    error = files["tests/test_bad.py"]["error"]
    assert error["line"] == 1
    assert error["message"].startswith("syntax error")
    test = files["tests/test_x.py"]
    assert (test["changed"], test["error"]) == (True, None)
    site = next(site for site in test["sites"] if site["line"] == 11)
    keys = "code action line column literal function reason group depends_on replacement values"
    assert " ".join(site) == keys
    assert (site["action"], site["literal"], site["column"]) == ("rewrite", "100", 20)
    assert site["values"]["1"] == 100
    assert document["summary"]["changed"] == 2
    assert document["summary"]["errors"] == 1


def test_kept_numbers_are_shown_on_demand(work: Workplace) -> None:
    work.write("tests/test_x.py", "def test_x():\n    for i in range(2):\n        print(i)\n")
    assert json.loads(work.run("tests", "--format=json").out)["files"][0]["sites"] == []
    done = work.run("tests", "--format=json", "--show-kept")
    assert done.code == 0
    assert all(s["action"] == "keep" for s in json.loads(done.out)["files"][0]["sites"])


def test_quiet_says_nothing_but_the_diff_and_errors(work: Workplace) -> None:
    work.write("tests/test_x.py")
    assert work.run("tests", "-q").err == ""
    assert work.run("tests", "-q").out == work.run("tests").out
    assert work.run("tests", "nowhere", "-q").err == "nowhere: error: no such file or folder\n"


def test_verbose_lists_every_number(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.write("tests/test_kept.py", KEPT_TEST)
    err = work.run("tests", "-v").err
    assert "    11:20: CHM10" in err
    assert "100 -> " in err


def test_colour_is_for_terminals_or_on_demand(work: Workplace) -> None:
    work.write("tests/test_x.py")
    assert b"\x1b[" not in work.run("tests").out
    coloured = work.run("tests", "--color", "always")
    assert b"\x1b[32m+" in coloured.out
    assert "\x1b[1m" in coloured.err


def test_control_characters_never_reach_the_terminal(work: Workplace) -> None:
    text = work.write("x.py").read_text()
    work.write("tests/test_\x1b[31m.py", text + "# \x1b]0;title\x07\n")
    shown = [on_a_terminal("tests"), on_a_terminal("tests", "-v", "--color=never")]
    shown += [work.run("tests", "--color=always").out, work.run("tests", "-v").err.encode()]
    shown += [work.run("tests", "--format=json").out]
    shown += [work.run("no\x1b[31m", "--output", "no\x1b/x").err.encode()]
    for text_shown in shown:
        assert text_shown
        assert b"\x07" not in text_shown
        assert b"\x1b]" not in text_shown
        assert b"test_\x1b" not in text_shown
        assert b"no\x1b" not in text_shown


def test_on_a_terminal_the_fixtures_are_shown_in_brief(work: Workplace) -> None:
    work.write("tests/test_x.py")
    brief, full = on_a_terminal("tests"), on_a_terminal("tests", "-v")
    assert b"more lines of the fixtures" in brief
    assert b"+    iterations = chaos_config.scaled(100" in brief
    assert len(brief.splitlines()) < 50 < len(full.splitlines())
    assert b"\x1b[32m+" in brief
    assert b"\x1b[" not in on_a_terminal("tests", "--color=never")


def on_a_terminal(*arguments: str) -> bytes:
    """All that the program shows on a terminal of its own."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "chaos_migrate.cli", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    return shown


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["migrate"], "Missing argument"),
        (["tests", "--stlye=plain"], "No such option"),
        (["tests", "--select=E501"], "no rule code"),
        (["tests", "--style=fancy"], "'fancy' is not one of"),
        (["tests", "-q", "-v"], "--quiet and --verbose exclude each other"),
        (["-", "tests"], "cannot be combined"),
    ],
)
def test_wrong_usage_is_said_and_ends_with_2(
    work: Workplace, arguments: list[str], complaint: str
) -> None:
    work.write("tests/test_x.py")
    done = work.run(*arguments)
    assert done.code == 2
    assert complaint in done.err
    assert done.out == b""


def test_names_that_begin_with_a_dash_can_be_given_after_two_dashes(work: Workplace) -> None:
    work.write("-test_x.py")
    done = work.run("--", "-test_x.py")
    assert "+++ b/-test_x.py" in done.text
    assert "chaos-migrate --apply --allow-dirty -- -test_x.py" in done.err


def test_the_configuration_is_obeyed_and_the_command_line_wins(work: Workplace) -> None:
    work.write("pyproject.toml", "[tool.chaos-migrate]\nignore = ['CHM']\n")
    work.write("tests/test_x.py")
    assert work.run("tests").out == b""
    assert work.run("tests", "--ignore=CHM450").out != b""
    work.write(
        "pyproject.toml",
        "[tool.chaos-migrate]\nfixtures = 'shared/conftest.py'\n"
        "[tool.chaos-migrate.per-file-ignores]\n'tests/old/' = ['CHM']\n",
    )
    work.write("tests/old/test_y.py")
    (work.folder / "shared").mkdir()
    patch = work.run("tests").text
    assert "+++ b/shared/conftest.py" in patch
    assert "+++ b/tests/test_x.py" in patch
    assert "+++ b/tests/old/test_y.py" not in patch


def test_help_has_examples_and_needs_neither_libcst_nor_rich(work: Workplace) -> None:
    for arguments in (["--help"], ["migrate", "--help"]):
        done = work.run(*arguments)
        assert done.code == 0
        assert "chaos-migrate tests/chaos --apply" in done.text
    program = (
        "import sys\n"
        "sys.argv = ['chaos-migrate', '--help']\n"
        "from chaos_migrate.cli.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('libcst', 'rich', 'pathspec') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.endswith(b"[]\n")


def test_files_without_findings_need_neither_libcst_nor_rich(work: Workplace) -> None:
    work.write("tests/test_x.py", KEPT_TEST)
    program = (
        "import sys\n"
        "sys.argv = ['chaos-migrate', 'tests']\n"
        "from chaos_migrate.cli.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('libcst', 'rich') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"[]\n"


def test_the_version_is_shown(work: Workplace) -> None:
    done = work.run("--version")
    assert done.code == 0
    assert done.text.startswith("chaos-migrate ")


def test_a_reader_that_goes_away_is_no_error_message(work: Workplace) -> None:
    for number in range(30):
        work.write(f"tests/test_{number}.py")
    done = subprocess.run(
        ["bash", "-c", f"{shlex.quote(sys.executable)} -m chaos_migrate.cli tests -q | head -1"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


def test_the_plan_is_the_same_from_whatever_folder_the_program_is_run(work: Workplace) -> None:
    work.write("tests/__init__.py", "")
    work.write("tests/chaos/__init__.py", "")
    work.write(
        "tests/chaos/recorder.py",
        "class Recorder:\n    def __init__(self):\n        self.errors = 0\n\n"
        "    def error(self):\n        self.errors += 1\n",
    )
    work.write(
        "tests/chaos/test_x.py",
        "from tests.chaos.recorder import Recorder\n\n\ndef test_all(service):\n"
        "    recorder = Recorder()\n    for _ in range(20):\n        if not service.call():\n"
        "            recorder.error()\n    assert recorder.errors <= 5\n",
    )
    above, inside = work.run(".").text, work.run(".", cwd="tests/chaos").text
    assert "max_errors = chaos_config.max_count(5, of=20, trials=iterations)" in above
    assert above.split("+++ ")[-1].partition("@@")[2] == inside.split("+++ ")[-1].partition("@@")[2]


def test_suggestions_are_shown_below_refusals_and_carried_out_on_request(work: Workplace) -> None:
    work.write(
        "tests/test_x.py",
        "import time\n\n\ndef test_slowest(service):\n    times = []\n    for _ in range(30):\n"
        "        start = time.time()\n        service.call()\n"
        "        times.append(time.time() - start)\n    assert max(times) < 0.5\n",
    )
    work.commit()
    refused = work.run("tests")
    assert "CHM407" in refused.err
    assert "scale the count and leave this assertion as it is (--unsafe-fixes)" in refused.err
    assert refused.out == b""
    done = work.run("tests", "--unsafe-fixes")
    assert "+    for _ in range(chaos_config.scaled(30)):" in done.text
    assert done.err.splitlines()[-1].strip() == "chaos-migrate tests --apply --unsafe-fixes"
