"""Going through `ast` trees, and facts about their nodes that are worked out once.

Planning asks much of every tree. These do what `ast.walk` and `ast.unparse` do, several times
faster, by leaving out what nobody here asks for: contexts and operators.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

Node = TypeVar("Node")
Fact = TypeVar("Fact")

_NO_NODES = {
    "ctx", "op", "ops", "id", "attr", "arg", "kind", "module", "level", "asname", "conversion",
    "simple", "is_async", "type_comment", "type_ignores", "lineno", "tag", "rest", "kwd_attrs",
}  # fmt: skip
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


# The fields of each kind of node that may hold nodes; Names and Constants, half of all, have none.
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in _NO_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
_FIELDS.update(dict.fromkeys((ast.Constant, ast.Global, ast.Nonlocal, ast.alias), ()))


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below a node, in the order of its fields."""
    found: list[ast.AST] = []
    for field in _FIELDS[node.__class__]:
        value = getattr(node, field, None)
        if value.__class__ is list:
            # A dict's `**other` and a parameter without default have None for their key or value.
            found += value if None not in value else [item for item in value if item is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(*roots: ast.AST) -> list[ast.AST]:
    """The nodes of trees, the nearer ones first."""
    found = list(roots)
    for node in found:  # which grows on the way
        if _FIELDS[node.__class__]:
            found += children(node)
    return found


def statements(body: Iterable[ast.AST]) -> list[ast.AST]:
    """All statements (and handlers and cases) of a block, those in other blocks included."""
    found = list(body)
    for node in found:
        for field in _BLOCKS:
            inner = getattr(node, field, None)
            if inner.__class__ is list:
                found += inner
    return found


def code_of(node: ast.expr) -> str:
    """What `ast.unparse` gives; dotted names, which are asked for most, in no time."""
    if isinstance(node, ast.Name):
        return node.id
    parts = []
    inner = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        return ".".join((inner.id, *reversed(parts)))
    return ast.unparse(node)


def last_name(function: ast.expr) -> str:
    """The last part of what is called: `c` of `a().b.c`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return code_of(function).rpartition(".")[2]


def is_text(node: ast.AST) -> bool:
    """Whether it is a text or bytes, written out."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def remembered(fact: Callable[[Node], Fact]) -> Callable[[Node], Fact]:
    """Work out a fact of a node, or of a reading, once: it is kept there and goes with it."""
    key = f"_{fact.__module__}.{fact.__qualname__}"

    @wraps(fact)
    def known(node: Node) -> Fact:
        facts: dict[str, Any] = vars(node)
        if key not in facts:
            facts[key] = fact(node)
        result: Fact = facts[key]
        return result

    return known
