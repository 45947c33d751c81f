"""What a piece of code writes to: the names it adds to, binds, and the containers it changes."""

from __future__ import annotations

import ast
import re

MUTATORS = {"append", "add", "put", "put_nowait", "extend", "update", "pop", "remove", "insert",
             "appendleft", "popleft", "setdefault", "discard", "clear"}  # fmt: skip


def written(body: list[ast.stmt]) -> tuple[set[str], set[str], set[str]]:
    """The names that statements add to, those they rebind, and the containers they change."""
    added: set[str] = set()
    rebound: set[str] = set()
    mutated: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            added.add(node.target.id)
            pending.append(node.value)
            continue
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if (
                isinstance(target, ast.Name)
                and isinstance(node.value, ast.BinOp)
                and isinstance(node.value.left, ast.Name)
                and node.value.left.id == target.id
                and isinstance(node.value.op, ast.Add | ast.Sub)
            ):
                added.add(target.id)
                continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            rebound.add(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = node.func.value
            if isinstance(base, ast.Name) and node.func.attr in MUTATORS:
                mutated.add(base.id)
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        ):
            mutated.add(node.value.id)
        pending.extend(ast.iter_child_nodes(node))
    return added, rebound, mutated


def breaks(body: list[ast.stmt]) -> bool:
    """Whether a loop with this body can be left by a `break` of its own."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            pending.extend(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return False


def gives_up(body: list[ast.stmt]) -> bool:
    """Whether a loop's `break` stands where a trial has failed: in an `except`, under a `not`."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.ExceptHandler) and breaks(node.body):
                return True
            if isinstance(node, ast.If) and breaks(node.body) and _asks_for_failure(node.test):
                return True
    return False


def _asks_for_failure(test: ast.expr) -> bool:
    """`if not ok: break`, and `if failures > 3: break` where too much has gone wrong."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return True
    names = [child.id.lower() for child in ast.walk(test) if isinstance(child, ast.Name)]
    return any(_FAILURE.search(name) for name in names)


_FAILURE = re.compile(r"fail|err|reject|lost|drop|crash|broken")
