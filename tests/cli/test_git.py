"""What is asked of git, whatever the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli.git import GitError, committed, repository, uncommitted

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def test_a_committed_file_is_clean_until_it_is_touched(work: Workplace) -> None:
    path = work.write("tests/test_x.py", "a\n")
    other = work.write("tests/other/test_y.py", "a\n")
    work.commit()
    path.write_text("b\n")
    assert uncommitted(path)
    assert not uncommitted(other)


@pytest.mark.parametrize("name", ["test_x.py", "with space.py", "ü.py", "*.py", ":(top)x.py"])
def test_an_untracked_file_counts_as_uncommitted(work: Workplace, name: str) -> None:
    work.commit()
    assert uncommitted(work.write(f"tests/{name}"))


def test_so_does_a_staged_file_and_an_ignored_one(work: Workplace) -> None:
    work.write(".gitignore", "build/\n")
    work.commit()
    staged = work.write("test_x.py")
    work.git("add", "test_x.py")
    assert uncommitted(staged)
    assert uncommitted(work.write("build/deep/test_y.py"))


def test_the_repository_of_a_hook_is_not_asked(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = work.write("tests/test_x.py")
    work.commit()
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("GIT_WORK_TREE", "/")
    assert not uncommitted(path)
    assert committed(path) == path.read_bytes()


def test_a_worktree_is_a_repository(work: Workplace) -> None:
    work.write("test_x.py")
    work.commit()
    work.git("worktree", "add", "-q", "elsewhere")
    path = work.folder / "elsewhere" / "test_x.py"
    assert repository(path.parent) == path.parent
    assert not uncommitted(path)


def test_outside_of_a_repository_nothing_is_known(work: Workplace) -> None:
    path = work.write("test_x.py")
    assert repository(path.parent) is None
    with pytest.raises(GitError, match="not in a git repository"):
        uncommitted(path)
    assert committed(path) is None


def test_what_head_does_not_know_was_not_committed(work: Workplace) -> None:
    work.commit()
    assert committed(work.write("test_x.py")) is None


def test_without_git_itself_the_reason_is_said(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = work.write("test_x.py")
    work.commit()
    monkeypatch.setenv("PATH", str(work.folder))
    with pytest.raises(GitError, match="git cannot be started"):
        uncommitted(path)
