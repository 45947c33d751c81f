"""An expression of a test to the quantity it stands for."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.adaptive import adaptive_count
from chaos_migrate.codemods.context import Context, joined
from chaos_migrate.codemods.quantities import (
    NO_SYMBOLS,
    ONE,
    Amount,
    Binding,
    ClassReference,
    Closure,
    Collection,
    CollectionState,
    Condition,
    Duration,
    Foreign,
    Guard,
    GuardKind,
    Index,
    Instance,
    Instant,
    Literal,
    Method,
    Opaque,
    Promise,
    Rate,
    Statistic,
    Summary,
    Symbol,
    Term,
    Unknown,
    Value,
    add,
    depends_on,
    multiply,
    number,
    of_symbol,
    repeated,
)
from chaos_migrate.codemods.source import Source

# Smaller numbers are structure ("both", "none", "the next"), never load.
SMALLEST_SYMBOL = 3

# What turns a rate into per cent or per mille.
_SCALES = (100, 1000)


class Evaluator:
    """Gives the quantity of an expression in the context of a reading.

    What calls count (`calls`) and what functions do (`reader`) is added by its subclasses.
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def invoke(
        self, closure: Closure, arguments: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """What a call of a function of the suite gives; its events are counted here and now."""
        raise NotImplementedError

    def call(self, node: ast.Call) -> Value:
        """What a call gives."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> Value:
        """The quantity of `node`; anything that is not understood is Unknown, with its deps."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            return self._children(node)
        value: Value = method(node)
        return value

    def _children(self, node: ast.AST) -> Value:
        values = [self.evaluate(n) for n in ast.iter_child_nodes(node) if isinstance(n, ast.expr)]
        return mixed(*values)

    # -- names and numbers

    def symbol(self, node: ast.expr, value: int, offset: int = 0) -> Symbol:
        """The symbol of a literal: one for each place in the text."""
        known = self.context.symbols.get(node)
        if known is None:
            scope = self.context.scope
            known = Symbol(node, value, scope.source, scope.owner, offset)
            self.context.symbols[node] = known
        return known

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool):
            if value >= SMALLEST_SYMBOL:
                return of_symbol(self.symbol(node, value))
            return number(value)
        return Literal(value, node)

    def _name(self, node: ast.Name) -> Value:
        local = self.context.read(node.id)
        if local is not None:
            return local
        return self._global(self.context.scope.source, node.id)

    def _global(self, source: Source, name: str) -> Value:
        found = self.context.suite.find(source, name)
        if found is None:
            return Foreign(name)
        if found.node is None:
            return Foreign(found.dotted)
        if isinstance(found.node, ast.ClassDef):
            return ClassReference(found.node, found.source)
        if isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return Closure(found.node, found.source, None)
        return self._constant_of(found.source, found.node, found.source.tree, name)

    def _constant_of(self, source: Source, node: ast.expr, owner: ast.AST, name: str) -> Value:
        """The value of a module's or class's constant; anything that is not plain is opaque."""
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, int) and not isinstance(value, bool):
                if value < SMALLEST_SYMBOL:
                    return number(value)
                known = self.context.symbols.get(node)
                if known is None:
                    known = self.context.symbols[node] = Symbol(node, value, source, owner)
                self.context.names.setdefault(known, name)
                readers = self.context.constant_readers.setdefault(known, set())
                readers.add(self.context.scope.owner)
                return of_symbol(known)
            return Literal(value, node)
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
            size = len(node.keys) if isinstance(node, ast.Dict) else len(node.elts)
            kind = type(node).__name__.lower()
            return Collection(kind, CollectionState(number(size), (), fixed=True))
        return self._global_object(node)

    def _global_object(self, node: ast.expr) -> Value:
        opaque = self.context.globals.get(node)
        if opaque is None:
            opaque = self.context.globals[node] = self.context.opaque()
        return opaque

    # -- objects

    def _attribute(self, node: ast.Attribute) -> Value:
        adaptive = adaptive_count(node)
        if adaptive is not None:
            return self._adaptive(node)
        return self.attribute(self.evaluate(node.value), node.attr)

    def attribute(self, receiver: Value, name: str) -> Value:
        """What `receiver.name` stands for."""
        context = self.context
        if isinstance(receiver, Foreign):
            return Foreign(f"{receiver.name}.{name}")
        if isinstance(receiver, Instance):
            return self._instance_attribute(receiver, name)
        if isinstance(receiver, ClassReference):
            return self._class_attribute(receiver, name)
        if isinstance(receiver, Opaque):
            binding = receiver.fields.get(name)
            if binding is not None:
                return context.current(binding)
            if receiver.kind:
                return Method(receiver, name)
            return Opaque("", receiver.taint, birth=receiver.birth)
        if isinstance(receiver, Collection | Promise):
            return Method(receiver, name)
        if isinstance(receiver, Index):
            return Unknown(index=receiver.of)
        return mixed(receiver)

    def _instance_attribute(self, receiver: Instance, name: str) -> Value:
        context = self.context
        binding = receiver.attributes.get(name)
        if binding is not None:
            left = [
                frame
                for frame in context.since(receiver.birth)
                if (frame.node, name) in context.changing
            ]
            if left and isinstance(binding.value, Amount | Literal | Unknown):
                symbols = frozenset().union(*(frame.symbols for frame in left))
                return Unknown(symbols | binding.value.deps, carried=True)
            return context.current(binding)
        member = context.suite.member(receiver.source, receiver.cls, name)
        if member is not None:
            source, statement = member
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                closure = Closure(statement, source, None, (receiver,))
                if any(_is_property(d) for d in statement.decorator_list):
                    return self.invoke(closure, [], {})
                if any(_named(d, "staticmethod") for d in statement.decorator_list):
                    return Closure(statement, source, None)
                return closure
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                value = self._class_constant(source, receiver.cls, statement.value, name)
                if isinstance(value, Collection):
                    value.state.birth = receiver.birth
                if isinstance(value, Collection | Opaque):
                    receiver.attributes[name] = Binding(value, receiver.birth)
                return value
        made = self._made_in_setup(receiver, name)
        receiver.attributes[name] = Binding(made, receiver.birth)
        return made

    def _class_attribute(self, receiver: ClassReference, name: str) -> Value:
        member = self.context.suite.member(receiver.source, receiver.cls, name)
        if member is None:
            return Unknown()
        source, statement = member
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            bound = (receiver,) if any(
                _named(d, "classmethod") for d in statement.decorator_list
            ) else ()
            return Closure(statement, source, None, bound)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            return self._class_constant(source, receiver.cls, statement.value, name)
        return Unknown()

    def _class_constant(self, source: Source, cls: ast.ClassDef, node: ast.expr, name: str) -> Value:
        if isinstance(node, ast.Call) and _named(node.func, "field"):
            for keyword in node.keywords:
                if keyword.arg == "default":
                    return self._class_constant(source, cls, keyword.value, name)
                if keyword.arg == "default_factory":
                    return self.fresh(keyword.value)
            return Unknown()
        return self._constant_of(source, node, cls, name)

    def fresh(self, factory: ast.expr) -> Value:
        """The empty container that a factory makes: `list`, `dict`, `deque`, `lambda: 0`."""
        if isinstance(factory, ast.Name) and factory.id in ("list", "dict", "set", "deque"):
            return self.empty("list" if factory.id == "deque" else factory.id)
        if isinstance(factory, ast.Name) and factory.id == "int":
            return number(0)
        return self.context.opaque()

    def empty(self, kind: str) -> Collection:
        """A fresh container born here."""
        return Collection(kind, CollectionState(number(0), self.context.open_ids))

    def _made_in_setup(self, receiver: Instance, name: str) -> Value:
        """The value that a setup method gives to `self.name`, if exactly one place does."""
        context = self.context
        found = context.suite.assigned(receiver.source, receiver.cls, name)
        if len({ast.dump(one.value) for one in found}) != 1:
            return context.opaque()
        source, method, value = found[0].source, found[0].method, found[0].value
        if isinstance(value, ast.Constant):
            return self._constant_of(source, value, method, name)
        if isinstance(value, ast.List | ast.Dict | ast.Set) and not list(
            ast.iter_child_nodes(value)
        )[1:]:
            return Collection(
                type(value).__name__.lower(), CollectionState(number(0), receiver.birth)
            )
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            target = context.suite.find(source, value.func.id)
            if target is not None and isinstance(target.node, ast.ClassDef):
                return Instance(target.node, target.source, {}, receiver.birth)
        return context.opaque()

    # -- arithmetic

    def _binop(self, node: ast.BinOp) -> Value:
        if (adaptive := adaptive_count(node)) is not None:
            return self._adaptive(node)
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        operator = node.op
        if isinstance(operator, ast.Add | ast.Sub):
            return self._sum(node, left, right, 1 if isinstance(operator, ast.Add) else -1)
        if isinstance(operator, ast.Mult):
            return self._product(node, left, right)
        if isinstance(operator, ast.Div):
            return self._quotient(node, left, right)
        if isinstance(operator, ast.Mod) and isinstance(left, Index):
            return self._phase(left, right)
        if isinstance(operator, ast.FloorDiv | ast.Mod):
            self._steps(node, left, right)
        return self._arithmetic(node, left, right)

    def _arithmetic(self, node: ast.expr, left: Value, right: Value) -> Value:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Index) and other.deps & one.of:
                return Unknown()  # relative to the count: free of scale
            if isinstance(one, Duration | Summary) and isinstance(other, Literal | Amount):
                if any(s.value in {count.value for count in one.of} for s in other.deps - one.of):
                    reason = "a time is divided or multiplied by a number equal to the count"
                    self.context.hazard("CHM409", one.of, reason, node)
                return one
        if isinstance(left, Summary) and isinstance(right, Summary):
            kinds = {left.kind, right.kind}
            kind = Statistic.STEADY if kinds == {Statistic.STEADY} else Statistic.EXTREME
            return Summary(kind, left.of | right.of, left.duration or right.duration)
        return mixed(left, right)

    def _sum(self, node: ast.expr, left: Value, right: Value, sign: int) -> Value:
        if isinstance(left, Amount) and isinstance(right, Amount):
            return add(left, right, sign)
        if isinstance(left, Instant) and isinstance(right, Instant):
            return self._elapsed(right)
        if isinstance(left, Instant) and isinstance(right, Amount | Literal | Unknown):
            return Instant(left.tick, left.frames, deadline=sign > 0)
        if isinstance(right, Rate) and sign < 0 and left == ONE and right.scale == 1:
            return Rate(right.events, right.trials, right.scale, not right.complement)
        if isinstance(right, Rate) and sign < 0 and isinstance(left, Literal) and left.value == 1.0:
            return Rate(right.events, right.trials, right.scale, not right.complement)
        if (
            isinstance(left, Collection)
            and isinstance(right, Collection)
            and left.size is not None
            and right.size is not None
        ):
            size = add(left.size, right.size)
            state = CollectionState(size, self.context.open_ids, left.state.element)
            state.fixed = left.state.fixed and right.state.fixed
            state.writers = left.state.writers | right.state.writers
            return Collection("list", state)
        return self._arithmetic(node, left, right)

    def _elapsed(self, start: Instant) -> Duration:
        """The loops that ran since `start`, or are still open and began since."""
        context = self.context
        ran = [frame for frame in context.loops if frame.tick > start.tick]
        own = [frame for frame in context.stack if frame.id in start.frames]
        return Duration(
            frozenset().union(*(frame.symbols for frame in ran))
            - frozenset().union(*(frame.symbols for frame in own))
        )

    def _product(self, node: ast.expr, left: Value, right: Value) -> Value:
        for one, other in ((left, right), (right, left)):
            factor = exact_number(other)
            if isinstance(one, Rate) and factor is not None:
                return Rate(one.events, one.trials, one.scale * factor, one.complement)
            if isinstance(one, Collection) and isinstance(other, Amount) and one.size is not None:
                size = multiply(one.size, other)
                state = CollectionState(size, self.context.open_ids, one.state.element)
                state.fixed = one.state.fixed
                return Collection(one.kind, state)
        if isinstance(left, Amount) and isinstance(right, Amount):
            for one, other in ((left, right), (right, left)):
                if not one.exact and other.symbol is not None and other.total in _SCALES:
                    return multiply(one, number(other.total))
            return multiply(left, right)
        for one, other in ((left, right), (right, left)):
            factor = exact_number(other)
            if isinstance(one, Amount) and factor is not None and isinstance(other, Literal):
                return multiply(one, number(factor))
        return self._arithmetic(node, left, right)

    def _quotient(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        if isinstance(node.right, ast.Constant) and isinstance(node.right.value, float):
            whole = node.right.value
            if whole.is_integer() and whole >= SMALLEST_SYMBOL:
                right = of_symbol(self.symbol(node.right, int(whole)))
        if isinstance(left, Amount) and isinstance(right, Amount):
            if left.constant and right.constant and right.total:
                return number(left.total / right.total)
            if left.constant and not right.constant:
                return mixed(left, right)
            scale = next(iter({term.coefficient for term in left.terms}), Fraction(1))
            if scale in _SCALES and all(term.coefficient == scale for term in left.terms):
                return Rate(multiply(left, number(1 / scale)), right, scale)
            return Rate(left, right)
        if isinstance(left, Summary) and left.kind is Statistic.SUM and isinstance(right, Amount):
            if right.deps <= left.of:
                return Summary(Statistic.STEADY, left.of, left.duration)
            reason = f"`{ast.unparse(node)}` divides by a number that repeats the count"
            self.context.hazard("CHM409", left.of, reason, node)
            return Summary(Statistic.STEADY, left.of, left.duration)
        if isinstance(left, Duration) and isinstance(right, Amount) and right.deps & left.of:
            return Summary(Statistic.STEADY, left.of | right.deps, duration=True)
        return self._arithmetic(node, left, right)

    def _phase(self, index: Index, right: Value) -> Value:
        period = exact_number(right)
        if right.deps & index.of or period is None or period <= 0:
            return Unknown()
        return Index(index.of, int(period))

    def _steps(self, node: ast.BinOp, left: Value, right: Value) -> None:
        if isinstance(left, Amount) and isinstance(right, Amount):
            reason = f"`{ast.unparse(node)}` divides by a fixed number"
            if left.deps and right.deps:
                self.context.hazard("CHM409", left.deps | right.deps, reason, node)

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, Amount):
            return multiply(value, number(-1))
        if isinstance(node.op, ast.USub) and isinstance(value, Literal):
            return Literal(-value.value if isinstance(value.value, float) else None, node)
        if isinstance(node.op, ast.Not):
            condition = self.truth(value)
            data = condition.data
            if isinstance(data, float):
                data = 1.0 - data
            elif data is not None:
                data = None
            return Condition(condition.kind, data, condition.depends, condition.existence)
        return value

    def _adaptive(self, node: ast.expr) -> Value:
        base = adaptive_count(node)
        assert base is not None
        known = self.context.symbols.get(node)
        if known is None:
            scope = self.context.scope
            known = Symbol(node, base, scope.source, scope.owner, expression=ast.unparse(node))
            self.context.symbols[node] = known
        return of_symbol(known)

    # -- truth

    def condition(self, node: ast.expr) -> Condition:
        """Why `node` may be true in one trial and false in another."""
        return self.truth(self.evaluate(node))

    def truth(self, value: Value) -> Condition:
        """The truth of a value: of a container or a counter, whether there is any."""
        if isinstance(value, Condition):
            return value
        if isinstance(value, Unknown):
            if value.carried:
                return Condition(GuardKind.STATE, None, value.deps)
            if value.drawn:
                return Condition(GuardKind.RANDOM, None, value.deps)
            if value.index:
                return Condition(GuardKind.RELATIVE, None, value.deps)
        if isinstance(value, Collection):
            if self._growing(value):
                return Condition(GuardKind.STATE, None, value.deps)
            return Condition(GuardKind.OUTCOME, None, value.deps, existence=True)
        if isinstance(value, Amount):
            return Condition(GuardKind.OUTCOME, None, value.deps, existence=True)
        if isinstance(value, Index):
            kind = GuardKind.SCHEDULE if value.period else GuardKind.INDEX
            return Condition(kind, None, value.deps)
        return Condition(GuardKind.OUTCOME, None, value.deps)

    def _growing(self, value: Collection) -> bool:
        open_ids = set(self.context.open_ids)
        return bool(value.state.grown & open_ids)

    def meet_deadline(self, node: ast.expr, left: Value, right: Value) -> None:
        """A fixed point in time, for all trials since it was set: with more it comes too early."""
        for value in (left, right):
            if isinstance(value, Instant) and value.deadline:
                ran = self._elapsed(value).of
                ran |= frozenset().union(
                    *(f.symbols for f in self.context.stack if f.id not in value.frames)
                )
                reason = f"all trials must be done by a deadline (line {node.lineno})"
                self.context.hazard("CHM404", ran, reason, node)

    def _compare(self, node: ast.Compare) -> Value:
        values = [self.evaluate(node.left), *(self.evaluate(n) for n in node.comparators)]
        depends = depends_on(values)
        ordered = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
        extreme = ordered and any(
            isinstance(v, Duration) or (isinstance(v, Amount) and v.terms and not v.constant
                                        and not v.exact)
            for v in values
        )  # fmt: skip
        if len(values) != 2:
            kind = self.truth(mixed(*values)).kind
            return Condition(kind, None, depends, extreme=extreme)
        left, right = values
        self.meet_deadline(node, left, right)
        operator = node.ops[0]
        for one, other, forward in ((left, right, True), (right, left, False)):
            if isinstance(one, Unknown) and one.uniform:
                probability = exact_number(other)
                if probability is not None and isinstance(
                    operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE
                ):
                    below = isinstance(operator, ast.Lt | ast.LtE) == forward
                    p = float(probability) if below else 1.0 - float(probability)
                    return Condition(GuardKind.RANDOM, p, depends)
            if isinstance(one, Index) or (isinstance(one, Unknown) and one.index):
                return self._index_condition(node, one, other, operator)
        for value in values:
            if isinstance(value, Collection) and isinstance(operator, ast.In | ast.NotIn):
                self.read_back(value)
            if isinstance(value, Collection) and self._growing(value):
                return Condition(GuardKind.STATE, None, depends)
        kind = self.truth(mixed(*values)).kind
        existence = _is_existence(left, operator, right)
        return Condition(kind, None, depends, existence, extreme and not existence)

    def _index_condition(
        self, node: ast.Compare, index: Value, other: Value, operator: ast.cmpop
    ) -> Condition:
        value = exact_number(other)
        if isinstance(index, Index):
            of = index.of
            if index.period is not None:
                if isinstance(operator, ast.Eq) and value is not None:
                    return Condition(GuardKind.SCHEDULE, (index.period, int(value)))
                return Condition(GuardKind.SCHEDULE, None)
        else:
            assert isinstance(index, Unknown)
            of = index.index
        if other.deps & of:
            if other.deps - of:
                reason = f"`{ast.unparse(node)}` singles out a fixed number of trials"
                self.context.hazard("CHM411", of, reason, node)
            return Condition(GuardKind.RELATIVE, None, other.deps)
        fixed = isinstance(other, Amount | Literal | Collection)
        if fixed and not (value is not None and value <= 0):
            reason = f"`{ast.unparse(node)}` compares the loop's index with a fixed value"
            self.context.hazard("CHM411", of, reason, node)
        return Condition(GuardKind.INDEX, None, other.deps)

    def _boolop(self, node: ast.BoolOp) -> Value:
        values = [self.evaluate(value) for value in node.values]
        if isinstance(node.op, ast.Or) and len(values) == 2 and exact_number(values[1]) == 1:
            return values[0]
        conditions = [self.truth(value) for value in values]
        depends = depends_on(conditions)
        existence = all(condition.existence for condition in conditions)
        kind = max((c.kind for c in conditions), key=lambda k: WEIGHT.get(k, 0))
        return Condition(kind, None, depends, existence)

    def _ifexp(self, node: ast.IfExp) -> Value:
        condition = self.condition(node.test)
        body, orelse = self.evaluate(node.body), self.evaluate(node.orelse)
        if condition.existence and isinstance(orelse, Literal | Amount) and not orelse.deps:
            return body
        if isinstance(body, Amount) and isinstance(orelse, Amount):
            branch = self.context.next_id()
            arms = [Guard(branch, arm, 2, condition.kind, condition.data) for arm in (0, 1)]
            return add(repeated(body, (), (arms[0],)), repeated(orelse, (), (arms[1],)))
        return joined(body, orelse, condition.deps)

    # -- containers

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        values = [self.evaluate(element) for element in node.elts]
        kind = "set" if isinstance(node, ast.Set) else "list"
        birth = self.context.open_ids
        size = number(len(values))
        if any(isinstance(element, ast.Starred) for element in node.elts):
            if len(values) == 1 and isinstance(values[0], Collection):
                return Collection(
                    kind, CollectionState(values[0].size, birth, values[0].state.element)
                )
            return Collection(kind, CollectionState(None, birth, taint=depends_on(values)))
        table: dict[object, Value] | None = dict(enumerate(values)) if len(values) <= 16 else None
        element = _any_of(values)
        fixed = bool(values)
        return Collection(kind, CollectionState(size, birth, element, fixed=fixed, table=table))

    _tuple = _list
    _set = _list

    def _dict(self, node: ast.Dict) -> Value:
        table: dict[object, Value] = {}
        values = []
        for key, value_node in zip(node.keys, node.values, strict=True):
            value = self.evaluate(value_node)
            values.append(value)
            if isinstance(key, ast.Constant):
                table[key.value] = value
            elif key is not None:
                self.evaluate(key)
        state = CollectionState(
            number(len(node.values)),
            self.context.open_ids,
            _any_of(values),
            fixed=bool(values),
            table=table,
        )
        return Collection("dict", state)

    def _subscript(self, node: ast.Subscript) -> Value:
        receiver = self.evaluate(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._cut(node, receiver)
        index = self.evaluate(node.slice)
        if isinstance(receiver, Collection):
            return self._element(node, receiver, index)
        if isinstance(receiver, Opaque | Foreign):
            owner = receiver if isinstance(receiver, Opaque) else self.context.foreign(receiver.name)
            self.context.note("attempts")
            self.context.swept([index])
            self.context.taint(owner)
            return Opaque("", owner.taint, birth=owner.birth)
        return mixed(receiver, index)

    def _element(self, node: ast.Subscript, receiver: Collection, index: Value) -> Value:
        state = receiver.state
        self.read_back(receiver)
        key = constant_key(node.slice)
        if state.table is not None and key in state.table:
            value = state.table[key]
            return self.context.current(value) if isinstance(value, Binding) else value
        if receiver.kind == "counter" or state.counts:
            return self.counted_under_key(receiver)
        position = exact_number(index)
        if receiver.kind != "dict":
            if isinstance(index, Index):
                if index.period is None and state.fixed and index.of:
                    reason = f"`{ast.unparse(node)}` indexes data of a fixed length"
                    self.context.hazard("CHM411", index.of, reason, node)
            elif index.deps & receiver.deps or (position is not None and receiver.kind == "sorted"):
                if position is not None and abs(position) >= SMALLEST_SYMBOL:
                    reason = f"`{ast.unparse(node)}` picks a fixed place among the trials"
                    self.context.hazard("CHM409", receiver.deps | index.deps, reason, node)
                return Summary(Statistic.EXTREME, receiver.deps | index.deps, _timed(receiver))
            elif position is not None and position not in (0, -1, 1) and receiver.deps:
                reason = f"`{ast.unparse(node)}` picks a fixed place among the trials"
                self.context.hazard("CHM409", receiver.deps | index.deps, reason, node)
        return state.element if state.element is not None else Unknown(depends=receiver.deps)

    def counted_under_key(self, receiver: Collection) -> Value:
        """One count of a `Counter`: each trial adds to it at most once."""
        if self._growing(receiver):
            return Unknown(receiver.deps, carried=True)
        if receiver.size is None:
            guard = Guard(self.context.next_id(), 0, 2, GuardKind.UNBOUNDED)
            symbols = tuple(sorted(receiver.deps, key=lambda s: s.position))
            return Amount((Term(Fraction(1), symbols, (guard,)),)) if symbols else Unknown()
        guard = Guard(self.context.next_id(), 0, 2, GuardKind.OUTCOME)
        return repeated(receiver.size, (), (guard,))

    def read_back(self, receiver: Collection) -> None:
        """A loop looks up what another one has put in: they belong together."""
        writers, here = receiver.state.writers, self.context.open_symbols
        if here and writers - here:
            self.context.links.append(writers | here)

    def _cut(self, node: ast.Subscript, receiver: Value) -> Value:
        assert isinstance(node.slice, ast.Slice)
        parts = [n for n in (node.slice.lower, node.slice.upper, node.slice.step) if n is not None]
        bounds = [self.evaluate(part) for part in parts]
        fixed = depends_on(bounds)
        if receiver.deps and any((exact_number(bound) or 0) != 0 for bound in bounds):
            reason = f"`{ast.unparse(node)}` cuts the trials at a fixed place"
            self.context.hazard("CHM409", receiver.deps | fixed, reason, node)
        if isinstance(receiver, Collection) and not parts:
            return receiver
        return mixed(receiver, *bounds)

    def _listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        kind = "set" if isinstance(node, ast.SetComp) else "list"
        return self.comprehension(kind, node, node.elt, node.generators)

    _setcomp = _listcomp
    _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> Value:
        self_key = ast.Tuple(elts=[node.key, node.value], ctx=ast.Load())
        return self.comprehension("dict", node, ast.copy_location(self_key, node), node.generators)

    def comprehension(
        self, kind: str, node: ast.expr, element: ast.expr, generators: list[ast.comprehension]
    ) -> Value:
        """The container that a comprehension makes: the loops are given by the reader."""
        raise NotImplementedError

    # -- the rest

    def _await(self, node: ast.Await) -> Value:
        self.context.note("attempts")
        return self.awaited(self.evaluate(node.value))

    def awaited(self, value: Value) -> Value:
        """What a future gives when it is awaited."""
        return self.awaited(value.value) if isinstance(value, Promise) else value

    def _lambda(self, node: ast.Lambda) -> Value:
        return Closure(node, self.context.scope.source, self.context.scope)

    def _call(self, node: ast.Call) -> Value:
        if adaptive_count(node) is not None:
            return self._adaptive(node)
        return self.call(node)

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.context.bind(node.target.id, value)
        return value

    def _starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)

    def _joinedstr(self, node: ast.JoinedStr) -> Value:
        values = [
            self.evaluate(part.value) for part in node.values if isinstance(part, ast.FormattedValue)
        ]
        return mixed(*values)


