"""New lines that are no longer than the project wants its lines to be."""

from __future__ import annotations

import ast

_STEP = "    "


def wrapped(statement: str, indent: int, longest: int | None) -> str:
    """`name = call(...)` with its arguments on lines of their own if it would be too long.

    `indent` is how far in the statement will stand; the layout is the one of black and ruff.
    """
    if longest is None or indent + len(statement) <= longest:
        return statement
    call = getattr(ast.parse(statement).body[0], "value", None)
    if not isinstance(call, ast.Call) or not statement.isascii():
        return statement
    opening, closing = call.func.end_col_offset or 0, len(statement) - 1
    if call.end_col_offset != len(statement) or statement[opening] != "(":
        return statement
    lines = [statement[opening + 1 : closing]]
    if indent + len(_STEP) + len(lines[0]) > longest:
        lines = [f"{ast.unparse(argument)}," for argument in (*call.args, *call.keywords)]
    inside = "\n".join(f"{_STEP}{line}" for line in lines)
    return f"{statement[: opening + 1]}\n{inside}\n)"
