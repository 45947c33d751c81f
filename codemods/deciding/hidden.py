"""Limits that stand in the code under test: what it compares a size with, and its settings.

A test names none of them, and yet its counts may be there to stay below one, or to reach it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Policy, Tested
from chaos_migrate.codemods.suite import Definition
from chaos_migrate.codemods.trees import remembered, walk

Limit = tuple[str, ast.expr, int]

# Smaller ones are limits of depth, retries and the like, or of scenarios.
_SMALLEST = 10
# What the objects of a class make themselves is looked into as deep as this.
_DEPTH = 2
_BOUNDS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
# What an object or a module holds: `len(self.entries)`, `self._count`, `len(_PENDING)`.
_HELD = re.compile(
    r"\blen\(((self|cls)\.|_?[A-Z])"
    r"|\b(self|cls)\.\w*(count|size\b|total|num|calls|requests|samples|entries|records|tokens)"
)
_SETTINGS = re.compile(
    r"max|min_|_min|limit|capacity|quota|per_(second|minute|hour|day)|threshold|samples|burst"
    r"|history|window_size|batch_size|_cap$"
)
_GIVEN = re.compile(r"^max_?(len|size|entries|items)$|capacity|quota|per_(second|minute|hour|day)")
_NO_COUNTS = re.compile(
    r"byte|_mb|_kb|length|depth|width|char|timeout|seconds|_ms|delay|ttl|age|retries|attempts|port"
    r"|temperature|score|percent|ratio|text|line|price|amount|interval|stale|distance|level|latenc"
    r"|name|title|message|body|content|payload|string|prompt|summary|descr|cost|dollar|usd"
)


def hidden_limits(context: Context) -> Iterator[Policy]:
    """The limits in the classes and functions that a test makes objects of, or calls."""
    for tested in context.tested:
        found = context.suite.find(tested.source, tested.name)
        if found is None or found.node is None:
            dotted = found.dotted if found is not None else tested.name
            found = context.suite.under_test(tested.source, dotted)
        if found is not None:
            yield from _within(context, tested, found, _DEPTH)


def _within(context: Context, tested: Tested, found: Definition, depth: int) -> Iterator[Policy]:
    """The same for what was found, and for what its objects make in turn."""
    node = found.node
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for text, place, number in [*_limits_in(node), *_named(found, node)]:
        symbol = Symbol(place, number, found.source, None)
        yield Policy(
            symbol, text, "limit", tested.shared, compared=True, hidden=True, made=tested.made
        )
    for name in _makes(node) if depth and isinstance(node, ast.ClassDef) else ():
        part = context.suite.find(found.source, name)
        if part is not None and isinstance(part.node, ast.ClassDef) and part.node is not node:
            yield from _within(context, tested, part, depth - 1)


@remembered
def _limits_in(node: ast.AST) -> list[Limit]:
    """The numbers that code compares a size with, sets as a limit, or gives as one."""
    limits = ((text, n, _whole(n)) for text, n in _all_limits(node))
    return [(text, n, number) for text, n, number in limits if number]


def _all_limits(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for part in walk(node):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], _BOUNDS):
            text = ast.unparse(part)
            if _HELD.search(text) and not _NO_COUNTS.search(text.lower()):
                yield from ((text, side) for side in (part.left, *part.comparators))
        elif isinstance(part, ast.Call):
            for keyword in part.keywords:
                if _GIVEN.search(keyword.arg or ""):
                    yield ast.unparse(keyword), keyword.value
        elif isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            target = part.targets[0] if isinstance(part, ast.Assign) else part.target
            if _names_limit(ast.unparse(target)):
                yield ast.unparse(part), part.value


def _named(found: Definition, node: ast.AST) -> Iterator[Limit]:
    """The limits among the constants of its module that it reads."""
    for statement in found.source.tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name, value = statement.targets[0].id, statement.value
            number = _whole(value)
            if number and _names_limit(name) and name in _names(node):
                yield ast.unparse(statement), value, number


@remembered
def _names(node: ast.AST) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


@remembered
def _makes(node: ast.AST) -> list[str]:
    """The classes that it calls, by their names."""
    calls = (part.func for part in walk(node) if isinstance(part, ast.Call))
    names = (function.id for function in calls if isinstance(function, ast.Name))
    return [name for name in dict.fromkeys(names) if name[:1].isupper()]


def _names_limit(name: str) -> bool:
    return bool(_SETTINGS.search(name.lower())) and not _NO_COUNTS.search(name.lower())


def _whole(node: ast.expr) -> int:
    """A whole number that is large enough to be a limit of load, else 0."""
    number = node.value if isinstance(node, ast.Constant) else None
    return number if type(number) is int and number >= _SMALLEST else 0
