"""Which files a run looks at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli.config import Config
from chaos_migrate.cli.discover import discover
from chaos_migrate.cli.toml import ConfigError

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def found(work: Workplace, *paths: str, config: Config | None = None) -> list[str]:
    """The files below `paths`, in order, as text."""
    result = discover([Path(path) for path in paths or (".",)], config or Config(work.folder))
    assert result.problems == []
    return [path.as_posix() for path in result.files]


def test_folders_are_searched_for_what_pytest_collects(work: Workplace) -> None:
    for name in ("a/test_x.py", "a/x_test.py", "a/conftest.py", "a/helper.py", "a/test_x.txt"):
        work.write(name)
    assert found(work) == ["a/conftest.py", "a/test_x.py", "a/x_test.py"]


def test_a_file_that_is_named_is_taken_whatever_its_name(work: Workplace) -> None:
    work.write("helper.py")
    work.write(".gitignore", "helper.py\n")
    assert found(work, "helper.py") == ["helper.py"]


def test_every_file_comes_once_and_in_order(work: Workplace) -> None:
    work.write("b/test_x.py")
    work.write("a/test_x.py")
    assert found(work, "b", ".", "a/../b/test_x.py", "a") == ["a/test_x.py", "b/test_x.py"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npython_files = check_*.py 'spec *.py'\n"),
        ("tox.ini", "[tox]\n[pytest]\npython_files =\n    check_*.py\n    spec*.py\n"),
        ("setup.cfg", "[tool:pytest]\npython_files = check_*.py spec*.py\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_files = ['check_*.py', 'spec*']\n"),
        ("pyproject.toml", "[tool.pytest]\npython_files = ['check_*.py', 'spec*']\n"),
        ("pytest.toml", "[pytest]\npython_files = ['check_*.py', 'spec*']\n"),
    ],
)
def test_the_projects_own_naming_of_test_files_is_known(
    work: Workplace, name: str, text: str
) -> None:
    work.write(name, text)
    for file in ("deep/er/check_x.py", "deep/er/spec x.py", "deep/er/test_x.py"):
        work.write(file)
    assert found(work, "deep/er") == ["deep/er/check_x.py", "deep/er/spec x.py"]


def test_a_pattern_with_a_slash_is_matched_with_the_path(work: Workplace) -> None:
    work.write("pytest.ini", "[pytest]\npython_files = chaos/*.py\n")
    work.write("tests/chaos/anything.py")
    work.write("tests/unit/anything.py")
    assert found(work) == ["tests/chaos/anything.py"]


def test_a_pytest_configuration_that_cannot_be_read_is_an_error(work: Workplace) -> None:
    work.write("pytest.ini", "python_files = x\n")
    with pytest.raises(ConfigError, match=r"pytest\.ini: cannot be read"):
        found(work)


def test_hidden_folders_environments_and_build_folders_are_skipped(work: Workplace) -> None:
    for name in (".hidden", ".tox/py", "venv", "build", "node_modules/x", "__pycache__"):
        work.write(f"{name}/test_x.py")
    work.write("myenv/pyvenv.cfg", "")
    work.write("myenv/lib/test_x.py")
    assert found(work) == []
    assert found(work, ".hidden") == [".hidden/test_x.py"]


def test_gitignore_counts_at_every_level_up_to_the_root(work: Workplace) -> None:
    work.commit()
    work.write(".gitignore", "generated/\n*_slow_test.py\n/tests/test_old.py\n")
    work.write("tests/.gitignore", "test_local.py\n!a_slow_test.py\n")
    for name in ("test_x", "test_old", "test_local", "a_slow_test", "b_slow_test"):
        work.write(f"tests/{name}.py")
    work.write("tests/generated/test_x.py")
    work.write("tests/deep/test_old.py")
    expected = ["tests/a_slow_test.py", "tests/deep/test_old.py", "tests/test_x.py"]
    assert found(work, "tests") == expected
    assert found(work) == expected


def test_a_gitignore_above_the_repository_does_not_count(work: Workplace) -> None:
    work.write(".gitignore", "*.py\n")
    (work.folder / "repo" / ".git").mkdir(parents=True)
    work.write("repo/test_x.py")
    assert found(work, "repo") == ["repo/test_x.py"]


def test_an_ignored_folder_is_searched_when_it_is_named(work: Workplace) -> None:
    work.commit()
    work.write(".gitignore", "build/\n")
    work.write("build/lib/test_x.py")
    assert found(work) == []
    assert found(work, "build/lib") == ["build/lib/test_x.py"]


def test_a_pattern_that_makes_no_sense_is_passed_over_as_git_does(work: Workplace) -> None:
    work.write(".gitignore", b"!\n\\\n[z-a\n***\xff\ntest_b.py\n")
    work.write("test_a.py")
    work.write("test_b.py")
    assert found(work) == ["test_a.py"]


def test_include_and_exclude_are_patterns_relative_to_the_configuration(work: Workplace) -> None:
    for name in ("tests/test_x.py", "tests/scenario_x.py", "tests/slow/scenario_y.py"):
        work.write(name)
    config = Config(work.folder, include=("scenario_*.py",), exclude=("/tests/slow/",))
    assert found(work, "tests", config=config) == ["tests/scenario_x.py"]


def test_links_out_of_the_tree_are_not_followed_unless_named(work: Workplace) -> None:
    work.write("outside/test_x.py")
    work.write("inside/test_y.py")
    (work.folder / "inside" / "elsewhere").symlink_to(work.folder / "outside")
    (work.folder / "inside" / "test_link.py").symlink_to(work.folder / "outside" / "test_x.py")
    assert found(work, "inside") == ["inside/test_y.py"]
    assert found(work, "inside/elsewhere") == ["inside/elsewhere/test_x.py"]
    assert found(work, "inside/test_link.py") == ["inside/test_link.py"]


def test_a_link_within_the_tree_is_the_file_that_it_leads_to(work: Workplace) -> None:
    work.write("z/test_x.py")
    work.write("z/shared.py")
    (work.folder / "test_a.py").symlink_to("z/test_x.py")
    (work.folder / "test_b.py").symlink_to("z/shared.py")
    (work.folder / "round").symlink_to(".")
    assert found(work) == ["test_b.py", "z/test_x.py"]


def test_a_folder_may_be_called_like_a_test_module(work: Workplace) -> None:
    work.write("test_x.py/test_y.py")
    assert found(work) == ["test_x.py/test_y.py"]


def test_what_does_not_exist_is_said_and_the_rest_is_found(work: Workplace) -> None:
    work.write("test_x.py")
    result = discover([Path("nowhere"), Path("test_x.py")], Config(work.folder))
    assert [path.as_posix() for path in result.files] == ["test_x.py"]
    assert [problem.message for problem in result.problems] == ["no such file or folder"]


def test_a_folder_that_cannot_be_searched_is_said(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.write("closed/test_x.py")
    work.write("test_y.py")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = discover([Path()], Config(work.folder))
    assert [path.as_posix() for path in result.files] == ["test_y.py"]
    assert [(p.path.as_posix(), p.message) for p in result.problems] == [
        ("closed", "cannot be searched: Permission denied")
    ]
