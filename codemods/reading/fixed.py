"""Fixed events: `if i < 2: failures += 1` in a loop counts two, however often the loop runs.

Only where all that the first trials do is count. On whatever else they do, the later ones may
depend, and then a longer loop is another scenario.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.reading.algebra import GuardKind
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.quantities import Condition, Index
from chaos_migrate.codemods.reading.schedule import Fixed
from chaos_migrate.codemods.trees import code_of, walk

# A loop of fewer trials is a scenario, and so is one of which half is special: it has phases.
_LEAST = 10


def fixed_condition(context: Context, statement: ast.If) -> Condition | None:
    """The condition of a branch that does nothing but count early trials of its loop."""
    loop = next((frame.node for frame in reversed(context.stack) if frame.loop), None)
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return None
    fixed = _fixed(context, statement.test, loop.target.id)
    special = _special(loop, statement)
    if fixed is None or not special or not all(_only_counts(inner) for inner in special):
        return None
    if _looked_at(context, loop, {code for inner in special for code in _counters(inner)}):
        return None
    return Condition(GuardKind.INDEX, fixed)


def _fixed(context: Context, test: ast.expr, name: str) -> Fixed | None:
    """`i < 2`, `i <= 1`, `i == 3`: early trials of a loop that has far more others."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    (operator,), (literal,) = test.ops, test.comparators
    if not isinstance(test.left, ast.Name) or test.left.id != name:
        return None
    index = context.read(name)
    plain = isinstance(index, Index) and index.period is None and len(index.of) == 1
    if not plain or not isinstance(literal, ast.Constant) or type(literal.value) is not int:
        return None
    assert isinstance(index, Index)
    if isinstance(operator, ast.Lt | ast.LtE):
        fixed = Fixed(0, literal.value + isinstance(operator, ast.LtE))
    elif isinstance(operator, ast.Eq):
        fixed = Fixed(literal.value, literal.value + 1)
    else:
        return None
    (count,) = index.of
    early = 0 <= fixed.start < fixed.stop and 2 * (fixed.stop + 1) <= count.value
    return fixed if early and count.value >= _LEAST and not count.offset else None


def _special(loop: ast.For, statement: ast.If) -> list[ast.stmt]:
    """What only the special trials of a loop run, where the branch stands in plain sight."""
    raises = any(isinstance(inner, ast.Raise) for inner in statement.body)
    for around in loop.body:
        if around is statement and not raises:
            return statement.body
        if isinstance(around, ast.Try) and statement in around.body and not around.finalbody:
            handled = [inner for handler in around.handlers for inner in handler.body]
            return [*statement.body, *handled]
    return []


def _only_counts(statement: ast.stmt) -> bool:
    """Whether a statement only counts that it was reached, or ends the trial."""
    if isinstance(statement, ast.AugAssign):
        target = statement.target
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
            return False
        counter = target if isinstance(target, ast.Name) else target.value
        return isinstance(counter, ast.Name) and isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Expr):
        return _appended(statement) is not None
    if isinstance(statement, ast.Raise):
        raised = statement.exc
        parts = raised.args if isinstance(raised, ast.Call) and not raised.keywords else [raised]
        name = raised.func if isinstance(raised, ast.Call) else raised
        return isinstance(name, ast.Name) and all(part and _is_plain(part) for part in parts)
    return isinstance(statement, ast.Pass | ast.Continue)


def _appended(statement: ast.Expr) -> ast.Name | None:
    """The list of `errors.append(i)`."""
    call = statement.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    receiver = call.func.value
    plain = call.func.attr == "append" and all(_is_plain(argument) for argument in call.args)
    return receiver if plain and isinstance(receiver, ast.Name) else None


def _is_plain(node: ast.expr) -> bool:
    """Whether to evaluate an expression does nothing."""
    return not any(isinstance(n, ast.Call | ast.Await | ast.NamedExpr) for n in walk(node))


def _counters(statement: ast.stmt) -> Iterator[str]:
    """What a statement counts in, as code."""
    if isinstance(statement, ast.AugAssign):
        target = statement.target
        yield code_of(target.value if isinstance(target, ast.Subscript) else target)
    elif isinstance(statement, ast.Expr) and (receiver := _appended(statement)):
        yield receiver.id


def _looked_at(context: Context, loop: ast.For, counters: set[str]) -> bool:
    """Whether a trial may look at what earlier trials have counted."""
    workers = [
        node
        for node in walk(context.test.node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        and node is not context.test.node
    ]
    nodes = walk(loop, *workers)
    counting: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, ast.AugAssign):
            counting.update(walk(node.target))
        elif isinstance(node, ast.Expr) and (receiver := _appended(node)):
            counting.add(receiver)
    return any(
        node not in counting and code_of(node) in counters
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute)
    )
