"""What a piece of code writes to: the names it adds to, binds, and the containers it changes."""

from __future__ import annotations

import ast
import re

from chaos_migrate.codemods.trees import children, remembered, statements, walk

# What runs again and again: once a trial, or once a call.
Repeated = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = ast.For | ast.AsyncFor | ast.While
_WITHOUT_BREAKS = ast.expr | ast.FunctionDef | ast.AsyncFunctionDef
_WITH_NAMES_OF_THEIR_OWN = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
MUTATORS = {"append", "add", "put", "put_nowait", "extend", "update", "pop", "remove", "insert",
             "appendleft", "popleft", "setdefault", "discard", "clear"}  # fmt: skip


@remembered
def written(block: Repeated) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names that a body adds to, those that it rebinds, and the containers it changes."""
    added: set[str] = set()
    rebound: set[str] = set()
    mutated: set[str] = set()
    pending: list[ast.AST] = list(block.body)
    while pending:
        node = pending.pop()
        if isinstance(node, _WITH_NAMES_OF_THEIR_OWN):
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
        pending += children(node)
    return frozenset(added), frozenset(rebound), frozenset(mutated)


Block = Repeated | ast.ExceptHandler | ast.If


@remembered
def returns(block: Block) -> bool:
    """Whether a `return` of the function around it stands in the body of this block."""
    pending: list[ast.AST] = list(block.body)
    for node in pending:  # which grows on the way
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, _WITHOUT_BREAKS):
            pending += children(node)
    return False


def leaves(block: Block) -> bool:
    """Whether a loop can be left in the body of this block, by a `break` or a `return`."""
    return breaks(block) or returns(block)


@remembered
def breaks(block: Block) -> bool:
    """Whether a loop can be left by a `break` of its own in the body of this block."""
    pending: list[ast.AST] = list(block.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, _LOOPS):
            pending.extend(node.orelse)
        elif not isinstance(node, _WITHOUT_BREAKS):
            pending += children(node)
    return False


@remembered
def gives_up(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop is left where a trial has failed: in an `except`, under a `not`."""
    for node in statements(loop.body):
        if isinstance(node, ast.ExceptHandler) and leaves(node):
            return True
        if isinstance(node, ast.If) and leaves(node) and _asks_for_failure(node.test):
            return True
    return False


def _asks_for_failure(test: ast.expr) -> bool:
    """`if not ok: break`, and `if failures > 3: break` where too much has gone wrong."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return True
    names = [child.id.lower() for child in walk(test) if isinstance(child, ast.Name)]
    return any(_FAILURE.search(name) for name in names)


_FAILURE = re.compile(r"fail|err|reject|lost|drop|crash|broken")
