"""The suite that ships with the project, its counts scaled by hand, finished, and then run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from chaos_migrate.codemods.plan import Action
from tests.checkouts import half_migrated, plans

pytestmark = pytest.mark.long(40)


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
