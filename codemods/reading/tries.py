"""`try`: what comes after the last call that may raise happens only on success."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import Guard, GuardKind, probability
from chaos_migrate.codemods.reading.blocks import OpenGuards, run_block
from chaos_migrate.codemods.reading.branches import note_early_exit
from chaos_migrate.codemods.reading.cases import Cases, in_each
from chaos_migrate.codemods.reading.conditions import WEIGHT
from chaos_migrate.codemods.reading.context import Context, RaisedBy
from chaos_migrate.codemods.reading.frames import Exit, Flow
from chaos_migrate.codemods.reading.quantities import Unknown
from chaos_migrate.codemods.reading.schedule import Fixed, Schedule
from chaos_migrate.codemods.reading.snapshots import join, restore_mixed, snapshot
from chaos_migrate.codemods.reading.writes import MUTATORS
from chaos_migrate.codemods.trees import code_of, remembered, walk

_BOOKKEEPING = MUTATORS | {
    "len", "str", "int", "float", "round", "print", "get", "range", "sum", "isinstance", "repr",
    "perf_counter", "monotonic", "max", "min", "format", "lower", "info", "debug", "dict", "list",
}  # fmt: skip


def run_try(context: Context, statement: ast.Try) -> Flow:
    """`try`: the body and its handlers are arms of one branch."""
    if statement.handlers:
        context.note("tries")
    branch = context.next_id()
    arms = 1 + len(statement.handlers)
    before = snapshot(context)
    context.tries.append((statement, len(context.stack), branch))
    flow = _run_tried(context, statement, branch, arms)
    context.tries.pop()
    kind, chance = _odds(context, statement)
    after = [snapshot(context)]
    flows = [flow]
    for arm, handler in enumerate(statement.handlers, start=1):
        restore_mixed(context, before, after[0])
        guard = Guard(branch, arm, arms, kind, chance if arms == 2 else None)
        if handler.name:
            context.bind(handler.name, Unknown())
        with context.frame(context.guard_frame(handler, guard)):
            flows.append(run_block(context, handler.body))
        after.append(snapshot(context))
    alive = [a for a, f in zip(after, flows, strict=True) if not isinstance(f, Exit)]
    join(context, before, alive, None)
    final = run_block(context, statement.finalbody)
    if isinstance(final, Exit):
        return final
    if all(isinstance(f, Exit) for f in flows):
        return flows[0]
    for arm, one in enumerate(flows):
        if isinstance(one, Exit) and one is not Exit.RAISE:
            if one in (Exit.BREAK, Exit.RETURN):
                note_early_exit(context, statement, one.value)
            if arms == 2:
                return Guard(branch, 1 - arm, 2, GuardKind.OUTCOME)
            return Guard(context.next_id(), 0, 2, GuardKind.RACE)
    return None


def _run_tried(context: Context, statement: ast.Try, branch: int, arms: int) -> Flow:
    """The body: what comes after the last call that may raise happens only on success."""
    last = max((i for i, s in enumerate(statement.body) if _may_raise(s)), default=-1)
    first = next((i for i, s in enumerate(statement.body) if _may_raise(s)), len(statement.body))
    kind, chance = _odds(context, statement)
    success = Guard(branch, 0, arms, kind, chance)
    with OpenGuards(context) as guards:
        for position, inner in enumerate(statement.body):
            if position <= first and last >= 0:
                flow = (
                    _run_raising(context, inner, success)
                    if position == last
                    else context.run(inner)
                )
            elif position < last:
                race = Guard(context.next_id(), 0, 2, GuardKind.RACE)
                with context.frame(context.guard_frame(inner, race)):
                    flow = context.run(inner)
            else:
                with context.frame(context.guard_frame(inner, success)):
                    flow = context.run(inner)
            if isinstance(flow, Exit):
                return flow
            if isinstance(flow, Guard):
                guards.add(inner, flow)
        with context.frame(context.guard_frame(statement, success)):
            flow = run_block(context, statement.orelse)
        return flow if isinstance(flow, Exit) else guards.last


def _run_raising(context: Context, statement: ast.stmt, success: Guard) -> Flow:
    """The one statement that may raise: what it binds or counts, it does on success."""
    if isinstance(statement, ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While):
        return context.run(statement)
    with context.frame(context.guard_frame(statement, success)):
        return context.run(statement)


@remembered
def _may_raise(statement: ast.stmt) -> bool:
    """Whether code under test runs in it; bookkeeping does not raise."""
    if isinstance(statement, ast.Raise | ast.Assert):
        return True
    for node in walk(statement):
        if isinstance(node, ast.Await | ast.Raise | ast.Assert | ast.Yield | ast.YieldFrom):
            return True
        if isinstance(node, ast.Call):
            name = code_of(node.func)
            last = name.rpartition(".")[2]
            if last in _BOOKKEEPING or last.startswith("record"):
                continue
            if name.startswith(("time.", "random.", "logging.", "logger.", "statistics.")):
                continue
            return True
    return False


def run_raise(context: Context, statement: ast.Raise) -> Flow:
    """`raise`."""
    context.note("attempts")
    _note_raise(context, statement)
    if statement.exc is not None:
        context.evaluate(statement.exc)
    return Exit.RAISE


def _odds(context: Context, statement: ast.Try) -> RaisedBy:
    """Why a trial may raise in this `try`, and the chance, or the schedule, that it does not."""
    raised = context.raising.get(statement, {}).values()
    kind = max((k for k, _ in raised), key=lambda k: WEIGHT.get(k, 0), default=GuardKind.OUTCOME)
    schedules = [data for _, data in raised if isinstance(data, Schedule | Fixed)]
    if len(schedules) == len(raised) == 1:
        return kind, schedules[0].inverted()
    chances = [data for _, data in raised if isinstance(data, Cases)]
    if len(chances) < len(raised) or not chances:
        return kind, None
    return kind, in_each(lambda *odds: max(Fraction(0), 1 - sum(odds, Fraction(0))), *chances)


def _note_raise(context: Context, statement: ast.Raise) -> None:
    """A trial fails here for the reasons of the branches that are open in its `try`."""
    if not context.tries:
        return
    node, depth, branch = context.tries[-1]
    guards = [f.guard for f in context.stack[depth:] if f.guard is not None]
    # The guards of the `try` itself, which stand for not raising, are no reasons to raise.
    guards = [
        guard for guard in guards if guard.branch != branch and guard.kind is not GuardKind.RACE
    ]
    kinds = [guard.kind for guard in guards]
    worst = max(kinds, key=lambda kind: WEIGHT.get(kind, 0), default=GuardKind.OUTCOME)
    if WEIGHT.get(worst, 0) <= WEIGHT[GuardKind.OUTCOME]:
        return
    if any(guard.impossible for guard in guards):
        return  # a fault that this test does not inject
    by_index = guards[0].schedule or guards[0].fixed if len(guards) == 1 else None
    context.raised.setdefault(node, {})[statement] = (worst, by_index or probability(guards))
