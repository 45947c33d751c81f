"""What a second plan may leave out: tests that say, and reach, what they did before."""

from __future__ import annotations

import ast
from pathlib import Path

from chaos_migrate.codemods.library import Library
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.settled import settled_tests
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite

OLD = """\
LIMIT = 5


def helper():
    return LIMIT


def test_one():
    for i in range(3):
        helper()


class TestTwo:
    def test_two(self):
        helper()
"""


def source(text: str) -> Source:
    return parse_source(Path("test_x.py"), text.encode())


def settled(new: str, old: str = OLD, plan: Plan | None = None) -> list[str]:
    """The names of the tests that are settled."""
    found = settled_tests(source(old), source(new), plan or Plan())
    return sorted(node.name for node in found if isinstance(node, ast.FunctionDef))


def test_those_beside_a_test_that_changes_are() -> None:
    assert settled(OLD) == ["test_one", "test_two"]
    assert settled(OLD.replace("range(3)", "range(n)")) == ["test_two"]
    assert settled(OLD.replace("test_one():\n", "test_one(more):\n    n = 3\n")) == ["test_two"]


def test_a_decorator_is_part_of_its_test() -> None:
    assert settled(OLD.replace("def test_one", "@slow\ndef test_one")) == []


def test_none_is_when_anything_else_changes() -> None:
    assert settled(OLD.replace("LIMIT = 5", "LIMIT = 6")) == []
    assert settled(OLD.replace("return LIMIT", "return 5")) == []
    assert settled(OLD.replace("class TestTwo", "class TestThree")) == []
    assert settled(OLD + "\n    def test_three(self):\n        helper()\n") == []


def test_none_is_when_a_test_that_changes_is_named_by_other_code() -> None:
    calling = OLD.replace("        helper()\n", "        test_one()\n")
    assert settled(calling.replace("range(3)", "range(n)"), calling) == []


def test_one_that_was_to_be_rewritten_is_not() -> None:
    load = (
        "def test_{}():\n    got = []\n    for i in range(100):\n        got.append(call(i))\n"
        "    assert len(got) == 100\n"
    )
    text = load.format("a") + "\n\n" + load.format("b").replace("100", "1") + "\n"
    plan = plan_source(source(text), Suite(Library().load), Options())
    assert len(plan.edits) > 1
    assert settled(text, text, plan) == ["test_b"]
