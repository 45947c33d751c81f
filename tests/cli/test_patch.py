"""Patches: git applies every one of them, and gets the very bytes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_migrate.cli.patch import name_in_patch, unified_diff

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

LINE = st.sampled_from([b"", b"a", b"b\r", b"\xff\xfe", b"+++ x", b"-- y", b"@@", b"\x0c", b"\tq"])
EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 3), st.lists(LINE, max_size=4)), max_size=6
)


def applied(name: str, before: bytes | None, patch: bytes) -> bytes:
    """What `git apply` makes of `before` in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            target.write_bytes(before)
        subprocess.run(["git", "apply", "-"], input=patch, cwd=folder, check=True)
        return target.read_bytes()


@settings(max_examples=60, deadline=None)
@given(before=st.lists(LINE, max_size=60), edits=EDITS)
def test_git_apply_gives_the_new_bytes_whatever_was_edited(
    before: list[bytes], edits: list[tuple[int, int, list[bytes]]]
) -> None:
    after = list(before)
    for start, length, lines in edits:
        after[start : start + length] = lines
    old, new = b"\n".join(before), b"\n".join(after)
    patch = unified_diff("test_x.py", old, new)
    assert (patch == b"") == (old == new)
    if patch:
        assert applied("test_x.py", old, patch) == new


@pytest.mark.parametrize(
    "name",
    [
        "with space.py",
        "tab\there.py",
        "line\nbreak.py",
        'quote"and\\slash.py',
        "umlaut-ü.py",
        os.fsdecode(b"latin-\xfc.py"),
        "a b/c d.py",
        "\x1b[31mred.py",
    ],
)
@pytest.mark.parametrize("before", [None, b"", b"one\n", b"one"])
def test_names_with_odd_bytes_are_quoted_as_git_quotes_them(
    name: str, before: bytes | None
) -> None:
    patch = unified_diff(name, before, b"two\n")
    assert applied(name, before, patch) == b"two\n"
    assert b"\x1b" not in patch


def test_a_new_file_is_created_from_dev_null() -> None:
    assert unified_diff("tests/conftest.py", None, b"a\nb\n") == (
        b"diff --git a/tests/conftest.py b/tests/conftest.py\n"
        b"new file mode 100644\n"
        b"--- /dev/null\n"
        b"+++ b/tests/conftest.py\n"
        b"@@ -0,0 +1,2 @@\n"
        b"+a\n"
        b"+b\n"
    )


def test_a_missing_newline_at_the_end_is_marked() -> None:
    patch = unified_diff("x.py", b"a\nb", b"A\nb")
    assert patch.endswith(b"-a\n+A\n b\n\\ No newline at end of file\n")


def test_no_change_is_no_patch() -> None:
    assert unified_diff("x.py", b"a\n", b"a\n") == b""


def test_repeated_lines_do_not_make_the_whole_file_a_difference() -> None:
    before = b"    pass\n" * 5000
    after = before[:9000] + b"    more\n" + before[9000:]
    assert len(unified_diff("x.py", before, after).splitlines()) < 15


def test_a_line_that_stays_between_two_that_change_is_context() -> None:
    patch = unified_diff("x.py", b"a\nkept\nb\n", b"A\nkept\nB\nC\n")
    assert patch.endswith(b"@@ -1,3 +1,4 @@\n-a\n+A\n kept\n-b\n+B\n+C\n")


def test_a_difference_without_end_is_still_a_right_patch() -> None:
    before = b"".join(b"%d\n" % n for n in range(3000))
    after = b"".join(b"x%d\n" % n for n in range(3000))
    assert applied("x.py", before, unified_diff("x.py", before, after)) == after


def test_paths_in_a_patch_are_relative_to_the_root_of_the_repository(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.write("tests/deep/test_x.py")
    work.commit()
    monkeypatch.chdir(work.folder / "tests")
    assert name_in_patch(Path("deep/test_x.py")) == "tests/deep/test_x.py"


def test_without_a_repository_they_are_relative_to_the_working_directory(work: Workplace) -> None:
    assert name_in_patch(work.folder / "tests" / "test_x.py") == "tests/test_x.py"
