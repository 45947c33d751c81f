"""Tests that a rewrite has left as they were: what was planned for them still holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container

from chaos_migrate.codemods.functions import defined_tests
from chaos_migrate.codemods.plan import Action, Plan
from chaos_migrate.codemods.source import Source

Replan = Callable[[Source, Container[ast.AST]], Plan]
"""Plans another text of a file; the tests that are settled may be left out."""


def settled_tests(old: Source, new: Source, plan: Plan) -> frozenset[ast.AST]:
    """The tests of `new` of which a second plan would say what `plan` said of them in `old`.

    They have the same text, nothing of them was to be rewritten, and all that they can reach is
    the same as well: only other tests differ, and none of those is called by its name.
    """
    before = [node for node, _ in defined_tests(old.tree)]
    after = [node for node, _ in defined_tests(new.tree)]
    if len(before) != len(after) or _around(old, before) != _around(new, after):
        return frozenset()
    to_rewrite = {test.line for test in plan.tests if test.has(Action.REWRITE)}
    same = [
        then.lineno not in to_rewrite and old.lines_of(then) == new.lines_of(now)
        for then, now in zip(before, after, strict=True)
    ]
    changed = [now.name for now, is_same in zip(after, same, strict=True) if not is_same]
    anywhere = re.findall(rf"\b(?:{'|'.join(changed)})\b", new.text) if changed else []
    if len(anywhere) > len(changed):
        return frozenset()
    return frozenset(now for now, is_same in zip(after, same, strict=True) if is_same)


def _around(source: Source, tests: list[ast.FunctionDef | ast.AsyncFunctionDef]) -> list[str]:
    """The lines of a file that belong to none of its tests."""
    lines: list[str] = []
    line = 1
    for test in tests:
        lines += source.lines[line - 1 : test.lineno - 1]
        line = (test.end_lineno or test.lineno) + 1
    return lines + source.lines[line - 1 :]
