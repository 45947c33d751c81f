"""Laws that hold for every test that can be written: tests are generated, migrated and run.

`CHAOS_LONG=1 pytest tests/laws/test_generated.py` tries 5,000 of each kind instead of 200.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chaos_migrate.codemods.plan import Options
from tests.laws.layout import Layout, layouts
from tests.laws.migrating import keeps_the_laws, migrate
from tests.laws.programs import Program, programs
from tests.laws.running import trace

pytestmark = pytest.mark.long(10)

settings.register_profile("ci", max_examples=200)
settings.register_profile("long", max_examples=5000)
PROFILE = settings.get_profile("long" if os.environ.get("CHAOS_LONG") else "ci")

# LibCST loses the end of a file whose last line is a comment that ends with a backslash.
NOT_FOR_LIBCST = "LibCST does not give this file back as it is"

generated = settings(PROFILE, deadline=None, suppress_health_check=list(HealthCheck))
options = st.builds(
    Options,
    style=st.sampled_from(["helpers", "helpers", "plain"]),
    shrink=st.sampled_from(["power", "always"]),
)


@generated
@given(programs(), layouts(), options)
def test_at_load_1_the_migrated_test_is_the_old_one(
    program: Program, layout: Layout, options: Options
) -> None:
    before = layout.applied(program.text)
    migration = migrate(before, options)
    assume(migration.result.problem != NOT_FOR_LIBCST)
    keeps_the_laws(migration, options)
    assert trace(program, migration.result.data, load=1) == trace(program, before, load=1)


@generated
@given(programs(), options, st.sampled_from([0.5, 0.7, 1.3, 4]))
def test_at_any_load_the_migrated_test_passes_or_fails_but_never_breaks(
    program: Program, options: Options, load: float
) -> None:
    migration = migrate(program.text.encode(), options)
    assert trace(program, migration.result.data, load).outcome
