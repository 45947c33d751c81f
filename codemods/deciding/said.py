"""What authors say of a number: in the name and docstring of its test, and in comments."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator

from chaos_migrate.codemods.fixtures import fixtures_behind
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import last_name, remembered, walk

# What a test says that is there to exceed something.
_EXCESS = re.compile(r"saturat|exhaust|overflow|overload|flood|pressure|exceed|_full|capacity")


def meant_to_exceed(test: Test) -> bool:
    """Whether a test says that its load exceeds something: half of it might not."""
    return _EXCESS.search(_heading(test)) is not None


NESTED = "its test is about nesting or recursion: that is a depth"
_NESTED = re.compile(r"(?<![a-z])(nesting|deeply.nested|recursion.?(error|limit|depth))(?![a-z])")


def about_nesting(test: Test) -> bool:
    """Whether a test is named for what lies in one another, or calls itself."""
    return _NESTED.search(test.node.name.lower()) is not None


def _heading(test: Test) -> str:
    """The name and the docstring, in lower case."""
    return f"{test.node.name} {ast.get_docstring(test.node) or ''}".lower()


_QUOTA = re.compile(
    r"(?<![a-z])rate.?limit|\blimiter|throttl|quotas?(?![a-z])|\b429\b|too.?many.?requests"
)
_SWITCHED_OFF = re.compile(
    r"disabl|without|bypass|\bno (rate|limit|throttl|quota)|\boff\b|\bskip|unlimited|^\W*reset"
)


def about_a_quota(test: Test, suite: Suite) -> bool:
    """Whether a test says that there is a limit on how much may be asked for in a while.

    It says so in its name, its docstring or a comment, its own or one of its fixtures.
    """
    if _QUOTA.search(_heading(test)):
        return True
    said = _comments(test.source, test.node)
    for name in asked_for(test):
        for source, fixture in fixtures_behind(test, suite, name):
            said += [ast.get_docstring(fixture) or "", *_comments(source, fixture)]
    lowered = (each.lower() for each in said)
    return any(_QUOTA.search(each) and not _SWITCHED_OFF.search(each) for each in lowered)


_ASKING = ("usefixtures", "getfixturevalue")


def asked_for(test: Test) -> Iterator[str]:
    """The fixtures that a test asks for: as parameters, by `usefixtures` or in its body."""
    arguments = test.node.args
    yield from (argument.arg for argument in (*arguments.args, *arguments.kwonlyargs))
    yield from _asked_by_name(test.node)


@remembered
def _asked_by_name(node: FunctionDef) -> list[str]:
    calls = (n for n in walk(node) if isinstance(n, ast.Call) and last_name(n.func) in _ASKING)
    return [str(n.value) for call in calls for n in call.args if isinstance(n, ast.Constant)]


def _comments(source: Source, node: FunctionDef) -> list[str]:
    """The comments of a function that may tell of a quota; none where its text is too odd."""
    text = textwrap.dedent(source.lines_of(node))
    if "#" not in text or not _QUOTA.search(text.lower()):
        return []  # which is told at once, and comments are not
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


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
