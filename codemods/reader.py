"""Reading a test from top to bottom: what each name counts, and what each assertion judges.

This is an abstract execution. A loop's body is read once, inside a frame that stands for all its
trials; a function of the suite is read where it is called or started as a thread or task, so that
its events are counted in the loops that are open there. Recorder objects need no rule of their
own: reading `record_error()` in a loop shows what it counts.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import replace

from chaos_migrate.codemods.assertions import assertion_parts, unittest_assertion
from chaos_migrate.codemods.calls import Caller, index_is_data
from chaos_migrate.codemods.context import (
    MAX_DEPTH,
    MAX_STEPS,
    Context,
    Frame,
    Judgement,
    Scope,
    joined,
)
from chaos_migrate.codemods.expressions import WEIGHT, constant_key
from chaos_migrate.codemods.functions import FunctionDef, Test
from chaos_migrate.codemods.quantities import (
    NO_SYMBOLS,
    Amount,
    Binding,
    ClassReference,
    Closure,
    Collection,
    Condition,
    Guard,
    GuardKind,
    Instance,
    Literal,
    Opaque,
    Unknown,
    Value,
    depends_on,
    multiply,
    number,
    repeated,
)
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.writes import MUTATORS, breaks, written


class Exit(enum.Enum):
    """How a statement leaves its block."""

    CONTINUE = "continue"
    BREAK = "break"
    RETURN = "return"
    RAISE = "raise"


# What a block does: None falls through; a Guard is what the rest of the block stands under.
Flow = Exit | Guard | None


def read_test(test: Test, suite: Suite) -> Context:
    """Everything that is to be known of one test before anything is decided."""
    context = Context(test, suite, Scope(test.node, test.source))
    Reader(context).read()
    if context.changed or context.raised:
        # What objects keep from trial to trial, and why a trial raises, is only known at the end.
        again = Context(test, suite, Scope(test.node, test.source))
        again.changing = frozenset(context.changed)
        again.raising = context.raised
        Reader(again).read()
        return again
    return context


class Reader(Caller):
    """Executes statements."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._returns: list[list[Value]] = []
        self._value_node: ast.expr | None = None
        self._tries: list[tuple[ast.AST, int]] = []

    def read(self) -> None:
        """Read the whole test."""
        context, test = self.context, self.context.test
        arguments = test.node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg == "self" and test.cls is not None:
                context.bind("self", Instance(test.cls, test.source, {}, ()))
            else:
                context.bind(argument.arg, context.opaque())
        context.active.append(test.node)
        self._returns.append([])
        self.run_block(test.node.body)

    # -- blocks

    def run_block(self, body: list[ast.stmt]) -> Flow:
        """Run statements in order; after a guarded exit the rest stands under its guard."""
        with self._guards() as guards:
            for statement in body:
                flow = self.run(statement)
                if isinstance(flow, Exit):
                    return flow
                if isinstance(flow, Guard):
                    guards.add(statement, flow)
            return guards.last

    def _guards(self) -> _OpenGuards:
        return _OpenGuards(self.context)

    def run(self, statement: ast.stmt) -> Flow:
        """Run one statement."""
        self.context.steps += 1
        self.context.statement = statement
        method = getattr(self, f"_run_{type(statement).__name__.lower()}", None)
        if method is not None:
            flow: Flow = method(statement)
            return flow
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.expr):
                self.evaluate(node)
        return None

    def _run_expr(self, statement: ast.Expr) -> Flow:
        call = statement.value
        inner = call.value if isinstance(call, ast.Await) else call
        if isinstance(inner, ast.Call):
            if (parts := unittest_assertion(inner)) is not None:
                for part in parts:
                    self._judge(statement, part.left, part.operator, part.right, part.message)
                return None
            name = inner.func.attr if isinstance(inner.func, ast.Attribute) else ""
            if name in ("skipTest", "fail", "skip") or ast.unparse(inner.func) == "pytest.fail":
                self.evaluate(call)
                return Exit.RAISE
        self.evaluate(call)
        return None

    def _run_return(self, statement: ast.Return) -> Flow:
        value = self.evaluate(statement.value) if statement.value is not None else Literal(None)
        self._returns[-1].append(value)
        return Exit.RETURN

    def _run_raise(self, statement: ast.Raise) -> Flow:
        self.context.note("attempts")
        self._note_raise()
        if statement.exc is not None:
            self.evaluate(statement.exc)
        return Exit.RAISE

    def _note_raise(self) -> None:
        """A trial fails here for the reasons of the branches that are open in its `try`."""
        if not self._tries:
            return
        node, depth = self._tries[-1]
        kinds = [f.guard.kind for f in self.context.stack[depth:] if f.guard is not None]
        worst = max(kinds, key=lambda kind: WEIGHT.get(kind, 0), default=GuardKind.OUTCOME)
        if WEIGHT.get(worst, 0) > WEIGHT[GuardKind.OUTCOME]:
            self.context.raised[node] = worst

    def _run_continue(self, statement: ast.Continue) -> Flow:
        return Exit.CONTINUE

    def _run_break(self, statement: ast.Break) -> Flow:
        return Exit.BREAK

    def _run_global(self, statement: ast.Global) -> Flow:
        return None

    def _run_nonlocal(self, statement: ast.Nonlocal) -> Flow:
        self.context.scope.elsewhere.update(statement.names)
        return None

    def _run_functiondef(self, statement: FunctionDef) -> Flow:
        scope = self.context.scope
        self.context.bind(statement.name, Closure(statement, scope.source, scope))
        return None

    _run_asyncfunctiondef = _run_functiondef

    def _run_classdef(self, statement: ast.ClassDef) -> Flow:
        self.context.bind(statement.name, ClassReference(statement, self.context.scope.source))
        return None

    def _run_import(self, statement: ast.Import | ast.ImportFrom) -> Flow:
        from chaos_migrate.codemods.quantities import Foreign

        module = getattr(statement, "module", None)
        for alias in statement.names:
            name = alias.asname or alias.name.partition(".")[0]
            dotted = f"{module}.{alias.name}" if module else alias.name
            self.context.bind(name, Foreign(dotted))
        return None

    _run_importfrom = _run_import

    # -- assignments

    def _run_assign(self, statement: ast.Assign) -> Flow:
        if len(statement.targets) == 1 and self._is_increment(statement.targets[0], statement.value):
            return None
        value = self.evaluate(statement.value)
        self._value_node = statement.value
        for target in statement.targets:
            self.assign(target, value)
        return None

    def _is_increment(self, target: ast.expr, value: ast.expr) -> bool:
        """`x = x + 1` is `x += 1`."""
        if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
            return False
        same = ast.dump(value.left).replace("Load()", "Store()") == ast.dump(target)
        if same and self._counts(target):
            self._add(target, value.op, value.right)
            return True
        return False

    def _counts(self, target: ast.expr) -> bool:
        binding = self._binding(target)
        return binding is not None and isinstance(binding.value, Amount)

    def _run_annassign(self, statement: ast.AnnAssign) -> Flow:
        if statement.value is not None:
            self.assign(statement.target, self.evaluate(statement.value))
        return None

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target of an assignment, a loop or a `with`."""
        context = self.context
        if isinstance(target, ast.Name):
            context.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            table = value.state.table if isinstance(value, Collection) else None
            for position, element in enumerate(target.elts):
                part = table.get(position) if table is not None else None
                if isinstance(part, Binding):
                    part = part.value
                if part is None:
                    part = self._part(value)
                if isinstance(element, ast.Starred):
                    element = element.value
                self.assign(element, part)
        elif isinstance(target, ast.Attribute):
            receiver = self.evaluate(target.value)
            binding = Binding(value, context.open_ids)
            self._changes(receiver, target.attr)
            if isinstance(receiver, Instance):
                receiver.attributes[target.attr] = binding
            elif isinstance(receiver, Opaque):
                receiver.fields[target.attr] = binding
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value)

    def _changes(self, receiver: Value, name: str) -> None:
        """An object that is older than a trial is changed in it: the trial does something."""
        birth = getattr(receiver, "birth", ())
        for frame in self.context.since(birth):
            if frame.loop:
                frame.attempts = True
                self.context.changed.add((frame.node, name))

    def _part(self, value: Value) -> Value:
        if isinstance(value, Collection):
            return value.state.element or Unknown(value.deps)
        if isinstance(value, Opaque):
            return value
        return Unknown(value.deps, getattr(value, "index", NO_SYMBOLS))

    def _assign_item(self, target: ast.Subscript, value: Value) -> None:
        """`d[k] = v`: one element where the key is new in each trial, else at most one."""
        receiver = self.evaluate(target.value)
        key = constant_key(target.slice)
        index = self.evaluate(target.slice)
        if not isinstance(receiver, Collection):
            self.context.note("attempts")
            self.context.swept([index])
            self.context.taint(receiver)
            return
        state = receiver.state
        if isinstance(target.slice, ast.Constant):
            if state.table is not None or (state.size == number(0)):
                table = state.table if state.table is not None else {}
                if key not in table and state.size is not None:
                    state.size = number(len(table) + 1)
                table[key] = Binding(value, self.context.open_ids)  # type: ignore[assignment]
                state.table = table
            return
        self.context.note("collects")
        if receiver.kind == "list":
            of = getattr(index, "of", NO_SYMBOLS)
            if of and not receiver.deps & of:
                reason = f"`{ast.unparse(target)}` fills places of a fixed number"
                self.context.hazard("CHM411", of, reason, target)
            return
        state.counts |= _counts_up(target, self._value_node)
        state.element = state.element or value
        distinct = bool(getattr(index, "of", NO_SYMBOLS) or getattr(index, "index", NO_SYMBOLS))
        one = number(1)
        if not distinct:
            guard = Guard(self.context.next_id(), 0, 2, GuardKind.DISTINCT)
            one = multiply(one, Amount((replace(one.terms[0], guards=(guard,)),)))
        self.grow(receiver, one)

    def _run_augassign(self, statement: ast.AugAssign) -> Flow:
        self._add(statement.target, statement.op, statement.value)
        return None

    def _add(self, target: ast.expr, operator: ast.operator, value_node: ast.expr) -> None:
        context = self.context
        context.note("collects")
        value = self.evaluate(value_node)
        sign = {ast.Add: 1, ast.Sub: -1}.get(type(operator))
        if isinstance(value, Collection) and sign == 1:
            receiver = self.evaluate(target)
            if isinstance(receiver, Collection) and receiver.kind == "list":
                self.grow(receiver, value.size)
                return
        amount = value if isinstance(value, Amount) and sign is not None else None
        if isinstance(value, Condition) and sign is not None:
            guard = Guard(context.next_id(), 0, 2, value.kind, value.data)
            amount = Amount((replace(number(1).terms[0], guards=(guard,)),))
        if isinstance(target, ast.Name):
            self._add_to_name(target.id, amount, sign or 1, value)
        elif isinstance(target, ast.Attribute):
            receiver = self.evaluate(target.value)
            self._changes(receiver, target.attr)
            fields = None
            if isinstance(receiver, Instance):
                self.attribute(receiver, target.attr)
                fields = receiver.attributes
                if target.attr not in fields:
                    initial = self.attribute(receiver, target.attr)
                    fields[target.attr] = Binding(initial, receiver.birth)
            elif isinstance(receiver, Opaque):
                fields = receiver.fields
            if fields is not None and target.attr in fields:
                fields[target.attr] = context.grown(fields[target.attr], amount, sign or 1)
        elif isinstance(target, ast.Subscript):
            self._add_to_item(target, amount, sign or 1)

    def _add_to_name(self, name: str, amount: Amount | None, sign: int, value: Value) -> None:
        context = self.context
        holder = context.scope.holder(name)
        if holder is None and name in context.scope.elsewhere and context.scope.outer:
            holder = context.scope.outer.holder(name)
        if holder is None:
            return
        binding = holder.names[name]
        grown = context.grown(binding, amount, sign)
        if amount is None and isinstance(grown.value, Unknown):
            drawn = isinstance(value, Unknown) and value.drawn
            depends = grown.value.depends | value.deps
            grown = replace(grown, value=replace(grown.value, depends=depends, drawn=drawn))
        holder.names[name] = grown

    def _add_to_item(self, target: ast.Subscript, amount: Amount | None, sign: int) -> None:
        """`counts[key] += 1`: counted for itself under a constant key, in the total always."""
        receiver = self.evaluate(target.value)
        key = constant_key(target.slice)
        self.evaluate(target.slice)
        if not isinstance(receiver, Collection):
            return
        state, context = receiver.state, self.context
        if not isinstance(target.slice, ast.Constant):
            if receiver.kind == "dict" and state.table:
                self._add_to_some(receiver, amount, sign)
            else:
                state.counts = True
                self.grow(receiver, amount if receiver.kind == "counter" else None, sign)
            return
        table = state.table
        if table is None:
            if state.size != number(0):
                return
            table = state.table = {}
        known = table.get(key, number(0))
        binding = known if isinstance(known, Binding) else Binding(known, state.birth)
        table[key] = context.grown(binding, amount, sign)  # type: ignore[assignment]

    def _add_to_some(self, receiver: Collection, amount: Amount | None, sign: int) -> None:
        """`counts[key] += 1` under a computed key: one of the known counters, whichever."""
        table, context = receiver.state.table, self.context
        assert table is not None
        branch = context.next_id()
        for arm, (key, known) in enumerate(table.items()):
            binding = known if isinstance(known, Binding) else Binding(known, receiver.state.birth)
            guard = Guard(branch, arm, len(table), GuardKind.OUTCOME)
            one = repeated(amount, (), (guard,)) if amount is not None else None
            table[key] = context.grown(binding, one, sign)  # type: ignore[assignment]

    def _binding(self, target: ast.expr) -> Binding | None:
        if isinstance(target, ast.Name):
            holder = self.context.scope.holder(target.id)
            return holder.names[target.id] if holder is not None else None
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            receiver = self.context.read(target.value.id)
            if isinstance(receiver, Instance):
                self.attribute(receiver, target.attr)
                return receiver.attributes.get(target.attr)
        return None

    # -- branches

    def _run_if(self, statement: ast.If) -> Flow:
        condition = self.condition(statement.test)
        branch = self.context.next_id()
        arms = (statement.body, statement.orelse)
        flows: list[Flow] = []
        before = self._snapshot()
        after = []
        for arm, body in enumerate(arms):
            self._restore(before)
            guard = Guard(branch, arm, 2, condition.kind, condition.data)
            with self.context.frame(self.context.guard_frame(statement, guard, condition)):
                flows.append(self.run_block(body))
            after.append(self._snapshot())
        ended = [isinstance(flow, Exit) for flow in flows]
        self._join(before, [a for a, end in zip(after, ended, strict=True) if not end], condition)
        if all(ended):
            return flows[0]
        for arm in (0, 1):
            flow = flows[arm]
            if isinstance(flow, Exit):
                return self._residual(statement, flow, branch, 1 - arm, condition)
        return next((flow for flow in flows if isinstance(flow, Guard)), None)

    def _residual(
        self, statement: ast.stmt, exit: Exit, branch: int, arm: int, condition: Condition
    ) -> Flow:
        """What the rest of the block stands under when the other arm has left it."""
        if exit is Exit.BREAK:
            self._early_exit(statement, "break")
        elif exit is Exit.RETURN:
            self._early_exit(statement, "return")
        elif exit is Exit.RAISE:
            # Caught by a `try` around it, it is that try's other arm; else the test has failed.
            return None
        return Guard(branch, arm, 2, condition.kind, condition.data)

    def _early_exit(self, node: ast.AST, word: str) -> None:
        owner_frames = self._function_frames[-1] if self._function_frames else 0
        loops = [frame for frame in self.context.stack[owner_frames:] if frame.loop]
        if word == "break":
            loops = loops[-1:]
        for frame in loops:
            reason = f"the loop can end early, by the `{word}` below line {_line(node)}"
            self.context.hazard("CHM401", frame.symbols, reason, node)

    def _run_try(self, statement: ast.Try) -> Flow:
        context = self.context
        context.note("tries")
        branch = context.next_id()
        arms = 1 + len(statement.handlers)
        before = self._snapshot()
        self._tries.append((statement, len(context.stack)))
        flow = self._run_tried(statement, branch, arms)
        self._tries.pop()
        kind = context.raising.get(statement, GuardKind.OUTCOME)
        after = [self._snapshot()]
        flows = [flow]
        for arm, handler in enumerate(statement.handlers, start=1):
            self._restore_mixed(before, after[0])
            guard = Guard(branch, arm, arms, kind)
            if handler.name:
                context.bind(handler.name, Unknown())
            with context.frame(context.guard_frame(handler, guard)):
                flows.append(self.run_block(handler.body))
            after.append(self._snapshot())
        alive = [a for a, f in zip(after, flows, strict=True) if not isinstance(f, Exit)]
        self._join(before, alive, None)
        final = self.run_block(statement.finalbody)
        if isinstance(final, Exit):
            return final
        if all(isinstance(f, Exit) for f in flows):
            return flows[0]
        for arm, one in enumerate(flows):
            if isinstance(one, Exit) and one is not Exit.RAISE:
                if one in (Exit.BREAK, Exit.RETURN):
                    self._early_exit(statement, one.value)
                if arms == 2:
                    return Guard(branch, 1 - arm, 2, GuardKind.OUTCOME)
                return Guard(context.next_id(), 0, 2, GuardKind.RACE)
        return None

    _run_trystar = _run_try

    def _run_tried(self, statement: ast.Try, branch: int, arms: int) -> Flow:
        """The body: what comes after the last call that may raise happens only on success."""
        context = self.context
        last = max(
            (i for i, s in enumerate(statement.body) if _may_raise(s)), default=-1
        )
        first = next((i for i, s in enumerate(statement.body) if _may_raise(s)), len(statement.body))
        kind = context.raising.get(statement, GuardKind.OUTCOME)
        success = Guard(branch, 0, arms, kind)
        with self._guards() as guards:
            for position, inner in enumerate(statement.body):
                if position <= first and last >= 0:
                    flow = self._run_raising(inner, success) if position == last else self.run(inner)
                elif position < last:
                    race = Guard(context.next_id(), 0, 2, GuardKind.RACE)
                    with context.frame(context.guard_frame(inner, race)):
                        flow = self.run(inner)
                else:
                    with context.frame(context.guard_frame(inner, success)):
                        flow = self.run(inner)
                if isinstance(flow, Exit):
                    return flow
                if isinstance(flow, Guard):
                    guards.add(inner, flow)
            with context.frame(context.guard_frame(statement, success)):
                flow = self.run_block(statement.orelse)
            return flow if isinstance(flow, Exit) else guards.last

    def _run_raising(self, statement: ast.stmt, success: Guard) -> Flow:
        """The one statement that may raise: what it binds or counts, it does on success."""
        if isinstance(statement, ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While):
            return self.run(statement)
        with self.context.frame(self.context.guard_frame(statement, success)):
            return self.run(statement)

    def _run_match(self, statement: ast.Match) -> Flow:
        self.evaluate(statement.subject)
        branch = self.context.next_id()
        arms = len(statement.cases) + 1
        before = self._snapshot()
        after = [before]
        for arm, case in enumerate(statement.cases):
            self._restore(before)
            for node in ast.walk(case.pattern):
                if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                    self.context.bind(node.name, Unknown())
            guard = Guard(branch, arm, arms, GuardKind.OUTCOME)
            with self.context.frame(self.context.guard_frame(case.pattern, guard)):
                self.run_block(case.body)
            after.append(self._snapshot())
        self._join(before, after, None)
        return None

    # -- loops

    def _run_for(self, statement: ast.For | ast.AsyncFor) -> Flow:
        context = self.context
        count, element, depends = self.iteration(statement.iter)
        before = self._snapshot()
        ends = breaks(statement.body)
        with context.frame(context.loop_frame(statement, count, depends, ends)) as frame:
            self._carry(statement.body, frame)
            frame.sweeps |= index_is_data(statement.target, element, statement.body)
            self.assign(statement.target, element)
            flow = self.run_block(statement.body)
        if flow in (Exit.BREAK, Exit.RETURN) and isinstance(flow, Exit):
            reason = "the loop ends in its first trial"
            context.hazard("CHM401", frame.symbols, reason, statement)
        self._leave(before, frame)
        if statement.orelse:
            finished = Guard(context.next_id(), 0, 2, GuardKind.OUTCOME)
            with context.frame(context.guard_frame(statement, finished)):
                self.run_block(statement.orelse)
        return None

    _run_asyncfor = _run_for

    def _run_while(self, statement: ast.While) -> Flow:
        context = self.context
        counted = self._counted_while(statement) or self._drained(statement)
        before = self._snapshot()
        depends = self.evaluate(statement.test).deps if counted is None else NO_SYMBOLS
        if counted is None:
            self._judge_wait(statement)
        frame = context.loop_frame(statement, counted, depends)
        with context.frame(frame):
            self._carry(statement.body, frame)
            self.run_block(statement.body)
        self._leave(before, frame)
        return None

    def _counted_while(self, statement: ast.While) -> Amount | None:
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
            for node in ast.walk(statement)
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
        start = self.context.read(name)
        bound = self.evaluate(test.comparators[0])
        if len(writes) == 1 and len(plain) == 1 and start == number(0):
            return bound if isinstance(bound, Amount) else None
        return None

    def _drained(self, statement: ast.While) -> Amount | None:
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
        value = self.context.read(test.id)
        if not isinstance(value, Collection) or value.state.grown & set(self.context.open_ids):
            return None
        takes = [
            node
            for node in ast.walk(statement)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("get", "get_nowait", "pop", "popleft")
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == test.id
        ]
        return value.size if len(takes) == 1 and not value.state.taint else None

    def _judge_wait(self, statement: ast.While) -> None:
        test = statement.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test = test.operand
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            self._judge(statement, test.left, test.ops[0], test.comparators[0], None, waits=True)

    def _carry(self, body: list[ast.stmt], frame: Frame) -> None:
        """What the body adds to is a running value inside; what it rebinds is of the trial before."""
        context = self.context
        added, rebound, mutated = written(body)
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
                carried = Unknown(binding.value.deps | frame.symbols, carried=True)
                holder.names[name] = Binding(carried, binding.frames, binding.grown)

    def _leave(self, before: _Names, frame: Frame) -> None:
        """After a loop, what was bound in a trial depends on how many there were."""
        for scope, names in self._scopes():
            for name, binding in list(names.items()):
                if frame.id in binding.frames:
                    old = before.get(id(names), {}).get(name)
                    value = binding.value
                    if isinstance(value, Unknown | Condition | Literal | Amount):
                        deps = value.deps | frame.symbols
                        if isinstance(value, Unknown):
                            value = replace(value, depends=deps, index=NO_SYMBOLS)
                        elif isinstance(value, Amount) and value.constant and old is None:
                            pass
                        else:
                            value = Unknown(deps)
                    frames = tuple(i for i in binding.frames if i in self.context.open_ids)
                    names[name] = Binding(value, frames, binding.grown)
        del before

    # -- state of the names, for branches

    def _scopes(self) -> Iterator[tuple[Scope, dict[str, Binding]]]:
        scope: Scope | None = self.context.scope
        while scope is not None:
            yield scope, scope.names
            receiver = scope.names.get("self")
            if receiver is not None and isinstance(receiver.value, Instance):
                yield scope, receiver.value.attributes
            scope = scope.outer

    def _snapshot(self) -> _Names:
        return {id(names): dict(names) for _, names in self._scopes()}

    def _restore(self, snapshot: _Names) -> None:
        """Go back to the bindings of before, but keep what was counted: arms add up."""
        for _, names in self._scopes():
            old = snapshot.get(id(names), {})
            for name, binding in old.items():
                now = names.get(name)
                if now is not None and now is not binding and not _counted(binding, now):
                    names[name] = binding

    def _restore_mixed(self, before: _Names, after: _Names) -> None:
        """In a handler, what the body bound may or may not have been bound."""
        for _, names in self._scopes():
            old = before.get(id(names), {})
            for name, binding in after.get(id(names), {}).items():
                known = old.get(name)
                if known is None or known is binding or _counted(known, names[name]):
                    continue
                names[name] = Binding(joined(known.value, binding.value), known.frames)

    def _join(self, before: _Names, after: list[_Names], condition: Condition | None) -> None:
        """After a branch, a name that its arms bound differently is either."""
        deps = condition.deps if condition is not None else NO_SYMBOLS
        state = condition is not None and condition.kind is GuardKind.STATE
        for _, names in self._scopes():
            for name, now in list(names.items()):
                versions = [a.get(id(names), {}).get(name) for a in after]
                present = [version for version in versions if version is not None]
                if not present:
                    continue
                old = before.get(id(names), {}).get(name)
                if old is not None and _counted(old, now):
                    continue
                value = present[0].value
                for other in present[1:]:
                    value = joined(value, other.value, deps)
                if state and value is not present[0].value and isinstance(value, Unknown):
                    value = replace(value, carried=True)
                frames = present[0].frames
                shortest = min((p.frames for p in present), key=len)
                frames = shortest if len(present) > 1 else frames
                names[name] = Binding(value, frames, now.grown)

    # -- with

    def _run_with(self, statement: ast.With | ast.AsyncWith) -> Flow:
        expected = False
        for item in statement.items:
            value = self.awaited(self.evaluate(item.context_expr))
            text = ast.unparse(item.context_expr)
            if "subTest(" in text:
                reason = "each trial is a sub-test of its own"
                self.context.hazard("CHM411", self.context.open_symbols, reason, statement)
            if any(word in text for word in ("raises(", "assertRaises", "suppress(", "warns(")):
                expected = "warns(" not in text
            if "move_on_after(" in text or "move_on_at(" in text:
                expected = True
            if item.optional_vars is not None:
                if isinstance(value, Instance):
                    value = self._entered(value)
                self.assign(item.optional_vars, value)
        if expected:
            self.context.note("tries")
            before = len(self.context.loops)
            flow = self.run_block(statement.body)
            for frame in self.context.loops[before:]:
                if frame.guard is None:
                    reason = "the loop stands in a block that is expected to end it early"
                    self.context.hazard("CHM401", frame.symbols, reason, statement)
            return None if isinstance(flow, Exit) else flow
        limits = [_time_guard(item.context_expr) for item in statement.items]
        before = len(self.context.loops)
        flow = self.run_block(statement.body)
        ran = frozenset().union(*(frame.symbols for frame in self.context.loops[before:]))
        for limit in limits:
            self.context.statement = statement
            self.budget(limit, ran - self.context.open_symbols)
        return flow

    _run_asyncwith = _run_with

    def _entered(self, value: Instance) -> Value:
        for name in ("__enter__", "__aenter__"):
            member = self.context.suite.member(value.source, value.cls, name)
            if member is not None and isinstance(member[1], ast.FunctionDef | ast.AsyncFunctionDef):
                return self.invoke(Closure(member[1], member[0], None, (value,)), [], {})
        return value

    # -- assertions

    def _run_assert(self, statement: ast.Assert) -> Flow:
        for part in assertion_parts(statement.test):
            self._judge(statement, part.left, part.operator, part.right, statement.msg)
        if isinstance(statement.test, ast.Constant) and not statement.test.value:
            return Exit.RAISE
        return None

    def _judge(
        self,
        statement: ast.stmt,
        left_node: ast.expr,
        operator: ast.cmpop | None,
        right_node: ast.expr | None,
        message: ast.expr | None,
        waits: bool = False,
    ) -> None:
        left = self.awaited(self.evaluate(left_node))
        right = self.awaited(self.evaluate(right_node)) if right_node is not None else None
        context = self.context
        if right is not None:
            self.meet_deadline(left_node, left, right)
        context.judgements.append(
            Judgement(
                statement,
                left_node,
                left,
                operator,
                right,
                left_node,
                right_node,
                tuple(context.stack),
                context.scope.owner,
                context.scope.source,
                waits,
                message,
            )
        )

    # -- functions

    _function_frames: list[int] = []

    def invoke(
        self, closure: Closure, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """Read the body of a function here, once, with its arguments bound."""
        context = self.context
        node = closure.node
        values = [*arguments, *keywords.values()]
        if (
            node in context.active
            or len(context.active) > MAX_DEPTH
            or context.steps > MAX_STEPS
        ):
            context.taint(*values, *closure.bound)
            return Unknown(depends_on(values))
        outer = closure.scope if isinstance(closure.scope, Scope) else None
        scope = Scope(node, closure.source, outer)
        previous = context.scope
        context.scope = scope
        context.active.append(node)
        try:
            self._bind_parameters(closure, arguments, keywords)
            if isinstance(node, ast.Lambda):
                return self.evaluate(node.body)
            return self._run_function(node)
        finally:
            context.active.pop()
            context.scope = previous

    def _run_function(self, node: FunctionDef) -> Value:
        context = self.context
        context.note("builds")
        generator = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node))
        self._carry_closed_over(node)
        self._returns.append([])
        self._function_frames = [*self._function_frames, len(context.stack)]
        self.run_block(node.body)
        self._function_frames = self._function_frames[:-1]
        returned = self._returns.pop()
        if generator or not returned:
            return Unknown() if generator else Literal(None)
        value = returned[0]
        for other in returned[1:]:
            value = joined(value, other)
        return value

    def _carry_closed_over(self, node: FunctionDef) -> None:
        """A worker that runs in a loop reads what the worker before it has bound."""
        names = {n for s in node.body if isinstance(s, ast.Nonlocal) for n in s.names}
        if not names:
            return
        added, rebound, _ = written(node.body)
        context = self.context
        for name in names & rebound:
            holder = context.scope.outer.holder(name) if context.scope.outer else None
            if holder is None:
                continue
            binding = holder.names[name]
            loops = [frame for frame in context.since(binding.frames) if frame.loop]
            if loops:
                symbols = frozenset().union(*(frame.symbols for frame in loops))
                carried = Unknown(binding.value.deps | symbols, carried=True)
                holder.names[name] = Binding(carried, binding.frames, binding.grown)
        for name in names & added - rebound:
            holder = context.scope.outer.holder(name) if context.scope.outer else None
            if holder is not None:
                binding = holder.names[name]
                ids = {frame.id for frame in context.since(binding.frames) if frame.loop}
                holder.names[name] = replace(binding, grown=binding.grown | ids)

    def _bind_parameters(
        self, closure: Closure, arguments: list[Value], keywords: dict[str, Value]
    ) -> None:
        node, context = closure.node, self.context
        parameters = [*node.args.posonlyargs, *node.args.args]
        given = [*closure.bound, *arguments]
        known = {**dict(closure.keywords), **keywords}
        defaults = node.args.defaults
        first_default = len(parameters) - len(defaults)
        for position, parameter in enumerate(parameters):
            if position < len(given):
                value = given[position]
            elif parameter.arg in known:
                value = known[parameter.arg]
            elif position >= first_default:
                value = self.evaluate(defaults[position - first_default])
            else:
                value = Unknown()
            context.scope.names[parameter.arg] = Binding(value, context.open_ids)
        for parameter, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            value = known.get(parameter.arg) or (
                self.evaluate(default) if default is not None else Unknown()
            )
            context.scope.names[parameter.arg] = Binding(value, context.open_ids)
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                rest = Unknown(depends_on([*arguments, *keywords.values()]))
                context.scope.names[extra.arg] = Binding(rest, context.open_ids)


_Names = dict[int, dict[str, Binding]]


class _OpenGuards:
    """The guards that early exits have put on the rest of a block."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._managers: list[object] = []
        self.last: Guard | None = None

    def __enter__(self) -> _OpenGuards:
        return self

    def add(self, node: ast.AST, guard: Guard) -> None:
        """Everything after `node` stands under `guard`."""
        manager = self._context.frame(self._context.guard_frame(node, guard))
        manager.__enter__()
        self._managers.append(manager)
        self.last = guard

    def __exit__(self, *exc: object) -> None:
        for manager in reversed(self._managers):
            manager.__exit__(None, None, None)  # type: ignore[attr-defined]


