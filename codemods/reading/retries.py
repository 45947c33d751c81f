"""Loops that end with a success: what they count last, they count at most once.

`for attempt in range(3): ...; done += 1; break` and `while tries < 3 and not ok: ...; ok = True`
stand inside of a trial and try it again. However often they do, `done` grows once.
"""

from __future__ import annotations

import ast

from chaos_migrate.codemods.trees import last_name, remembered, statements, walk

Loop = ast.For | ast.AsyncFor | ast.While
_LOOPS = ast.For | ast.AsyncFor | ast.While
_HARMLESS = ("append", "print")  # calls that do not raise


@remembered
def last_statements(loop: Loop) -> frozenset[ast.stmt]:
    """The simple statements of a body after which the loop surely ends."""
    return _Ending(_flags(loop) if isinstance(loop, ast.While) else frozenset()).found_in(loop.body)


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
        raised = False
        for statement in body:
            if raised:  # nothing that comes now can keep the loop going
                self._before(statement, ends=True, caught=False)
            raised |= _raised_flag(statement) in self._flags
        for statement in reversed(body):
            ends = self._before(statement, ends, caught)
        return ends

    def _before(self, statement: ast.stmt, ends: bool, caught: bool) -> bool:
        if isinstance(statement, ast.Break | ast.Return) or _raised_flag(statement) in self._flags:
            return True
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
    calls = [inner for inner in walk(node) if isinstance(inner, ast.Call | ast.Await)]
    return not caught or all(
        isinstance(call, ast.Call) and last_name(call.func) in _HARMLESS for call in calls
    )
