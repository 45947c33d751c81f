"""The suite that ships with the project, migrated with other options, and then run.

What is the same as in the suite that is migrated without options is run there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkouts import differing, migrated

pytestmark = pytest.mark.long(15)


# From load 1 on it makes no difference whether a count may always shrink.
@pytest.mark.parametrize(
    ("option", "loads"),
    [("--style=plain", ("0.5", "1", "1.3", "2", "4")), ("--shrink=always", ("0.25", "0.5", "1"))],
)
def test_migrations_of_other_kinds_pass_as_well(
    tmp_path: Path, option: str, loads: tuple[str, ...]
) -> None:
    usual, suite = migrated(tmp_path / "usual"), migrated(tmp_path / "other", option)
    tests = differing(usual.files(), suite.files())
    assert len(tests) > 30
    suite.passes(10, *loads, tests=tests)
