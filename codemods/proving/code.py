"""Simple questions to a piece of code: its text, its names, what it calls and shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from chaos_migrate.codemods.source import Source


def lines_of(source: Source) -> list[str]:
    """The lines of a file, whatever ends them."""
    return source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def text_of(lines: list[str], node: ast.stmt) -> list[str]:
    """The whole lines of a statement, with those of its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = decorators[0].lineno if decorators else node.lineno
    return lines[first - 1 : node.end_lineno]


def names_in(tree: ast.AST) -> frozenset[str]:
    """Every name that the code in `tree` uses for a variable, a function or a class."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            names.update(node.names)
        elif not isinstance(node, ast.keyword):
            given = (
                getattr(node, field, None) for field in ("id", "arg", "name", "asname", "rest")
            )
            names.update(name for name in given if isinstance(name, str))
    return frozenset(names)


def called_in(node: ast.AST, hidden: frozenset[str]) -> Iterator[str]:
    """The functions and methods of the file that its code calls, by name."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        hidden |= {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id not in hidden:
            yield node.func.id
        elif isinstance(node.func, ast.Attribute) and _is_self(node.func.value):
            yield node.func.attr
    for child in ast.iter_child_nodes(node):
        yield from called_in(child, hidden)


def _is_self(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def asserts(node: ast.Call) -> bool:
    """Whether it is one of unittest's assertions."""
    func = node.func
    return isinstance(func, ast.Attribute) and _is_self(func.value) and func.attr[:6] == "assert"


def is_docstring(body: Sequence[ast.stmt]) -> bool:
    """Whether a body begins with a docstring."""
    return bool(body) and isinstance(body[0], ast.Expr) and is_text(body[0].value)


def is_text(node: ast.expr | None) -> bool:
    """Whether it is a string, plain or formatted."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr)


def shown(text: ast.expr | None) -> list[ast.FormattedValue]:
    """The values that a string shows."""
    parts = text.values if isinstance(text, ast.JoinedStr) else []
    return [part for part in parts if isinstance(part, ast.FormattedValue)]


def is_pure(node: ast.expr) -> bool:
    """Whether evaluating it changes nothing, as far as the names in it are ordinary."""
    if isinstance(node, ast.Call):
        plain = isinstance(node.func, ast.Name) and node.func.id in ("len", "max", "min", "sum")
        return plain and not node.keywords and all(map(is_pure, node.args))
    if isinstance(node, ast.BinOp):
        return is_pure(node.left) and is_pure(node.right)
    if isinstance(node, ast.Subscript):
        return is_pure(node.value) and is_pure(node.slice)
    if isinstance(node, ast.Attribute):
        return is_pure(node.value)
    return isinstance(node, (ast.Name, ast.Constant))
