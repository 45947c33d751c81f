"""What the index of a loop is for: a name, a phase, or the very data that the loop tries."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.quantities import Index
from chaos_migrate.codemods.trees import children, code_of, is_text, last_name, statements, walk

# What makes random data of a size.
_MAKERS = ("urandom", "randbytes", "token_bytes", "token_hex")
_PLACEHOLDER = re.compile(r"%[-+ #\d.*]*[a-zA-Z]")


def index_is_data(target: ast.expr, element: Value, body: Sequence[ast.AST]) -> bool:
    """Whether a loop's index is worked with as a number, not only named in texts or phases."""
    if not isinstance(element, Index) or not isinstance(target, ast.Name):
        return False
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr) or _formats(node):
            continue
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            phase = isinstance(node.left, ast.Name) and node.left.id == target.id
            if phase:
                continue
        if isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load):
            return True
        pending += children(node)
    return False


def index_is_read(target: ast.expr, element: Value, body: Sequence[ast.AST]) -> bool:
    """Whether a loop reads its index at all."""
    return (
        isinstance(element, Index)
        and isinstance(target, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == target.id and isinstance(n.ctx, ast.Load)
                for n in walk(*body))
    )  # fmt: skip


def _formats(node: ast.AST) -> bool:
    """`"key %d" % i`, `"key {}".format(i)` and `str(i)` name the trial."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return isinstance(node.left, ast.Constant) and _is_name(node.left.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr == "format"
        return isinstance(node.func, ast.Name) and node.func.id in ("str", "repr", "print")
    return False


def _is_name(template: object) -> bool:
    """`"key %d"` names something; `"%s%dE%d"` is a number, written out."""
    text = template.decode("latin-1") if isinstance(template, bytes) else template
    if not isinstance(text, str):
        return False
    placeholders = _PLACEHOLDER.findall(text)
    return len(placeholders) < 2 or len(re.findall(r"[a-z]", _PLACEHOLDER.sub("", text), re.I)) > 1


def sweeps_sizes(target: ast.expr, element: Value, body: Sequence[ast.stmt]) -> bool:
    """`for n in range(20): for i in range(n)`: each round does as much as its index says.

    Between two places that go on with the index, each does the same: `range(10 * n, 10 * n + 10)`.
    `b"x" * n` and `urandom(n)` are sizes as well.
    """
    nodes = walk(*body)
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    ranges = (call.args[:2] for call in calls if code_of(call.func) == "range")
    made = (call.args[0] for call in calls if last_name(call.func) in _MAKERS and call.args)
    return any(sum(_reads(end, target, element) for end in ends) == 1 for ends in ranges) or any(
        isinstance(size, ast.Name) and _reads(size, target, element)
        for size in itertools.chain(made, _lengths(nodes))
    )


def _lengths(nodes: Sequence[ast.AST]) -> Iterator[ast.expr]:
    """What texts and lists are multiplied by."""
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if is_text(one) or isinstance(one, ast.List):
                    yield other


def sweeps_settings(
    context: Context, target: ast.expr, element: Value, body: Sequence[ast.stmt]
) -> bool:
    """`sys.setswitchinterval(i * 0.0002)`: a module is told another number in each round."""
    return any(
        isinstance(call.func, ast.Attribute)
        and _is_module(context, call.func.value)
        and call.func.attr != "sleep"  # which has a refusal of its own
        and len(call.args) == 1
        and _computed_from(call.args[0], target, element)
        for call in _commands(body)
    )


def _computed_from(node: ast.expr, target: ast.expr, element: Value) -> bool:
    """Whether it is the index times a number, or the like."""
    if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.Mod):
        return False
    return isinstance(node.right, ast.Constant) and _reads(node.left, target, element)


def _commands(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """The calls of which nothing is kept."""
    for statement in statements(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield statement.value


def _is_module(context: Context, node: ast.expr) -> bool:
    if not isinstance(node, ast.Name) or context.read(node.id) is not None:
        return False
    imported = context.suite.names(context.scope.source).get(node.id)
    return isinstance(imported, ast.Import | ast.ImportFrom)


def _reads(node: ast.expr, target: ast.expr, element: Value) -> bool:
    """Whether an expression reads the index of the loop."""
    if not isinstance(element, Index) or not isinstance(target, ast.Name):
        return False
    return any(isinstance(n, ast.Name) and n.id == target.id for n in walk(node))