def _counted(old: Binding, now: Binding) -> bool:
    """Whether `now` is `old` after some `+=`: such bindings add up over the arms of a branch."""
    return now.frames == old.frames and bool(now.grown - old.grown or now.grown)


def _may_raise(statement: ast.stmt) -> bool:
    """Whether code under test runs in it; bookkeeping does not raise."""
    if isinstance(statement, ast.Raise | ast.Assert):
        return True
    for node in ast.walk(statement):
        if isinstance(node, ast.Await | ast.Raise | ast.Assert | ast.Yield | ast.YieldFrom):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            last = name.rpartition(".")[2]
            if last in _BOOKKEEPING or last.startswith("record"):
                continue
            if name.startswith(("time.", "random.", "logging.", "logger.", "statistics.")):
                continue
            return True
    return False


_BOOKKEEPING = MUTATORS | {
    "len", "str", "int", "float", "round", "print", "get", "range", "sum", "isinstance", "repr",
    "perf_counter", "monotonic", "max", "min", "format", "lower", "info", "debug", "dict", "list",
}  # fmt: skip


def _counts_up(target: ast.Subscript, value: ast.expr | None) -> bool:
    """`d[k] = d.get(k, 0) + 1`."""
    return (
        isinstance(value, ast.BinOp)
        and isinstance(target.value, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == target.value.id for n in ast.walk(value))
    )


def _time_guard(node: ast.expr) -> ast.expr | None:
    """The limit of `timeout(5)` and `fail_after(5)`."""
    if isinstance(node, ast.Call) and node.args:
        last = ast.unparse(node.func).rpartition(".")[2]
        if last in ("timeout", "fail_after"):
            return node.args[0]
    return None


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


