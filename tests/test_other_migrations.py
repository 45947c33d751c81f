"""The suite that ships with the project, migrated in less usual ways, and then run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from chaos_migrate.codemods.plan import Action
from tests.checkouts import checkout, half_migrated, plans

pytestmark = pytest.mark.long(60)


# From load 1 on it makes no difference whether a count may always shrink.
@pytest.mark.parametrize(
    ("option", "loads"),
    [("--style=plain", ("0.5", "1", "1.3", "2", "4")), ("--shrink=always", ("0.25", "0.5", "1"))],
)
def test_migrations_of_other_kinds_pass_as_well(
    tmp_path: Path, option: str, loads: tuple[str, ...]
) -> None:
    suite = checkout(tmp_path)
    suite.migrate("--apply", option)
    suite.passes(10, *loads)


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
    suite.passes(10, "0.5", "1", "1.3", "2", "4")
