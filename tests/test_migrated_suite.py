"""The suite that ships with the project, migrated as a user would, and then run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from chaos_migrate.codemods.plan import Action
from tests.checkouts import Checkout, checkout, half_migrated, plans

pytestmark = pytest.mark.long
beforehand = pytest.mark.xdist_group("before")
afterwards = pytest.mark.xdist_group("after")

LOADS = ("0.5", "1", "1.3", "2", "4")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    migrated = checkout(tmp_path_factory.mktemp("after"))
    migrated.migrate("--apply")
    return migrated


@afterwards
def test_a_second_run_changes_nothing(after: Checkout) -> None:
    files = after.files()
    assert "Nothing to change" in after.migrate("--apply").err
    assert after.files() == files


@afterwards
def test_the_patch_of_a_dry_run_is_what_apply_writes(tmp_path: Path, after: Checkout) -> None:
    here = checkout(tmp_path)
    untouched = here.files()
    here.migrate("--dry-run", "--output", "x.patch")
    assert here.files() == untouched
    here.git("apply", "x.patch")
    assert [*here.files().values()] == [*after.files().values()]


@beforehand
def test_ten_runs_pass_before_the_migration(before: Checkout) -> None:
    before.passes(runs=10)


@afterwards
@pytest.mark.parametrize("load", LOADS)
def test_ten_runs_pass_after_it_at_every_load(after: Checkout, load: str) -> None:
    after.passes(runs=10, CHAOS_LOAD_MULTIPLIER=load)


# In plain style no count shrinks, and from load 1 on shrinking makes no difference.
@pytest.mark.parametrize(
    ("option", "loads"),
    [("--style=plain", ("1", "1.3", "2", "4")), ("--shrink=always", ("0.25", "0.5", "1"))],
)
def test_migrations_of_other_kinds_pass_as_well(
    tmp_path: Path, option: str, loads: tuple[str, ...]
) -> None:
    suite = checkout(tmp_path)
    suite.migrate("--apply", option)
    for load in loads:
        suite.passes(runs=10, CHAOS_LOAD_MULTIPLIER=load)


def test_a_suite_that_was_begun_by_hand_is_finished(tmp_path: Path) -> None:
    suite = half_migrated(tmp_path)
    report = json.loads(suite.migrate("--apply", "--format", "json").out)
    finished = Counter(
        site["code"]
        for file in report["files"]
        for site in file["sites"]
        if site["action"] == "rewrite"
    )
    whole = Counter(
        site.code for plan in plans().values() for site in plan.by_action(Action.REWRITE)
    )
    assert finished == {code: whole[code] for code in ("CHM201", "CHM202", "CHM301")}
    for load in ("1", "1.3", "2", "4"):  # what was begun by hand does not shrink
        suite.passes(runs=10, CHAOS_LOAD_MULTIPLIER=load)


# What always shrinks differs by the floors alone, which are no matter at load 1.
@beforehand
@pytest.mark.parametrize("option", ["--style=helpers", "--style=plain"])
def test_at_load_1_tests_draw_and_compare_the_same_as_before(before: Checkout, option: str) -> None:
    report = before.path / "report.json"
    options = ("--loads", "1", "--runs", "3", "--format", "json", "--output", str(report))
    done = before.program("verify", "chaos", option, *options)
    found = json.loads(report.read_text())
    assert not [test for test in found["tests"] if test["difference"]]
    assert found["summary"]["compared"] > 100
    assert done.code == 0, done.err
