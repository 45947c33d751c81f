"""Writing: whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chaos_migrate.cli.pipeline import outcomes
from chaos_migrate.cli.request import Request
from chaos_migrate.cli.write import WriteError, clean, write_file
from chaos_migrate.codemods import migration
from chaos_migrate.codemods.migration import Migrated, migrate_source
from chaos_migrate.codemods.source import Source
from tests.cli.conftest import LOAD_TEST

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def test_the_new_bytes_arrive_and_the_mode_stays(work: Workplace) -> None:
    path = work.folder / "test_x.py"
    path.write_bytes(b"old")
    path.chmod(0o750)
    write_file(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert work.names() == ["test_x.py"]


def test_a_new_file_gets_the_mode_that_any_program_would_give_it(work: Workplace) -> None:
    write_file(work.folder / "conftest.py", None, b"new")
    (work.folder / "other").touch()
    assert (work.folder / "conftest.py").stat().st_mode == (work.folder / "other").stat().st_mode


def test_a_link_stays_a_link_and_its_target_is_written(work: Workplace) -> None:
    (work.folder / "real").mkdir()
    target, link = work.folder / "real" / "x.py", work.folder / "test_x.py"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_file(link, b"old", b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_file_that_an_editor_changed_meanwhile_is_not_overwritten(work: Workplace) -> None:
    path = work.folder / "test_x.py"
    path.write_bytes(b"edited")
    with pytest.raises(WriteError, match="changed on disk"):
        write_file(path, b"old", b"new")
    assert path.read_bytes() == b"edited"
    assert work.names() == ["test_x.py"]


def test_a_file_that_came_into_being_meanwhile_is_not_overwritten(work: Workplace) -> None:
    path = work.folder / "conftest.py"
    path.write_bytes(b"theirs")
    with pytest.raises(WriteError, match="changed on disk"):
        write_file(path, None, b"new")
    assert path.read_bytes() == b"theirs"


def test_a_file_that_was_deleted_meanwhile_is_not_brought_back(work: Workplace) -> None:
    with pytest.raises(WriteError):
        write_file(work.folder / "test_x.py", b"old", b"new")
    assert work.names() == []


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_read_only_is_not_written_even_by_root(work: Workplace, what: str) -> None:
    path = work.folder / "sub" / "test_x.py"
    path.parent.mkdir()
    path.write_bytes(b"old")
    closed = path if what == "file" else path.parent
    closed.chmod(0o555)
    try:
        with pytest.raises(WriteError, match=f"the {what} is read-only"):
            write_file(path, b"old", b"new")
    finally:
        closed.chmod(0o755)
    assert path.read_bytes() == b"old"
    assert work.names("sub") == ["test_x.py"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = work.folder / "test_x.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="No space left on device"):
        write_file(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert work.names() == ["test_x.py"]


def test_on_a_full_disk_what_has_room_is_written_and_the_rest_is_named(work: Workplace) -> None:
    work.write("tests/test_big.py", LOAD_TEST + "# filler\n" * 100_000)
    big = (work.folder / "tests" / "test_big.py").read_bytes()
    work.write("tests/test_small.py")
    work.commit()
    program = """
        import resource, sys
        from chaos_migrate.cli.__main__ import main
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        sys.argv = ["chaos-migrate", "tests", "--apply"]
        main()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"tests/test_big.py: error: cannot be written: File too large" in done.stderr
    assert (work.folder / "tests" / "test_big.py").read_bytes() == big
    assert "chaos_config" in work.read("tests/test_small.py")
    assert work.names("tests") == ["conftest.py", "test_big.py", "test_small.py"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("option", ["--dry-run", "--format=json", "--output=/dev/full"])
def test_output_that_finds_no_room_is_one_line_and_code_2(work: Workplace, option: str) -> None:
    work.write("tests/test_x.py")
    command = [sys.executable, "-m", "chaos_migrate.cli", "tests", "-q", option]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_an_editor_saves_during_a_run_is_not_overwritten(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = work.write("tests/test_x.py")
    work.write("tests/test_y.py")

    def migrate_while_somebody_edits(source: Source, *rest: Any) -> Migrated:
        if source.path.name == "test_x.py":
            path.write_text("# mine\n")
        return migrate_source(source, *rest)

    monkeypatch.setattr(migration, "migrate_source", migrate_while_somebody_edits)
    done = outcomes(Request(("tests",), apply=True, allow_dirty=True))
    problems = {outcome.path.name: outcome.problem for outcome in done}
    refused = problems["test_x.py"]
    assert refused is not None
    assert refused.message == "changed on disk since it was read: left as it is now"
    assert path.read_text() == "# mine\n"
    assert problems["test_y.py"] is None
    assert "chaos_config" in work.read("tests/test_y.py")


def test_two_runs_at_once_write_every_file_once(work: Workplace) -> None:
    for number in range(20):
        work.write(f"tests/test_{number}.py")
    command = [sys.executable, "-m", "chaos_migrate.cli", "tests", "--apply", "--allow-dirty"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [run.communicate()[1].decode() for run in runs]
    said = [line for text in errors for line in text.splitlines() if "error:" in line]
    assert all("changed on disk since" in line or "it needs" in line for line in said), said
    again = work.run("tests", "--apply", "--allow-dirty", "--exit-code")
    assert again.code == 0
    for number in range(20):
        assert work.read(f"tests/test_{number}.py").count("scaled(100") == 1
    assert work.read("tests/conftest.py").count("def chaos_config(") == 1
    assert all(not name.endswith(".tmp") for name in work.names("tests"))


def test_the_name_of_the_file_may_be_as_long_as_names_can_be(work: Workplace) -> None:
    path = work.folder / ("test_" + "x" * 247 + ".py")
    path.write_bytes(b"old")
    write_file(path, b"old", b"new")
    assert path.read_bytes() == b"new"


def test_what_a_killed_run_left_is_removed_by_the_next(work: Workplace) -> None:
    program = """
        import os, signal, sys
        from pathlib import Path
        from chaos_migrate.cli.write import write_file
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        write_file(Path("test_x.py"), b"old", b"new")
    """
    path = work.folder / "test_x.py"
    path.write_bytes(b"old")
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert len(work.names()) == 2
    clean([work.folder])
    assert work.names() == ["test_x.py"]
    assert path.read_bytes() == b"old"


def test_of_two_runs_at_once_only_one_writes(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = work.folder / "test_x.py"
    path.write_bytes(b"old")
    outcomes: list[str] = []
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        time.sleep(0.05)
        fsync(descriptor)

    def run(name: str) -> None:
        try:
            write_file(path, b"old", name.encode())
        except WriteError:
            outcomes.append("refused")
        else:
            outcomes.append(name)

    monkeypatch.setattr(os, "fsync", slow)
    threads = [threading.Thread(target=run, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(outcome for outcome in outcomes if outcome != "refused")
    assert sorted(outcomes) == sorted([winner, "refused"])
    assert path.read_bytes() == winner.encode()
    assert work.names() == ["test_x.py"]
