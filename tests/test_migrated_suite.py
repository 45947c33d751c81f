"""The suite that ships with the project, migrated as a user would, and then run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checkouts import PYTEST, Checkout, checkout, migrated

pytestmark = pytest.mark.long(35)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return migrated(tmp_path_factory.mktemp("after"))


def test_a_second_run_changes_nothing(after: Checkout) -> None:
    files = after.files()
    assert "Nothing to change" in after.migrate("--apply").err
    assert after.files() == files


def test_the_patch_of_a_dry_run_is_what_apply_writes(tmp_path: Path, after: Checkout) -> None:
    here = checkout(tmp_path)
    untouched = here.files()
    here.migrate("--dry-run", "--output", "x.patch")
    assert here.files() == untouched
    here.git("apply", "x.patch")
    assert here.files() == after.files()


def test_ten_runs_pass_before_the_migration(before: Checkout) -> None:
    before.passes(10, "1")


def test_ten_runs_pass_after_it_at_every_load(after: Checkout) -> None:
    after.passes(10, "0.25", "0.5", "1", "1.3", "2", "4")


# What always shrinks differs by the floors alone, which are no matter at load 1.
@pytest.mark.parametrize("option", ["--style=helpers", "--style=plain"])
def test_at_load_1_tests_draw_and_compare_the_same_as_before(before: Checkout, option: str) -> None:
    report = before.path / "report.json"
    options = ("--loads", "1", "--runs", "3", "--format", "json", "--output", str(report))
    done = before.program("verify", "chaos", option, *options, "--", *PYTEST)
    found = json.loads(report.read_text())
    assert not [test for test in found["tests"] if test["difference"]]
    assert found["summary"]["compared"] > 100
    assert done.code == 0, done.err