WEIGHT = {
    GuardKind.STATE: 6,
    GuardKind.INDEX: 5,
    GuardKind.RELATIVE: 4,
    GuardKind.SCHEDULE: 3,
    GuardKind.RANDOM: 2,
    GuardKind.OUTCOME: 1,
}


def mixed(*values: Value) -> Value:
    """What comes of values in a way that is not followed: only their dependences are kept."""
    index: frozenset[Symbol] = NO_SYMBOLS
    carried = drawn = False
    opaque = None
    for value in values:
        if isinstance(value, Unknown):
            index |= value.index
            carried |= value.carried
            drawn |= value.drawn
        elif isinstance(value, Index) and value.period is None:
            index |= value.of
        elif isinstance(value, Condition):
            carried |= value.kind is GuardKind.STATE
            drawn |= value.kind is GuardKind.RANDOM
        elif isinstance(value, Opaque):
            opaque = value
    if opaque is not None and len(values) == 1:
        return opaque
    return Unknown(depends_on(values), index, carried, drawn)


def _any_of(values: list[Value]) -> Value | None:
    """What stands for every element of a literal container; of different numbers, nothing."""
    if not values:
        return None
    if len(values) == 1 or not any(isinstance(v, Amount | Collection) for v in values):
        return values[0]
    return Unknown(depends_on(values))


