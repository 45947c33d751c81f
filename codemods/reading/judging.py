"""Assertions, and loops that wait: the comparisons that decide a test."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import depends_on
from chaos_migrate.codemods.reading.assertions import Part, assertion_parts, unittest_assertion
from chaos_migrate.codemods.reading.clocks import meet_deadline
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import awaited
from chaos_migrate.codemods.trees import code_of


def run_assert(context: Context, statement: ast.Assert) -> Flow:
    """`assert ...`."""
    for part in assertion_parts(statement.test):
        judge(context, statement, replace(part, message=statement.msg))
    if isinstance(statement.msg, ast.JoinedStr):
        _read_message(context, statement.msg)
    if isinstance(statement.test, ast.Constant) and not statement.test.value:
        return Exit.RAISE
    return None


def _read_message(context: Context, message: ast.JoinedStr) -> None:
    """A message may reckon with the count, but nothing in it holds back a test that passes."""
    hazards = len(context.hazards)
    context.evaluate(message)
    del context.hazards[hazards:]


def run_expr(context: Context, statement: ast.Expr) -> Flow:
    """An expression on a line of its own: one of unittest's assertions, or a call."""
    call = statement.value
    inner = call.value if isinstance(call, ast.Await) else call
    if isinstance(inner, ast.Call):
        if (parts := unittest_assertion(inner)) is not None:
            for part in parts:
                judge(context, statement, part)
            return None
        name = inner.func.attr if isinstance(inner.func, ast.Attribute) else ""
        if name in ("skipTest", "fail", "skip") or code_of(inner.func) == "pytest.fail":
            context.evaluate(call)
            return Exit.RAISE
    context.evaluate(call)
    return None


def judge(context: Context, statement: ast.stmt, part: Part) -> None:
    """Note a comparison that decides the test."""
    left = awaited(context.evaluate(part.left))
    right = awaited(context.evaluate(part.right)) if part.right is not None else None
    if right is not None:
        meet_deadline(context, part.left, left, right)
    known = depends_on(v for v in (left, right) if v is not None)
    looping = any(frame.loop for frame in context.stack)
    context.judgements.append(
        Judgement(
            statement,
            left,
            part.operator,
            right,
            part.left,
            part.right,
            tuple(context.stack),
            context.scope.owner,
            context.scope.source,
            part.message,
            part.negated,
            None if looping else known,
            context.ticks,
        )
    )
