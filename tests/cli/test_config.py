"""The configuration: read from the nearest pyproject.toml, and every mistake named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli.config import Config, read_config
from chaos_migrate.cli.toml import ConfigError

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def configured(work: Workplace, text: str) -> Config:
    """The configuration with this text in its table."""
    return read_config(work.write("pyproject.toml", f"[tool.chaos-migrate]\n{text}\n").parent)


def test_every_key_is_read(work: Workplace) -> None:
    config = configured(
        work,
        """
        include = ["check_*.py"]
        exclude = ["slow/"]
        select = ["CHM1", "CHM203"]
        ignore = ["CHM102"]
        style = "plain"
        shrink = "always"
        fixtures = "tests/conftest.py"
        always-load = ["batches"]
        never-load = ["retries"]
        line-length = 79
        [tool.chaos-migrate.per-file-ignores]
        "tests/old/*" = ["CHM2"]
        """,
    )
    assert config == Config(
        root=work.folder,
        include=("check_*.py",),
        exclude=("slow/",),
        select=("CHM1", "CHM203"),
        ignore=("CHM102",),
        style="plain",
        shrink="always",
        per_file_ignores={"tests/old/*": ("CHM2",)},
        fixtures=work.folder / "tests" / "conftest.py",
        always_load=frozenset({"batches"}),
        never_load=frozenset({"retries"}),
        line_length=79,
    )


def test_without_a_table_the_defaults_hold(work: Workplace) -> None:
    work.write("pyproject.toml", "[tool.other]\nstyle = 3\n")
    assert read_config(work.folder) == Config(root=work.folder)


def test_the_file_above_a_folder_is_found(work: Workplace) -> None:
    work.write("pyproject.toml", "[tool.chaos-migrate]\nstyle = 'plain'\n")
    below = work.write("tests/chaos/test_x.py").parent
    assert read_config(below).style == "plain"


def test_a_file_above_the_repository_is_none_of_its_business(work: Workplace) -> None:
    work.write("pyproject.toml", "[tool.chaos-migrate]\nstyle = 'plain'\n")
    (work.folder / "repo" / ".git").mkdir(parents=True)
    assert read_config(work.folder / "repo").style == "helpers"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stlye = 'plain'", "unknown key tool.chaos-migrate.stlye"),
        ("select = 'CHM1'", "tool.chaos-migrate.select must be a list of rule codes"),
        ("ignore = ['E501']", "tool.chaos-migrate.ignore must be a list of rule codes"),
        ("include = [1]", "tool.chaos-migrate.include must be a list of strings"),
        ("style = 'fancy'", 'tool.chaos-migrate.style must be "helpers" or "plain"'),
        ("shrink = true", 'tool.chaos-migrate.shrink must be "power" or "always"'),
        ("fixtures = 'tests'", "tool.chaos-migrate.fixtures must be the path of a conftest.py"),
        ("per-file-ignores = ['CHM1']", "tool.chaos-migrate.per-file-ignores must be a table"),
        ("line-length = '79'", "tool.chaos-migrate.line-length must be a number of columns"),
        ("line-length = true", "tool.chaos-migrate.line-length must be a number of columns"),
        ("never-load = 'x'", "tool.chaos-migrate.never-load must be a list of strings"),
        ("style = ", "not valid TOML"),
        ("x = " + "[" * 100_000, "not valid TOML"),
        ("x = " + "{a = " * 5_000, "not valid TOML"),
        ("a." * 50_000 + "b = 1", "has a key of more than a hundred parts"),
        ('"a" . ' * 50_000 + "b = 1", "has a key of more than a hundred parts"),
        ("x = " + "9" * 10_000, "not valid TOML"),
        ("#" * 2_000_000, "cannot be read: larger than 1 MiB"),
        ("fixtures = '/etc/conftest.py'", "tool.chaos-migrate.fixtures leads out of the project"),
        ("fixtures = '../conftest.py'", "tool.chaos-migrate.fixtures leads out of the project"),
        ('fixtures = "a\\u0000/conftest.py"', "fixtures must be the path of a conftest.py"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(work: Workplace, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        configured(work, text)
    assert complaint in str(error.value)
    assert "pyproject.toml: " in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_another_encoding_is_a_mistake(work: Workplace, encoding: str) -> None:
    work.write("pyproject.toml", "[tool.chaos-migrate]\n# \u00fc\n".encode(encoding))
    with pytest.raises(ConfigError, match="not valid TOML"):
        read_config(work.folder)


@pytest.mark.parametrize(
    "text",
    ["tool = 3", "[[tool]]", "[tool]\npytest = 3", "[tool.pytest.ini_options]\npython_files = 3"],
)
def test_other_tables_may_be_of_any_type(work: Workplace, text: str) -> None:
    work.write("pyproject.toml", text)
    work.write("tests/test_x.py")
    assert work.run("tests", "--exit-code").code == 1


def test_escape_sequences_of_a_key_are_shown_not_obeyed(work: Workplace) -> None:
    work.write("test_x.py")
    work.write("pyproject.toml", '[tool.chaos-migrate]\n"\\u001b[31m\\n\\u202e" = 1\n')
    done = work.run(".")
    assert done.code == 2
    assert "unknown key tool.chaos-migrate.\\x1b[31m\\x0a\\u202e" in done.err


def test_a_table_that_is_no_table_is_a_mistake_too(work: Workplace) -> None:
    work.write("pyproject.toml", "[tool]\nchaos-migrate = 3\n")
    with pytest.raises(ConfigError, match=r"tool\.chaos-migrate must be a table"):
        read_config(work.folder)


def test_on_the_command_line_a_mistake_is_one_line_and_code_2(work: Workplace) -> None:
    work.write("test_x.py")
    work.write("pyproject.toml", "[tool.chaos-migrate]\nstlye = 'plain'\n")
    done = work.run(".")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "unknown key tool.chaos-migrate.stlye" in done.err


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 101"}, 101),
        ({"pyproject.toml": "[tool.ruff.lint]\nselect = []"}, 88),
        ({"pyproject.toml": "[tool.black]\nline-length = 77"}, 77),
        ({"pyproject.toml": "[tool.black]\n[tool.ruff]\nline-length = 99"}, 99),
        ({"pyproject.toml": "[tool.ruff]\n[tool.black]\nline-length = 99"}, 99),
        ({"ruff.toml": "line-length = 66", "pyproject.toml": "[tool.black]"}, 66),
        ({"pyproject.toml": "[tool.black]\n[tool.chaos-migrate]\nline-length = 60"}, 60),
    ],
)
def test_lines_are_as_long_as_the_formatter_has_them(
    work: Workplace, files: dict[str, str], expected: int | None
) -> None:
    for name, text in files.items():
        work.write(name, text)
    below = work.write("tests/test_x.py").parent
    assert read_config(below).line_length == expected


def test_new_lines_keep_to_the_line_length(work: Workplace) -> None:
    text = """\
import random


class TestLosses:
    def test_some_are_fine(self):
        failures = 0
        for i in range(20):
            if random.random() < 0.05:
                failures += 1
        assert failures <= 4, "too many"
"""
    work.write("pyproject.toml", "[tool.black]\nline-length = 65\n")
    for newline in ("\n", "\r\n"):
        work.write("test_x.py", text.replace("\n", newline))
        assert work.run("test_x.py", "--apply", "--allow-dirty").code == 0
        after = """
        max_failures = self.chaos_config.max_count(
            4, of=20, trials=iterations
        )
        assert failures <= max_failures, "too many"
"""
        assert work.read("test_x.py").endswith(after.replace("\n", newline))
