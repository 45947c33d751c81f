"""Files that are no good: each gets its line and its exit code, and the others are handled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli import read
from chaos_migrate.cli.read import Unreadable, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Workplace


def others_are_handled(work: Workplace, *arguments: str) -> tuple[int, str]:
    """Apply the migration beside a good file, check the good file, and return code and errors."""
    work.write("tests/test_good.py")
    work.commit()
    done = work.run("tests", *arguments, "--apply")
    assert "chaos_config" in work.read("tests/test_good.py")
    return done.code, done.err


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"def broken(:\n    pass\n", ":1: error: syntax error: invalid syntax"),
        (b"x = 1\n  y = 2\n", ":2: error: syntax error: unexpected indent"),
        (b"# coding: no-such-thing\nx = 1\n", ":1: error: unknown encoding"),
        (b"x = 1\ny = '\xff'\n", ":2: error: not valid utf-8"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00", ": error: the file holds null bytes"),
        (b"x = " + b"(" * 5000 + b")" * 5000, ":1: error: syntax error: too many nested"),
    ],
)
def test_what_is_no_python_is_named_with_its_line(work: Workplace, data: bytes, line: str) -> None:
    path = work.write("tests/test_bad.py", data)
    code, err = others_are_handled(work)
    assert code == 2
    assert f"tests/test_bad.py{line}" in err
    assert path.read_bytes() == data


def test_a_broken_link_is_named(work: Workplace) -> None:
    (work.folder / "tests").mkdir()
    (work.folder / "tests" / "test_link.py").symlink_to("nowhere.py")
    code, err = others_are_handled(work)
    assert code == 2
    assert "tests/test_link.py: error: broken symbolic link" in err


def test_a_path_that_does_not_exist_is_named(work: Workplace) -> None:
    code, err = others_are_handled(work, "no/such/test_x.py")
    assert code == 2
    assert "no/such/test_x.py: error: no such file or folder" in err
    assert work.names() == [".git", "tests"]


def test_a_file_that_must_not_be_read_is_named(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = work.write("test_x.py")

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(read.Path, "read_bytes", refuse)
    with pytest.raises(Unreadable, match="cannot be read: Permission denied"):
        read_file(path)


def test_pipes_and_devices_are_not_waited_for(work: Workplace) -> None:
    (work.folder / "tests").mkdir()
    os.mkfifo(work.folder / "tests" / "test_pipe.py")
    code, err = others_are_handled(work)
    assert code == 2
    assert "tests/test_pipe.py: error: not a regular file" in err


def test_a_file_of_200_megabytes_is_left_alone(work: Workplace) -> None:
    path = work.write("tests/test_huge.py", "")
    os.truncate(path, 200 * 1024 * 1024)
    assert work.run("tests").code == 2
    assert "test_huge.py: error: larger than 32 MiB: left alone" in work.run("tests").err


def test_a_folder_called_like_a_test_module_is_searched(work: Workplace) -> None:
    work.write("tests/test_folder.py/test_x.py")
    code, _ = others_are_handled(work)
    assert code == 0
    assert "chaos_config" in work.read("tests/test_folder.py/test_x.py")


def test_a_chain_of_600_terms_does_no_harm(work: Workplace) -> None:
    chain = "x = " + " + ".join(["a"] * 600) + "\n"
    work.write("tests/test_chain.py", f"def test_chain(a):\n    {chain}")
    work.write("tests/test_both.py", work.write("x.py").read_text() + "\n\na = 1\n" + chain)
    code, err = others_are_handled(work)
    assert code in (0, 2)
    assert "test_chain.py" not in err
    assert code == 0 or "test_both.py: error: " in err


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a comment", b"\xef\xbb\xbf", b"\x0c\n"])
def test_an_empty_file_is_nothing_to_do(work: Workplace, data: bytes) -> None:
    path = work.write("tests/test_empty.py", data)
    code, err = others_are_handled(work)
    assert code == 0
    assert "test_empty" not in err
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(lambda data: b"\xef\xbb\xbf" + data, id="BOM"),
        pytest.param(lambda data: data.replace(b"    ", b"\t"), id="tabs"),
        pytest.param(lambda data: b"x = 1\n\x0c\n" + data, id="form feed"),
        pytest.param(lambda data: data.rstrip(b"\n"), id="no newline at the end"),
        pytest.param(lambda data: b"# coding: latin-1\n# \xe9\n" + data, id="latin-1"),
    ],
)
def test_odd_layout_stays_byte_for_byte(work: Workplace, layout: object) -> None:
    assert callable(layout)
    before = layout(work.write("x.py").read_bytes())
    path = work.write("tests/test_odd.py", before)
    code, _ = others_are_handled(work)
    after = path.read_bytes()
    assert code == 0
    assert b"chaos_config" in after
    touched = [line for line in after.splitlines() if line not in before.splitlines()]
    assert all(b"iterations" in line or b"chaos_config" in line for line in touched)
    assert after.count(b"\r\n") in (0, after.count(b"\n"))
    assert after.endswith(b"\n") == before.endswith(b"\n")


def test_a_repository_without_git_itself_is_said(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    (work.folder / "bin").mkdir()
    done = work.run("tests", "--apply", PATH=str(work.folder / "bin"))
    assert done.code == 2
    assert "git cannot be started" in done.err
    assert work.names("tests") == ["test_x.py"]


def test_a_working_directory_that_is_gone_is_one_line(work: Workplace) -> None:
    work.write("gone/x")
    os.chdir(work.folder / "gone")
    shutil.rmtree(work.folder / "gone")
    done = subprocess.run(
        [sys.executable, "-m", "chaos_migrate.cli", "."], capture_output=True, check=False
    )
    os.chdir(work.folder)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
