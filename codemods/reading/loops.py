"""Loops: how often a body runs, what it carries from trial to trial, what it leaves."""

from __future__ import annotations

import ast
from dataclasses import replace

from chaos_migrate.codemods.reading.algebra import NO_SYMBOLS, Amount, Guard, GuardKind, number
from chaos_migrate.codemods.reading.assertions import Part
from chaos_migrate.codemods.reading.assigning import assign
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow, Frame
from chaos_migrate.codemods.reading.iteration import iteration_of
from chaos_migrate.codemods.reading.judging import judge
from chaos_migrate.codemods.reading.quantities import (
    Binding,
    Closure,
    Collection,
    Condition,
    Literal,
    Unknown,
)
from chaos_migrate.codemods.reading.retries import Loop, decisive_names, last_statements
from chaos_migrate.codemods.reading.snapshots import Moment, at, namespaces, snapshot
from chaos_migrate.codemods.reading.sweeps import (
    index_is_data,
    index_is_read,
    sweeps_settings,
    sweeps_sizes,
)
from chaos_migrate.codemods.reading.writes import breaks, returns, written
from chaos_migrate.codemods.trees import code_of, is_text, last_name, walk

# What makes a number larger or smaller by a factor.
_PROGRESS = ast.Mult | ast.Div | ast.FloorDiv | ast.Pow | ast.LShift | ast.RShift


def run_for(context: Context, statement: ast.For | ast.AsyncFor) -> Flow:
    """`for`: the body once, in a frame that stands for all its trials."""
    count, element, depends = iteration_of(context, statement.iter)
    before = snapshot(context)
    in_helper = context.active[-1] is not context.test.node
    ends = breaks(statement) or (in_helper and returns(statement))
    with context.frame(context.loop_frame(statement, count, depends, ends)) as frame:
        if ends:
            _try_again(context, statement, frame)
        frame.indexed = index_is_read(statement.target, element, statement.body)
        if all(map(_sleeps, statement.body)):
            frame.stays = "its rounds only wait"
        elif _wraps(statement.body):
            frame.stays = "each round wraps what the one before it made: that is a depth"
        elif _goes_on(statement.body):
            frame.stays = "each round goes on from what the one before it computed"
        elif frame.indexed and sweeps_sizes(statement.target, element, statement.body):
            frame.stays = "its index is how much each round does: that is a sweep over sizes"
        elif frame.indexed and sweeps_settings(context, statement.target, element, statement.body):
            frame.stays = "its index is a setting that each round tries: that is a sweep"
        _carry(context, statement, frame)
        if frame.indexed:
            frame.sweeps |= index_is_data(statement.target, element, statement.body)
        assign(context, statement.target, element)
        flow = run_block(context, statement.body)
    if flow in (Exit.BREAK, Exit.RETURN) and isinstance(flow, Exit):
        reason = "the loop ends in its first trial"
        context.hazard("CHM401", frame.symbols, reason, statement)
    _leave(context, before, frame)
    if statement.orelse:
        finished = Guard(context.next_id(), 0, 2, GuardKind.OUTCOME)
        with context.frame(context.guard_frame(statement, finished)):
            run_block(context, statement.orelse)
    return None


def _sleeps(statement: ast.stmt) -> bool:
    node = statement.value if isinstance(statement, ast.Expr) else None
    call = node.value if isinstance(node, ast.Await) else node
    return isinstance(call, ast.Call) and last_name(call.func) in ("sleep", "checkpoint")


def _wraps(body: list[ast.stmt]) -> bool:
    """Nothing but assignments, and what is made holds all made before: `node = Node(node)`.

    Or what was made before holds it: `inner["next"] = new; inner = new`.
    """
    if not all(isinstance(s, ast.Assign | ast.AnnAssign) and s.value for s in body):
        return False
    return _links(body) or any(
        isinstance(statement, ast.Assign)
        and not isinstance(statement.value, ast.BinOp)
        and _names(statement.value) & frozenset().union(*map(_names, statement.targets))
        for statement in body
    )


def _goes_on(body: list[ast.stmt]) -> bool:
    """`digits = n + draw(); check(digits); n *= 10`: a progression, or a text that grows."""
    for statement in body:
        match statement:
            case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value) if (
                isinstance(operator, _PROGRESS) or is_text(value)
            ):
                shows = (node for node in walk(*body) if _only_shows(node))
                aside = {target, *walk(*shows)}
                uses = [
                    node
                    for node in walk(*body)
                    if isinstance(node, ast.Name) and node.id == name and node not in aside
                ]
                if uses and all(isinstance(node.ctx, ast.Load) for node in uses):
                    return True
    return False


def _only_shows(node: ast.AST) -> bool:
    function = code_of(node.func) if isinstance(node, ast.Call) else ""
    return function == "print" or function.startswith(("logging.", "logger.", "log."))


def _links(body: list[ast.stmt]) -> bool:
    """`inner["next"] = new` and `inner = new`, in this order."""
    held: set[tuple[str, str]] = set()
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name):
            target, value = statement.targets[0], statement.value.id
            if isinstance(target, ast.Subscript | ast.Attribute):
                held |= {(name, value) for name in _names(target.value)}
            elif isinstance(target, ast.Name) and (target.id, value) in held:
                return True
    return False


