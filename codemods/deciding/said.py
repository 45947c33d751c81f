"""What authors say of a number: in the name and docstring of its test, and in comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from chaos_migrate.codemods.fixtures import fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite

# What a test says that is there to exceed something.
_EXCESS = re.compile(r"saturat|exhaust|overflow|overload|flood|pressure|exceed|_full|capacity")


def meant_to_exceed(test: Test) -> bool:
    """Whether a test says that its load exceeds something: half of it might not."""
    said = f"{test.node.name} {ast.get_docstring(test.node) or ''}"
    return _EXCESS.search(said.lower()) is not None


_QUOTA = re.compile(r"rate.?limit|\blimiter|throttl|quotas?(?![a-z])|\b429\b|too.?many.?requests")
_SWITCHED_OFF = re.compile(r"disabl|without|bypass|\bno\b|\boff\b|skip|unlimited|reset")


def about_a_quota(test: Test, suite: Suite) -> bool:
    """Whether a test says that there is a limit on how much may be asked for in a while.

    It says so in its name, its docstring or a comment, its own or one of its fixtures.
    """
    if _QUOTA.search(f"{test.node.name} {ast.get_docstring(test.node) or ''}".lower()):
        return True
    said = _comments(test.source, test.node)
    for argument in test.node.args.args:
        for source, fixture in fixtures_behind(test, suite, argument.arg):
            said += [ast.get_docstring(fixture) or "", *_comments(source, fixture)]
    lowered = (each.lower() for each in said)
    return any(_QUOTA.search(each) and not _SWITCHED_OFF.search(each) for each in lowered)


def _comments(source: Source, node: FunctionDef) -> list[str]:
    """The comments of a function, each line of them."""
    lines = source.lines_of(node).splitlines() if "#" in source.lines_of(node) else []
    return [line.partition("#")[2] for line in lines if "#" in line]


# What authors say of a number that was chosen against a limit of the code under test.
_REACHES = re.compile(
    r"exceed|overflow|overload|enough to|trigger|beyond"
    r"|(hit|reach|past|over|above|below|within|fill|more than|less than|fewer than)\w*\b[^.]{0,20}?"
    r"(limit|threshold|capacity|max|quota|bucket|buffer|pool|queue|rate)"
)


def reaches_a_limit(source: Source, nodes: Iterable[ast.AST]) -> bool:
    """Whether a comment on the line of one of the nodes, or the one above, says so."""
    lines = {node.lineno for node in nodes if isinstance(node, ast.stmt | ast.expr)}
    return any(_REACHES.search(source.comment(line).lower()) for line in lines)
