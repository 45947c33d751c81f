"""What a plan may do to a file: four small edits, each tied to a node of the `ast`."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Replace:
    """Put the expression `code` where `node` stands.

    `node` is a number, a name, an attribute, or a whole message string (plain or f-string, with
    all its implicitly joined parts) of the file's own tree.
    """

    node: ast.expr
    code: str


@dataclass(frozen=True, eq=False)
class Insert:
    """Put the simple statement `code` on a line of its own directly above the statement `before`.

    Where it has several lines, they are indented as if it stood at the margin.

    Several inserts above one statement keep the order in which the plan lists them.
    """

    before: ast.stmt
    code: str


@dataclass(frozen=True, eq=False)
class AddParameter:
    """Add the plain parameter `name` to `function`, last of those that take no default value.

    A keyword-only parameter where the function has positional defaults or a bare `*` demands it.
    """

    function: ast.FunctionDef | ast.AsyncFunctionDef
    name: str


Edit = Replace | Insert | AddParameter
