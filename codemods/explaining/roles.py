"""What a number is by its place in the text, where nothing is known of its meaning."""

from __future__ import annotations

import ast
from itertools import pairwise

from chaos_migrate.codemods.functions import FunctionDef

_LONGEST = 60
_WAITS = ("sleep", "wait", "wait_for", "join", "result", "timeout", "get", "acquire")


def role(path: list[ast.AST]) -> str:
    """A sentence; `path` leads from the number outwards to the statement that it stands in."""
    node = path[0]
    for child, parent in pairwise(path):
        sentence = _in(parent, child, node)
        if sentence:
            return sentence
    return f"it is part of `{shown(path[-1])}`"


def _in(parent: ast.AST, child: ast.AST, node: ast.AST) -> str:
    """What the number is in `parent`; empty where only what is further out says it."""
    if isinstance(parent, ast.keyword):
        return ""
    if isinstance(parent, ast.Call):
        return _argument(parent, child)
    if isinstance(parent, ast.Compare):
        if "random" in ast.unparse(parent):
            return f"`{shown(parent)}` is the chance of something that the test injects"
        return f"something is compared with it, in `{shown(parent)}`"
    if isinstance(parent, ast.Subscript) and child is parent.slice:
        return f"it is an index or key, in `{shown(parent)}`"
    if isinstance(parent, ast.BinOp):
        return f"it is part of the arithmetic of `{shown(parent)}`"
    if isinstance(parent, ast.Dict | ast.List | ast.Tuple | ast.Set):
        return f"it is an item of data, in `{shown(parent)}`"
    if isinstance(parent, ast.arguments):
        return "it is the default of a parameter"
    if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
        return f"it is the value of `{shown(target)}`"
    if isinstance(parent, ast.AugAssign):
        return f"`{shown(parent.target)}` goes up or down by it"
    if isinstance(parent, ast.Return):
        return "it is what a function returns"
    return ""


def _argument(call: ast.Call, child: ast.AST) -> str:
    callee = shown(call.func)
    name = callee.rpartition(".")[2]
    if isinstance(child, ast.keyword):
        return f"it is `{child.arg or '**'}`, a setting given to `{callee}`"
    if name == "range":
        return f"`{shown(call)}` runs over fixed numbers"
    if name in _WAITS:
        return f"`{shown(call)}` waits: that orders events, and is no load"
    if "parametrize" in callee:
        return "it is a parametrized value: each is a test of its own"
    return f"it is given to `{callee}`"


def path_to(node: ast.AST, tree: ast.AST) -> list[ast.AST]:
    """From the node outwards to the statement that it stands in."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    path = [node]
    while path[-1] in parents and not isinstance(path[-1], ast.stmt):
        path.append(parents[path[-1]])
    return path


def shown(node: ast.AST) -> str:
    """The code of a node on one line, cut where it is long."""
    if isinstance(node, FunctionDef | ast.ClassDef):
        return node.name
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
