"""Branches: `if`, `match`, and what the rest of a block stands under after an early exit."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Guard, GuardKind
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.conditions import condition_of
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.fixed import fixed_condition
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.quantities import Condition, Unknown
from chaos_migrate.codemods.reading.snapshots import join, restore, snapshot
from chaos_migrate.codemods.trees import last_name, walk


def run_if(context: Context, statement: ast.If) -> Flow:
    """Both arms, each under its guard; after an early exit the rest is the other arm."""
    condition = fixed_condition(context, statement) or condition_of(context, statement.test)
    branch = context.next_id()
    arms = (statement.body, statement.orelse)
    if any(map(_fails, arms)):
        context.decisive |= condition.deps - context.open_symbols
    flows: list[Flow] = []
    before = snapshot(context)
    after = []
    for arm, body in enumerate(arms):
        restore(context, before)
        guard = Guard(branch, arm, 2, condition.kind, condition.data, condition.draw)
        if _fails_the_test(context, arms[1 - arm]):  # in a test that passes, this arm is certain
            flows.append(run_block(context, body))
        else:
            with context.frame(context.guard_frame(statement, guard, condition)):
                flows.append(run_block(context, body))
        after.append(snapshot(context))
    ended = [isinstance(flow, Exit) for flow in flows]
    join(context, before, [a for a, end in zip(after, ended, strict=True) if not end], condition)
    if all(ended):
        return flows[0]
    for arm in (0, 1):
        flow = flows[arm]
        if isinstance(flow, Exit):
            return _residual(context, statement, flow, branch, 1 - arm, condition)
    return next((flow for flow in flows if isinstance(flow, Guard)), None)


def _fails(body: list[ast.stmt]) -> bool:
    """Whether the block ends as a failed assertion would: `raise AssertionError`, `self.fail()`."""
    last = body[-1] if body else None
    if isinstance(last, ast.Raise) and last.exc is not None:
        return last_name(last.exc.func if isinstance(last.exc, ast.Call) else last.exc) == (
            "AssertionError"
        )
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and last_name(last.value.func) == "fail"
    )


def _fails_the_test(context: Context, body: list[ast.stmt]) -> bool:
    """Whether the block ends in a `raise` of the test itself that nothing catches."""
    caught = context.tries or context.active[-1] is not context.test.node
    return not caught and bool(body) and isinstance(body[-1], ast.Raise)


def _residual(
    context: Context, statement: ast.stmt, exit: Exit, branch: int, arm: int, condition: Condition
) -> Flow:
    """What the rest of the block stands under when the other arm has left it."""
    if exit is Exit.BREAK:
        note_early_exit(context, statement, "break")
    elif exit is Exit.RETURN:
        note_early_exit(context, statement, "return")
    elif exit is Exit.RAISE:
        # Caught by a `try` around it, it is that try's other arm; else the test has failed.
        return None
    return Guard(branch, arm, 2, condition.kind, condition.data, condition.draw)


def note_early_exit(context: Context, node: ast.stmt, word: str) -> None:
    """A `break` or `return` ends loops before their count."""
    owner_frames = context.calls[-1] if context.calls else 0
    loops = [frame for frame in context.stack[owner_frames:] if frame.loop]
    if word == "break":
        loops = loops[-1:]
    for frame in loops:
        reason = f"the loop can end early, by the `{word}` below line {node.lineno}"
        context.hazard("CHM401", frame.symbols, reason, node)


def run_match(context: Context, statement: ast.Match) -> Flow:
    """Every case, under a guard that cannot be foreseen."""
    context.evaluate(statement.subject)
    branch = context.next_id()
    arms = len(statement.cases) + 1
    before = snapshot(context)
    after = [before]
    for arm, case in enumerate(statement.cases):
        restore(context, before)
        for node in walk(case.pattern):
            if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                context.bind(node.name, Unknown())
        guard = Guard(branch, arm, arms, GuardKind.OUTCOME)
        with context.frame(context.guard_frame(case.pattern, guard)):
            run_block(context, case.body)
        after.append(snapshot(context))
    join(context, before, after, None)
    return None


def run_continue(context: Context, statement: ast.Continue) -> Flow:
    """The rest of the trial is skipped."""
    return Exit.CONTINUE


def run_break(context: Context, statement: ast.Break) -> Flow:
    """The loop ends."""
    return Exit.BREAK
