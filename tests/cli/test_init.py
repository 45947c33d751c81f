"""`chaos-migrate init`: the fixtures alone, in their place and up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chaos_migrate.fixtures_templates.region import VERSION, has_region, render_region

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def test_a_suite_without_a_conftest_gets_one_and_nothing_else_changes(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    done = work.run("init", "tests")
    assert (done.code, done.out) == (0, b"")
    assert "tests/conftest.py: is new, with the fixtures" in done.err
    assert work.read("tests/conftest.py") == render_region()
    assert work.git("status", "--porcelain").decode() == "?? tests/conftest.py\n"


def test_what_stands_in_the_conftest_stays(work: Workplace) -> None:
    work.write("tests/conftest.py", "import os\n")
    work.commit()
    assert work.run("init", "tests").code == 0
    text = work.read("tests/conftest.py")
    assert text.startswith("import os\n")
    assert has_region(text)


def test_a_second_run_changes_nothing(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    work.run("init", "tests")
    before = work.read("tests/conftest.py")
    done = work.run("init", "tests")
    assert done.code == 0
    assert "the fixtures are up to date" in done.err
    assert work.read("tests/conftest.py") == before


def test_check_tells_a_missing_or_changed_region_and_writes_nothing(work: Workplace) -> None:
    work.write("tests/test_x.py")
    work.commit()
    missing = work.run("init", "tests", "--check")
    assert missing.code == 1
    assert "would be new" in missing.err
    assert work.names("tests") == ["test_x.py"]

    work.run("init", "tests")
    assert work.run("init", "tests", "--check").code == 0

    changed = work.read("tests/conftest.py").replace("def scaled", "def scaled_by_hand")
    work.write("tests/conftest.py", changed)
    old = work.run("init", "tests", "--check")
    assert old.code == 1
    assert "missing or old" in old.err
    assert work.read("tests/conftest.py") == changed


def test_regions_further_down_are_updated_as_well(work: Workplace) -> None:
    own = "import pytest\n\n\n@pytest.fixture\ndef chaos_config():\n    return object()\n"
    work.write("tests/inner/conftest.py", own)
    work.commit()
    assert work.run("init", "tests/inner").code == 0
    inner = work.read("tests/inner/conftest.py")
    assert "def chaos_load" in inner
    work.write("tests/inner/conftest.py", inner.replace("def scaled", "def scaled_by_hand"))
    work.commit()
    assert work.run("init", "tests").code == 0
    assert work.read("tests/inner/conftest.py") == inner
    assert has_region(work.read("tests/conftest.py"))


def test_changes_that_git_could_not_bring_back_are_left_alone(work: Workplace) -> None:
    work.write("tests/conftest.py", "import os\n")
    work.commit()
    work.write("tests/conftest.py", "import sys\n")
    refused = work.run("init", "tests")
    assert refused.code == 2
    assert "has uncommitted changes" in refused.err
    assert work.read("tests/conftest.py") == "import sys\n"
    assert work.run("init", "tests", "--allow-dirty").code == 0
    assert has_region(work.read("tests/conftest.py"))


def test_a_region_of_a_newer_version_is_left_alone(work: Workplace) -> None:
    text = render_region().replace(f"fixtures {VERSION}:", f"fixtures {VERSION + 1}:")
    work.write("tests/conftest.py", text)
    work.commit()
    done = work.run("init", "tests")
    assert done.code == 2
    assert "newer chaos-migrate" in done.err


def test_the_conftest_that_the_configuration_names_gets_them(work: Workplace) -> None:
    work.write("pyproject.toml", '[tool.chaos-migrate]\nfixtures = "shared/conftest.py"\n')
    work.write("tests/test_x.py")
    work.write("shared/conftest.py", "")
    work.commit()
    assert work.run("init", "tests").code == 0
    assert has_region(work.read("shared/conftest.py"))
    assert work.names("tests") == ["test_x.py"]


def test_a_path_that_is_not_there_is_wrong_usage(work: Workplace) -> None:
    assert work.run("init", "nowhere").code == 2
