"""The suite that ships with the project, migrated with other options, and then run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkouts import checkout

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
