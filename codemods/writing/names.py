"""Names for new variables, and the names that numbers have already."""

from __future__ import annotations

import ast
import re

from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.deciding.verdicts import Bound


def count_name(count: Count) -> str:
    """The new name of a count."""
    return "num_tasks" if count.concurrent else "iterations"


def bound_name(bound: Bound, value: ast.expr) -> str:
    """`max_failures` for `failures <= 3`, `min_success_rate` for `success_rate >= 0.7`."""
    prefix = "min" if bound.method.startswith("min") else "max"
    words = re.findall(r"[A-Za-z_][A-Za-z_0-9]*", ast.unparse(value))
    words = [word for word in words if word not in ("self", "len", "sum", "get", "abs", "round")]
    if isinstance(value, ast.Name):
        base = value.id
    elif (
        isinstance(value, ast.Call) and len(value.args) == 1 and isinstance(value.args[0], ast.Name)
    ):
        base = value.args[0].id
    elif isinstance(value, ast.Attribute):
        base = value.attr
    elif isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        base = re.sub(r"\W+", "_", str(value.slice.value)).strip("_") or "count"
    elif bound.method == "time_limit":
        base = "seconds"
        if value is bound.node:
            return "timeout"
    else:
        base = "rate" if bound.method.endswith("rate") else "count"
    base = base.strip("_").lower()
    if base.startswith(f"{prefix}_") or base[:1].isdigit():
        return f"{prefix}_allowed_{base}"
    return f"{prefix}_{base}"


def assigned_name(statement: ast.stmt, node: ast.expr) -> str | None:
    """The name that is assigned exactly this number."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and statement.value is node:
            return target.id
    if isinstance(statement, ast.AnnAssign) and statement.value is node:
        return statement.target.id if isinstance(statement.target, ast.Name) else None
    return None