def _names(node: ast.expr) -> frozenset[str]:
    """The name that an expression begins with, or is given: `a` of `a`, `a.b[0]` and `f(a)`."""
    return frozenset(inner.id for inner in walk(node) if isinstance(inner, ast.Name))


def run_while(context: Context, statement: ast.While) -> Flow:
    """`while`: counted where it counts or drains, else a loop that waits."""
    counted = _counted_while(context, statement) or _drained(context, statement)
    before = snapshot(context)
    depends = context.evaluate(statement.test).deps if counted is None else NO_SYMBOLS
    if counted is None:
        _judge_wait(context, statement)
    frame = context.loop_frame(statement, counted, depends)
    with context.frame(frame):
        if counted is None:
            _try_again(context, statement, frame)
        _carry(context, statement, frame)
        run_block(context, statement.body)
    _leave(context, before, frame)
    return None


def _counted_while(context: Context, statement: ast.While) -> Amount | None:
    """`i = 0; while i < n: ...; i += 1` runs n times."""
    test = statement.test
    if not (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Lt)
        and isinstance(test.left, ast.Name)
    ):
        return None
    name = test.left.id
    writes = [
        node
        for node in walk(statement)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    plain = [
        s
        for s in statement.body
        if isinstance(s, ast.AugAssign)
        and isinstance(s.target, ast.Name)
        and s.target.id == name
        and isinstance(s.op, ast.Add)
        and isinstance(s.value, ast.Constant)
        and s.value.value == 1
    ]
    start = context.read(name)
    bound = context.evaluate(test.comparators[0])
    if len(writes) == 1 and len(plain) == 1 and start == number(0):
        return bound if isinstance(bound, Amount) else None
    return None


def _drained(context: Context, statement: ast.While) -> Amount | None:
    """`while not q.empty(): q.get()` runs once for each element."""
    test = statement.test
    if (
        isinstance(test, ast.UnaryOp)
        and isinstance(test.op, ast.Not)
        and isinstance(test.operand, ast.Call)
        and isinstance(test.operand.func, ast.Attribute)
        and test.operand.func.attr == "empty"
    ):
        test = test.operand.func.value
    if not isinstance(test, ast.Name):
        return None
    value = context.read(test.id)
    if not isinstance(value, Collection) or value.state.grown & set(context.open_ids):
        return None
    takes = [
        node
        for node in walk(statement)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("get", "get_nowait", "pop", "popleft")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == test.id
    ]
    return value.size if len(takes) == 1 and not value.state.taint else None


def _judge_wait(context: Context, statement: ast.While) -> None:
    test = statement.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        judge(context, statement, Part(test.left, test.ops[0], test.comparators[0]))


def _try_again(context: Context, loop: Loop, frame: Frame) -> None:
    """A loop inside of a trial that ends with a success tries the trial again.

    Not if what it goes by is left from the trials before: a budget that all of them share.
    """
    last = last_statements(loop)
    within = any(outer.loop for outer in context.stack[:-1])
    if last and not any(_carried(context, name) for name in decisive_names(loop)):
        frame.retries = within
        context.last.update(dict.fromkeys(last, frame))


def _carried(context: Context, name: str) -> bool:
    value = context.read(name)
    return isinstance(value, Unknown) and value.carried


def _carry(context: Context, loop: Loop, frame: Frame) -> None:
    """What the body adds to is a running value inside; what it rebinds is of the trial before.

    But what a loop leaves that tries a trial again is of the same trial.
    """
    added, rebound, mutated = written(loop)
    for name in mutated:
        value = context.read(name)
        if isinstance(value, Collection):
            value.state.grown.add(frame.id)
    for name in added | rebound:
        holder = context.scope.holder(name)
        if holder is None:
            continue
        binding = holder.names[name]
        if name not in rebound:
            holder.names[name] = replace(binding, grown=binding.grown | {frame.id})
        elif not isinstance(binding.value, Closure):
            known = isinstance(binding.value, Unknown) and binding.value.carried
            carried = Unknown(
                binding.value.deps | frame.symbols, carried=known or not frame.retries
            )
            holder.names[name] = Binding(carried, binding.frames, binding.grown)


def _leave(context: Context, before: Moment, frame: Frame) -> None:
    """After a loop, what was bound in a trial depends on how many there were."""
    for names in namespaces(context):
        for name, old in at(before, names).items():
            binding = names[name]
            if frame.id not in binding.frames:
                continue
            value = binding.value
            deps = value.deps | frame.symbols
            stays = isinstance(value, Amount) and value.constant and old is None
            if isinstance(value, Unknown):
                value = replace(value, depends=deps, index=NO_SYMBOLS, cases=None)
            elif isinstance(value, Condition | Literal | Amount) and not stays:
                value = Unknown(deps)
            frames = tuple(i for i in binding.frames if i in context.open_ids)
            names[name] = Binding(value, frames, binding.grown)
