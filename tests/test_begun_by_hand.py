"""The suite that ships with the project, its counts scaled by hand, finished, and then run.

What is the same as in the suite that is migrated in plain style is run there.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from chaos_migrate.codemods.plan import Action
from tests.checkouts import differing, half_migrated, migrated, plans

pytestmark = pytest.mark.long(10)


def test_a_suite_that_was_begun_by_hand_is_finished(tmp_path: Path) -> None:
    suite = half_migrated(tmp_path / "begun")
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
    plain = migrated(tmp_path / "plain", "--style=plain")
    tests = differing(plain.files(), suite.files())
    assert len(tests) > 30
    suite.passes(10, "0.5", "1", "1.3", "2", "4", tests=tests)