def exact_number(value: Value) -> Fraction | None:
    """The number that a value is, read exactly, where it depends on no event."""
    if isinstance(value, Amount):
        return value.total if value.exact else None
    if isinstance(value, Literal) and isinstance(value.value, int | float):
        if isinstance(value.value, bool) or value.value != value.value:
            return None
        if value.value in (float("inf"), float("-inf")):
            return None
        return Fraction(str(value.value))
    return None


def constant_key(node: ast.expr) -> object:
    """The key of a constant subscript, or an object that equals no key."""
    if isinstance(node, ast.Constant):
        return node.value
    return node


def _is_existence(left: Value, operator: ast.cmpop, right: Value) -> bool:
    """`> 0`, `>= 1`, `!= 0`, and "enough for a deviation": `len(samples) > 1`."""
    bound = exact_number(right)
    counted = isinstance(left, Amount | Collection | Unknown | Summary | Duration | Rate)
    if not counted or bound is None:
        return False
    if isinstance(operator, ast.Gt):
        return 0 <= bound <= 1
    if isinstance(operator, ast.NotEq):
        return bound == 0
    return isinstance(operator, ast.GtE) and 1 <= bound <= 2


def _timed(collection: Collection) -> bool:
    return isinstance(collection.state.element, Duration)


def _is_property(node: ast.expr) -> bool:
    return _named(node, "property") or _named(node, "cached_property")


def _named(node: ast.expr, name: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == name
    return isinstance(node, ast.Name) and node.id == name
