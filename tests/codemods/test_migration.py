"""A file is migrated only if its new text is proven; otherwise it keeps its bytes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from chaos_migrate.codemods.edits import AddParameter, Replace
from chaos_migrate.codemods.migration import Migrated, migrate_source
from chaos_migrate.codemods.plan import Action, Plan, Site
from chaos_migrate.codemods.source import parse_source

TEXT = b"def test():\n    for i in range(10):\n        f(i)\n"


def migrated(code: str, again: Plan | None = None, data: bytes = TEXT) -> Migrated:
    source = parse_source(Path("t.py"), data)
    function = source.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    number = next(node for node in ast.walk(function) if isinstance(node, ast.Constant))
    plan = Plan(edits=(AddParameter(function, "chaos_config"), Replace(number, code)))
    return migrate_source(source, plan, lambda *_: again or Plan())


def test_a_proven_rewrite_gives_the_new_bytes() -> None:
    new = b"def test(chaos_config):\n    for i in range(chaos_config.scaled(10)):\n        f(i)\n"
    assert migrated("chaos_config.scaled(10)") == Migrated(new)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("11", "the new text would be another program: line 2: `11` is not known to be `10`"),
        ("1 +", "LibCST cannot parse the new text"),
        ("(yield)", "the new text would be another program"),
        ("(__debug__ := 10)", "the new text would not compile"),
    ],
)
def test_a_doubtful_rewrite_leaves_the_file_alone(code: str, problem: str) -> None:
    result = migrated(code)
    assert result.data == TEXT
    assert (result.problem or "").startswith(problem)


def test_a_plan_that_is_never_done_leaves_the_file_alone() -> None:
    site = Site("CHM101", Action.REWRITE, 2, 20, 2, 22, "10", "test", "load")
    result = migrated("chaos_config.scaled(10)", Plan(sites=(site,)))
    assert result == Migrated(TEXT, "a second run would change the new text again")


def test_a_plan_without_edits_changes_nothing() -> None:
    def never(*_: object) -> Plan:
        raise AssertionError

    assert migrate_source(parse_source(Path("t.py"), TEXT), Plan(), never) == Migrated(TEXT)


def test_libcst_is_loaded_only_to_rewrite() -> None:
    code = "import sys, chaos_migrate.codemods.migration; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
