"""One text migrated, and all that must be true of the result whatever the text is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chaos_migrate.codemods.migration import Migrated, migrate_source
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite
from tests.laws.folding import folds_back
from tests.laws.places import only_planned_places_differ

PATH = Path("/suite/tests/test_generated.py")


@dataclass(frozen=True)
class Migration:
    """A text before and after."""

    source: Source
    plan: Plan
    result: Migrated

    @property
    def after(self) -> str:
        """The new text."""
        return self.result.data.decode(self.source.encoding)


def migrate(data: bytes, options: Options) -> Migration:
    """Migrate a module that stands alone."""

    def plan(source: Source, *_: object) -> Plan:  # all of it, the second time as well
        return plan_source(source, Suite(lambda path: None), options)

    source = parse_source(PATH, data)
    first = plan(source)
    return Migration(source, first, migrate_source(source, first, plan))


def keeps_the_laws(migration: Migration, options: Options) -> None:
    """Raise AssertionError unless it was done, and rightly.

    It compiles, it is the old program at load 1, nothing but planned places was touched, and a
    second run has nothing to do.
    """
    source, result = migration.source, migration.result
    assert result.problem is None
    compile(result.data, str(PATH), "exec", dont_inherit=True)
    only_planned_places_differ(source, migration.plan.edits, result.data)
    folds_back(source.text, parse_source(PATH, result.data).text)
    assert migrate(result.data, options).result.data == result.data
