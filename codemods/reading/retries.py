"""Loops that end with a success: what they count last, they count at most once.

`for attempt in range(3): ...; done += 1; break` and `while tries < 3 and not ok: ...; ok = True`
stand inside of a trial and try it again. However often they do, `done` grows once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.writes import leaves
from chaos_migrate.codemods.trees import children, last_name, remembered, statements, walk

Loop = ast.For | ast.AsyncFor | ast.While
_HARMLESS = ("append", "print")  # calls that do not raise
_RECORDING = (*_HARMLESS, "len", "str", "int", "float", "round", "time", "perf_counter",
              "monotonic", "now", "get", "put")  # fmt: skip
# What computes without asking anybody; attributes, keys and quotients may not be there.
_PLAIN = (
    ast.Name, ast.Constant, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Tuple,
    ast.JoinedStr, ast.FormattedValue, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr,
)  # fmt: skip


@remembered
def last_statements(loop: Loop) -> frozenset[ast.stmt]:
    """The simple statements of a body after which the loop surely ends."""
    return _Ending(_flags(loop) if isinstance(loop, ast.While) else frozenset()).found_in(loop.body)


@remembered
def decisive_names(loop: Loop) -> frozenset[str]:
    """The names that decide, from outside, whether a loop goes on: in its test, above its exits."""
    bound = {
        node.id
        for target in _targets(loop.body)
        for node in walk(target)
        if isinstance(node, ast.Name)
    }
    inner = (s.test for s in statements(loop.body) if isinstance(s, ast.If) and leaves(s))
    own = _read_in(loop.test) if isinstance(loop, ast.While) else frozenset[str]()
    return own | frozenset().union(*map(_read_in, inner)) - bound


def _targets(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """What the statements of a block bind anew."""
    for statement in statements(body):
        if isinstance(statement, ast.Assign):
            yield from statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.For | ast.AsyncFor):
            yield statement.target
        elif isinstance(statement, ast.With | ast.AsyncWith):
            yield from (i.optional_vars for i in statement.items if i.optional_vars is not None)


def _read_in(node: ast.expr) -> frozenset[str]:
    return frozenset(n.id for n in walk(node) if isinstance(n, ast.Name))


def _flags(loop: ast.While) -> frozenset[str]:
    """The names that end a loop by becoming True: `while ... and not ok`, and never False again."""
    test = loop.test
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    names = {
        part.operand.id
        for part in parts
        if isinstance(part, ast.UnaryOp)
        and isinstance(part.op, ast.Not)
        and isinstance(part.operand, ast.Name)
    }
    bound = [node for node in walk(*loop.body) if isinstance(node, ast.Name)]
    stores = {name: sum(_stored(node, name) for node in bound) for name in names}
    raised = [_raised_flag(node) for node in statements(loop.body)]
    return frozenset(name for name in names if 0 < stores[name] == raised.count(name))


def _stored(node: ast.Name, name: str) -> bool:
    return node.id == name and isinstance(node.ctx, ast.Store)


def _raised_flag(node: ast.AST) -> str | None:
    """`ok` of `ok = True`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value:
        target = node.targets[0]
        return target.id if len(node.targets) == 1 and isinstance(target, ast.Name) else None
    return None


class _Ending:
    """Goes through blocks from their ends: what comes after a statement decides of it."""

    def __init__(self, flags: frozenset[str]) -> None:
        self._flags = flags
        self._found: set[ast.stmt] = set()

    def found_in(self, body: list[ast.stmt]) -> frozenset[ast.stmt]:
        """The statements after which a loop with this body ends."""
        self._block(body, ends=False, caught=False)
        return frozenset(self._found)

    def _block(self, body: list[ast.stmt], ends: bool, caught: bool) -> bool:
        """Whether the loop ends once this block begins; `ends`: once it is through."""
        raised = [_raised_flag(statement) in self._flags for statement in body]
        first = raised.index(True) if True in raised else len(body)
        for position, statement in reversed(list(enumerate(body))):
            if position > first:  # nothing that comes after the flag can keep the loop going
                self._before(statement, ends=True, caught=False)
            else:
                ends = self._before(statement, ends, caught)
        return ends

    def _before(self, statement: ast.stmt, ends: bool, caught: bool) -> bool:
        if isinstance(statement, ast.Break) or _raised_flag(statement) in self._flags:
            return True
        if isinstance(statement, ast.Return):
            return statement.value is None or _goes_through(statement.value, caught)
        if isinstance(statement, ast.If):
            arms = [self._block(arm, ends, caught) for arm in (statement.body, statement.orelse)]
            return all(arms) and _goes_through(statement.test, caught)
        if isinstance(statement, ast.Try):
            after = self._block(statement.orelse, ends, caught)
            self._block(statement.body, after, caught or bool(statement.handlers))
            for handler in statement.handlers:
                self._block(handler.body, ends, caught)
            return False
        if isinstance(statement, ast.With | ast.AsyncWith):
            entered = [item.context_expr for item in statement.items]
            suppresses = any(isinstance(manager, ast.Call) for manager in entered)
            self._block(statement.body, ends, caught or suppresses)
            return False
        if not isinstance(statement, ast.Expr | ast.AugAssign | ast.Assign | ast.AnnAssign):
            return ends and isinstance(statement, ast.Pass)
        if ends:
            self._found.add(statement)
        return ends and _goes_through(statement, caught)


def _goes_through(node: ast.AST, caught: bool) -> bool:
    """Whether what comes next does come: nothing here is caught, and tried again."""
    return not caught or _is_plain(node)


def _is_plain(node: ast.AST) -> bool:
    """Whether it cannot fail: counting, and what is computed from names."""
    if isinstance(node, ast.Call):
        return last_name(node.func) in _HARMLESS and all(map(_is_plain, node.args))
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return isinstance(node.value, ast.Name)  # `self.done += 1`
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        return False
    if not isinstance(node, _PLAIN):
        return False
    return all(map(_is_plain, children(node)))


@remembered
def only_counts(function: FunctionDef) -> bool:
    """Whether a function cannot fail, as far as it can be seen: a recorder of what has happened."""
    nodes = statements(function.body)
    return not any(isinstance(node, ast.Raise | ast.Assert) for node in nodes) and all(
        last_name(node.func) in _RECORDING
        for node in walk(*function.body)
        if isinstance(node, ast.Call)
    )
