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
# The words of a name: of `_maxOpen` and `MAX_OPEN` max and open.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HELD = {
    "count", "counts", "counter", "size", "total", "num", "calls", "requests", "samples",
    "entries", "records", "tokens", "items", "pending", "active",
}  # fmt: skip
_SETTINGS = {
    "max", "min", "limit", "limits", "capacity", "quota", "threshold", "samples", "burst",
    "history", "cap", "maxlen", "maxsize", "per",
}  # fmt: skip
_GIVEN = {"maxlen", "maxsize", "capacity", "quota", "per"}
# What is no count of anything that trials bring along, whatever else the name says.
_OTHERS = {
    "byte", "bytes", "mb", "kb", "gb", "length", "depth", "width", "height", "char", "chars",
    "timeout", "timeouts", "seconds", "secs", "sec", "minutes", "hours", "days", "ms", "delay",
    "ttl", "age", "time", "retry", "retries", "attempt", "attempts", "port", "id", "temperature",
    "score", "percent", "pct", "ratio", "text", "line", "lines", "price", "amount",
    "interval", "stale", "distance", "level", "latency", "name", "title", "body", "content",
    "payload", "string", "prompt", "summary", "description", "cost", "dollars", "usd", "memory",
    "filename", "path", "url", "len",
}  # fmt: skip


@remembered
def hidden_limits(context: Context) -> list[Policy]:
    """The limits in the classes and functions that a test makes objects of, or calls."""
    once = {(t.source, t.name, t.made and t.made.root, t.shared): t for t in context.tested}
    return [limit for tested in once.values() for limit in _limits_of(context, tested)]


def _limits_of(context: Context, tested: Tested) -> Iterator[Policy]:
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
    for text, place, number in [*_limits_in(node), *_constants(context, found, node)]:
        symbol = Symbol(place, number, found.source, None)
        yield Policy(
            symbol, text, "limit", tested.shared, compared=True, hidden=True, made=tested.made
        )
    for name in _makes(node) if depth and isinstance(node, ast.ClassDef) else ():
        part = context.suite.find(found.source, name)
        if part is not None and isinstance(part.node, ast.ClassDef) and part.node is not node:
            yield from _within(context, tested, part, depth - 1)


def _constants(context: Context, found: Definition, node: ast.AST) -> Iterator[Limit]:
    """The limits among the constants of its module, or of others, that it reads."""
    for name in _names(node):
        if name.isupper() and _says(name, _SETTINGS):
            constant = context.suite.find(found.source, name)
            value = constant.node if constant is not None else None
            if isinstance(value, ast.expr) and (number := _whole(value)):
                yield f"{name} = {number}", value, number


@remembered
def _limits_in(node: ast.AST) -> list[Limit]:
    """The numbers that code compares a size with, sets as a limit, or gives as one."""
    limits = ((text, n, _whole(n)) for text, n in _all_limits(node))
    return [(text, n, number) for text, n, number in limits if number]


def _all_limits(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for part in walk(node):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], _BOUNDS):
            sides = [part.left, *part.comparators]
            if any(map(_is_held, sides)):
                yield from ((ast.unparse(part), side) for side in sides)
        elif isinstance(part, ast.Call):
            for keyword in part.keywords:
                if _says(keyword.arg or "", _GIVEN):
                    yield ast.unparse(keyword), keyword.value
        elif isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            target = part.targets[0] if isinstance(part, ast.Assign) else part.target
            if _says(_last(target), _SETTINGS):
                yield ast.unparse(part), part.value


def _is_held(node: ast.expr) -> bool:
    """What an object or a module holds: `len(self.entries)`, `self._count`, `len(_PENDING)`."""
    if isinstance(node, ast.Call) and node.args:
        if not isinstance(node.func, ast.Name) or node.func.id != "len":
            return False
        root, last = _root(node.args[0]), _last(node.args[0])
        return (root in ("self", "cls") or root.isupper()) and not _words(last) & _OTHERS
    return _root(node) in ("self", "cls") and _says(_last(node), _HELD)


def _root(node: ast.expr) -> str:
    """The name that an expression begins with: `self` of `self.pool[key]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    """The name that it ends with, whatever place of it is meant: `pool` of `self.pool[key]`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _says(name: str, words: set[str]) -> bool:
    """Whether a name has one of the words, and none of what is no count."""
    own = _words(name)
    return bool(own & words) and not own & _OTHERS


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


@remembered
def _names(node: ast.AST) -> list[str]:
    return list(dict.fromkeys(part.id for part in walk(node) if isinstance(part, ast.Name)))


@remembered
def _makes(node: ast.AST) -> list[str]:
    """The classes that it calls, by their names."""
    calls = (part.func for part in walk(node) if isinstance(part, ast.Call))
    names = (function.id for function in calls if isinstance(function, ast.Name))
    return [name for name in dict.fromkeys(names) if name[:1].isupper()]


def _whole(node: ast.expr) -> int:
    """A whole number that is large enough to be a limit of load, else 0."""
    number = node.value if isinstance(node, ast.Constant) else None
    return number if type(number) is int and number >= _SMALLEST else 0
