"""What calls count: containers, threads and tasks, clocks, chance, and objects of the suite."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence

from chaos_migrate.codemods.context import Budget, Frame, Policy, endless, uncounted
from chaos_migrate.codemods.expressions import (
    SMALLEST_SYMBOL,
    Evaluator,
    constant_key,
    exact_number,
    mixed,
)
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
    Unknown,
    Value,
    add,
    depends_on,
    multiply,
    number,
    of_symbol,
    repeated,
)

Keywords = dict[str, Value]

# Calls that start their first argument (or `target`) as a thread or process, once.
_STARTERS = {"Thread", "Process", "Timer", "Greenlet", "spawn"}
# Methods that start their first argument with the rest as its arguments.
_SUBMITTERS = {
    "submit", "start_soon", "apply_async", "run_sync", "soonify", "spawn", "add_callback",
    "call_soon", "call_soon_threadsafe", "call_later", "to_thread",
}  # fmt: skip
_MAPPERS = {"map", "imap", "imap_unordered", "starmap", "map_async", "starmap_async"}
_TASKS = {"create_task", "ensure_future", "shield", "run", "run_until_complete",
          "run_coroutine_threadsafe", "wait_for", "timeout", "as_future", "start"}  # fmt: skip
_CLOCKS = {
    "time.time", "time.perf_counter", "time.monotonic", "time.time_ns", "time.perf_counter_ns",
    "time.monotonic_ns", "time.process_time", "timeit.default_timer", "default_timer",
    "datetime.now", "datetime.datetime.now", "datetime.utcnow", "datetime.datetime.utcnow",
    "perf_counter", "monotonic", "asyncio.get_event_loop.time", "anyio.current_time",
    "trio.current_time",
}  # fmt: skip
_STEADY = {"mean", "fmean", "median", "stdev", "pstdev", "variance", "pvariance", "average", "std",
           "geometric_mean", "harmonic_mean", "nanmean"}  # fmt: skip
_EXTREME = {"percentile", "quantile", "quantiles", "nanpercentile"}
_CONTAINERS = {
    "list": "list", "deque": "list", "collections.deque": "list", "dict": "dict", "set": "set",
    "collections.OrderedDict": "dict", "OrderedDict": "dict", "WeakSet": "set",
    "collections.defaultdict": "dict", "defaultdict": "dict", "weakref.WeakSet": "set",
    "collections.Counter": "counter", "Counter": "counter",
    "queue.Queue": "queue", "queue.SimpleQueue": "queue", "queue.LifoQueue": "queue",
    "queue.PriorityQueue": "queue", "Queue": "queue", "asyncio.Queue": "queue",
    "multiprocessing.Queue": "queue", "multiprocessing.SimpleQueue": "queue",
    "SimpleQueue": "queue",
}  # fmt: skip
# Calls that leave the number of elements as it is.
_SAME_SIZE = {
    "list", "tuple", "sorted", "reversed", "enumerate", "as_completed", "tqdm", "deepcopy", "copy",
    "asyncio.as_completed", "concurrent.futures.as_completed", "copy.copy", "copy.deepcopy",
    "cycle", "iter",
}  # fmt: skip
# Calls that are no attempt at anything: they neither work nor wait.
_IDLE = {
    "print", "str", "repr", "int", "float", "bool", "round", "abs", "isinstance", "issubclass",
    "getattr", "hasattr", "type", "id", "hash", "format", "callable", "any", "all", "divmod",
    "ord", "chr", "bytes", "bytearray", "pow", "vars", "dir", "super", "zip", "filter", "slice",
    "setattr", "object", "frozenset", "memoryview", "hex", "bin",
}  # fmt: skip
_IDLE_MODULES = ("logging.", "math.", "json.", "uuid.", "string.", "itertools.", "operator.",
                 "functools.", "datetime.", "typing.", "warnings.", "sys.", "os.path.", "re.",
                 "decimal.", "fractions.", "hashlib.", "textwrap.", "dataclasses.", "gc.")  # fmt: skip
# Modules whose functions leave nothing behind that a test would judge.
_STATELESS = set(sys.stdlib_module_names) | {"pytest", "numpy", "np", "psutil", "pandas", "anyio",
                                             "trio"}  # fmt: skip
# What bounds how many may enter or be kept, by the callee's name and by the keyword.
_CAPACITIES = {"Semaphore", "BoundedSemaphore", "CapacityLimiter"}
_CAPACITY_WORDS = ("max", "limit", "size", "capacity", "pool", "workers", "threshold", "quota")


class Caller(Evaluator):
    """Evaluates calls."""

    # -- arguments

    def _arguments(self, node: ast.Call) -> tuple[list[Value], Keywords]:
        positional: list[Value] = [self.evaluate(argument) for argument in node.args]
        keywords = {k.arg or "**": self.evaluate(k.value) for k in node.keywords}
        return positional, keywords

    def call(self, node: ast.Call) -> Value:
        """What a call gives; what it does to its receiver is written down there."""
        function = node.func
        if isinstance(function, ast.Name):
            if self.context.read(function.id) is None and (
                builtin := _BUILTINS.get(function.id)
            ) and self.context.suite.find(self.context.scope.source, function.id) is None:
                return builtin(self, node)
            return self._called(node, self.evaluate(function))
        if isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Call) and _is_super(function.value):
                return self._super(node, function.attr)
            receiver = self.awaited_if_called(self.evaluate(function.value), function.attr)
            return self.method(node, receiver, function.attr)
        return self._called(node, self.evaluate(function))

    def awaited_if_called(self, receiver: Value, name: str) -> Value:
        """The receiver of a method; futures keep themselves for their own methods."""
        return receiver

    def _super(self, node: ast.Call, name: str) -> Value:
        receiver = self.context.read("self")
        self._arguments(node)
        if isinstance(receiver, Instance):
            bases = list(self.context.suite.bases(receiver.source, receiver.cls))[1:]
            for source, cls in bases:
                for statement in cls.body:
                    if isinstance(statement, ast.FunctionDef) and statement.name == name:
                        positional, keywords = self._arguments(node)
                        return self.invoke(
                            Closure(statement, source, None, (receiver,)), positional, keywords
                        )
        return Unknown()

    def _called(self, node: ast.Call, function: Value) -> Value:
        if isinstance(function, Foreign):
            return self._foreign(node, function.name)
        positional, keywords = self._arguments(node)
        if isinstance(function, Method):
            return self.method(node, function.receiver, function.name)
        if isinstance(function, Closure):
            return self.invoke(function, positional, keywords)
        if isinstance(function, ClassReference):
            return self.instantiate(function, positional, keywords, node)
        return self._opaque_call(node, function, positional, keywords)

    # -- methods

    def method(self, node: ast.Call, receiver: Value, name: str) -> Value:
        """What `receiver.name(...)` gives."""
        if isinstance(receiver, Foreign):
            return self._foreign(node, f"{receiver.name}.{name}")
        if isinstance(receiver, Promise) and name in ("result", "get", "exception"):
            self._arguments(node)
            self.context.note("attempts")
            return self.awaited(receiver) if name != "exception" else Unknown()
        if isinstance(receiver, Collection):
            return self._collection_method(node, receiver, name)
        if isinstance(receiver, Instance | ClassReference):
            member = self.attribute(receiver, name)
            if isinstance(member, Closure | ClassReference | Foreign):
                return self._called(node, member)
            positional, keywords = self._arguments(node)
            if (submitted := self._submission(node, name, positional, keywords)) is not None:
                return submitted
            return self._opaque_call(node, member, positional, keywords)
        if isinstance(receiver, Opaque):
            if name == "acquire" and receiver.kind in ("lock", "semaphore") and _gives_up(node):
                reason = f"`{ast.unparse(node)}` gives up where trials contend for it"
                self.context.hazard("CHM408", self.context.open_symbols, reason, node)
            binding = receiver.fields.get(name)
            if binding is not None and isinstance(binding.value, Closure):
                positional, keywords = self._arguments(node)
                return self.invoke(binding.value, positional, keywords)
        if isinstance(receiver, Instant) and name == "timestamp":
            return receiver
        if isinstance(receiver, Duration) and name == "total_seconds":
            return receiver
        if isinstance(receiver, Literal) and name in ("format", "join"):
            positional, _ = self._arguments(node)
            return mixed(*positional)
        positional, keywords = self._arguments(node)
        if name == "total_seconds" and isinstance(receiver, Duration):
            return receiver
        submitted = self._submission(node, name, positional, keywords)
        if submitted is not None:
            return submitted
        return self._opaque_call(node, receiver, positional, keywords)

    def _submission(
        self, node: ast.Call, name: str, positional: list[Value], keywords: Keywords
    ) -> Value | None:
        """A function given to a pool, a loop or a task group runs once, here."""
        if not positional:
            return None
        function = positional[0]
        if name == "submit" and isinstance(function, Opaque | Foreign | Method):
            self._started()
            self.context.taint(function)
            return Promise(self.context.opaque(function))
        if name in _SUBMITTERS and isinstance(function, Closure):
            rest = positional[1:]
            if name == "apply_async" and rest and isinstance(rest[0], Collection):
                table = rest[0].state.table or {}
                rest = list(table.values())
            self._started()
            return Promise(self.invoke(function, rest, keywords))
        if name == "run_in_executor" and len(positional) > 1:
            if isinstance(positional[1], Closure):
                self._started()
                return Promise(self.invoke(positional[1], positional[2:], keywords))
            return None
        if name in _MAPPERS and len(positional) > 1:
            if isinstance(function, Closure):
                return self._mapped(node, function, node.args[1:], starred="star" in name)
            if isinstance(function, Opaque | Method) and isinstance(positional[1], Collection):
                return self._mapped_out(node, function)
        if name in _TASKS and not isinstance(function, Closure | Opaque | Literal):
            self._started()
            if name == "wait_for":
                self._budget(node, positional[:1])
            return Promise(function)
        return None

    def _started(self) -> None:
        self.context.note("concurrent")
        self.context.note("attempts")

    def _mapped(
        self, node: ast.Call, function: Closure, iterables: list[ast.expr], starred: bool
    ) -> Value:
        count, element, depends = self.iteration(iterables[0])
        elements = [element] + [self.iteration(other)[1] for other in iterables[1:]]
        if starred:
            elements = [Unknown() for _ in getattr(function.node, "args").args]
        birth = self.context.open_ids
        with self.context.frame(self.context.loop_frame(node, count, depends)) as frame:
            frame.concurrent = True
            self._started()
            result = self.invoke(function, elements, {})
            size = self.context.multiplied(ONE, birth)
        if count is None:
            return Collection("list", CollectionState(None, birth, result, taint=depends))
        return Collection("list", CollectionState(size, birth, result))

    def _mapped_out(self, node: ast.Call, function: Value) -> Value:
        """A pool calls code under test once for each element."""
        count, _, depends = self.iteration(node.args[1])
        context, birth = self.context, self.context.open_ids
        with context.frame(context.loop_frame(node, count, depends)) as frame:
            frame.concurrent = True
            self._started()
            context.taint(function)
            size = context.multiplied(ONE, birth) if count is not None else None
        state = CollectionState(size, birth, context.opaque(function))
        state.taint = depends if size is None else NO_SYMBOLS
        return Collection("list", state)

    # -- functions from outside

    def _foreign(self, node: ast.Call, name: str) -> Value:
        last = name.rpartition(".")[2]
        context = self.context
        if name in _CONTAINERS:
            return self._container(node, _CONTAINERS[name])
        if name in _CLOCKS:
            context.ticks += 1
            return Instant(context.ticks, context.open_ids)
        if name.startswith("random.") or ".random." in name or name in _RANDOM_NAMES:
            return self._random(node, last)
        if last in ("gather", "wait", "as_completed") and not name.startswith("threading"):
            return self._gathered(node)
        if name in _SAME_SIZE:
            return self._same_size(node, last)
        if last in _STEADY or last in _EXTREME:
            positional, _ = self._arguments(node)
            kind = Statistic.STEADY if last in _STEADY else Statistic.EXTREME
            return self._summary(kind, positional[0] if positional else Unknown())
        positional, keywords = self._arguments(node)
        if last == "partial" and positional and isinstance(positional[0], Closure):
            inner = positional[0]
            return Closure(
                inner.node,
                inner.source,
                inner.scope,
                (*inner.bound, *positional[1:]),
                (*inner.keywords, *keywords.items()),
            )
        if last in _STARTERS:
            return self._thread(node, positional, keywords)
        if last in ("to_thread", "run_sync") and positional and isinstance(positional[0], Closure):
            self._started()
            return Promise(self.invoke(positional[0], positional[1:], keywords))
        submitted = self._submission(node, last, positional, keywords)
        if submitted is not None:
            return submitted
        if last in ("ThreadPoolExecutor", "ProcessPoolExecutor", "ThreadPool", "Pool"):
            workers = keywords.get("max_workers") or (positional[0] if positional else None)
            capacity = workers if isinstance(workers, Amount) else None
            self._coupled(capacity, "executor")
            return context.opaque(kind="executor", capacity=capacity)
        if last == "Barrier":
            parties = positional[0] if positional else keywords.get("parties")
            capacity = parties if isinstance(parties, Amount) else None
            self._coupled(capacity, "barrier")
            return context.opaque(kind="barrier", capacity=capacity)
        if last in _CAPACITIES:
            value = positional[0] if positional else keywords.get("value")
            self._policies(node, name)
            capacity = value if isinstance(value, Amount) else None
            return context.opaque(kind="semaphore", capacity=capacity)
        if last in ("Lock", "RLock", "Event", "Condition") and len(positional) < 2:
            return context.opaque(kind="lock")
        if last in ("ceil", "floor", "trunc", "sqrt"):
            return mixed(*positional)
        if last == "sleep":
            return self._sleep(node, positional)
        if name in _IDLE or name.startswith(_IDLE_MODULES):
            return mixed(*positional, *keywords.values())
        return self._opaque_call(node, self._imported(name), positional, keywords)

    def _imported(self, name: str) -> Value:
        """An imported object that a method is called on; modules and classes keep no state here."""
        owner, _, last = name.rpartition(".")
        if not owner or owner.partition(".")[0] in _STATELESS or last[:1].isupper():
            return Foreign(name)
        return self.context.foreign(owner)

    def _coupled(self, capacity: Amount | None, kind: str) -> None:
        if capacity is not None and capacity.symbol is not None:
            self.context.couplings.append((capacity.symbol, kind))

    def _sleep(self, node: ast.Call, positional: list[Value]) -> Value:
        self.context.note("attempts")
        for value in positional:
            index = value.of if isinstance(value, Index) else getattr(value, "index", NO_SYMBOLS)
            if index and not (isinstance(value, Index) and value.period):
                reason = f"`{ast.unparse(node)}` waits longer with every trial"
                self.context.hazard("CHM411", index, reason, node)
        return Unknown()

    def _random(self, node: ast.Call, last: str) -> Value:
        positional, keywords = self._arguments(node)
        self.context.note("draws")
        depends = depends_on([*positional, *keywords.values()])
        return Unknown(depends, drawn=True, uniform=last == "random" and not positional)

    def _thread(self, node: ast.Call, positional: list[Value], keywords: Keywords) -> Value:
        target = keywords.get("target")
        if target is None:
            target = next((v for v in positional if isinstance(v, Closure)), None)
        arguments: list[Value] = []
        args = keywords.get("args")
        if isinstance(args, Collection) and args.state.table is not None:
            arguments = [v for _, v in sorted(args.state.table.items(), key=lambda kv: str(kv[0]))]
        if isinstance(target, Closure):
            self._started()
            self.invoke(target, arguments, {})
        elif target is not None:
            self._started()
            self._opaque_call(node, target, arguments, {})
        return self.context.opaque(kind="thread")

    def _budget(self, node: ast.Call, values: Sequence[Value]) -> None:
        """A timeout around all trials: with more of them, they need longer."""
        of = depends_on(values) - self.context.open_symbols
        name = ast.unparse(node.func).rpartition(".")[2]
        limit = next((k.value for k in node.keywords if k.arg in ("timeout", "delay")), None)
        if limit is None and name == "wait_for" and len(node.args) > 1:
            limit = node.args[1]
        self.budget(limit, of)

    def budget(self, limit: ast.expr | None, of: frozenset[Symbol]) -> None:
        """Note that the loops over `of` may take no longer than `limit`, a literal or not."""
        context = self.context
        if limit is None or not of or context.statement is None:
            return
        if isinstance(limit, ast.Constant) and limit.value is None:
            return
        scope = context.scope
        frames = tuple(context.stack)
        context.budgets.append(
            Budget(limit, of, frames, context.statement, scope.owner, scope.source)
        )

    def _gathered(self, node: ast.Call) -> Value:
        values = [self.evaluate(argument) for argument in node.args]
        for keyword in node.keywords:
            self.evaluate(keyword.value)
        self._started()
        self._budget(node, values)
        if len(values) == 1 and isinstance(values[0], Collection):
            inner = values[0]
            for frame in self.context.loops:
                frame.concurrent |= bool(frame.symbols & inner.deps)
            element = self.awaited(inner.state.element) if inner.state.element else None
            state = CollectionState(inner.state.size, self.context.open_ids, element)
            state.taint = inner.state.taint
            return Collection("list", state)
        size: Amount | None = number(0)
        for argument, value in zip(node.args, values, strict=True):
            if isinstance(argument, ast.Starred):
                inner_size = value.size if isinstance(value, Collection) else None
                size = add(size, inner_size) if size is not None and inner_size else None
            elif size is not None:
                size = add(size, ONE)
        table = None
        if not any(isinstance(argument, ast.Starred) for argument in node.args):
            table = {i: self.awaited(value) for i, value in enumerate(values)}
        state = CollectionState(
            size, self.context.open_ids, taint=depends_on(values), table=dict(table) if table else None
        )
        return Collection("list", state)

    # -- containers

    def _container(self, node: ast.Call, kind: str) -> Value:
        positional, keywords = self._arguments(node)
        bounded = False
        if kind == "queue":
            bound = keywords.get("maxsize") or (positional[0] if positional else None)
            bounded = bound is not None and exact_number(bound) not in (0, None)
            positional = []
            self._policies(node, "queue")
        if "maxlen" in keywords or (kind == "list" and len(positional) == 2):
            bounded = True
            self._policies(node, "deque")
        collection = self.empty(kind)
        collection.state.bounded = bounded
        if kind == "list" and positional and isinstance(positional[0], Collection):
            inner = positional[0].state
            collection.state.size, collection.state.element = inner.size, inner.element
            collection.state.taint, collection.state.fixed = inner.taint, inner.fixed
        elif positional and kind in ("set", "counter"):
            self._counted_up(node.args[0], collection, kind)
        elif positional and isinstance(positional[0], Index | Opaque | Unknown):
            collection.state.size = None
            collection.state.taint = depends_on(positional)
        elif positional and kind == "list":
            self._range_list(node.args[0], collection)
        return collection

    def _range_list(self, iterable: ast.expr, collection: Collection) -> None:
        count, element, depends = self.iteration(iterable)
        collection.state.size = count
        collection.state.element = element
        collection.state.taint = depends if count is None else NO_SYMBOLS

    def _counted_up(self, iterable: ast.expr, collection: Collection, kind: str) -> None:
        """`set(xs)`: at most as many as there are; equality says that all are different."""
        count, _, depends = self.iteration(iterable)
        if count is None:
            collection.state.size, collection.state.taint = None, depends
            return
        collection.state.size = repeated(count, (), (self._new_guard(),))

    def _collection_method(self, node: ast.Call, receiver: Collection, name: str) -> Value:
        positional, keywords = self._arguments(node)
        state = receiver.state
        if name in ("append", "appendleft", "put", "put_nowait", "add", "insert"):
            self.context.note("collects")
            if positional:
                state.element = positional[-1] if state.element is None else state.element
            guards: tuple[Guard, ...] = ()
            if receiver.kind == "set":
                guards = (self._new_guard(),)
            self.grow(receiver, repeated(ONE, (), guards))
            return Unknown()
        if name in ("extend", "update") and positional:
            self.context.note("collects")
            other = positional[0]
            if isinstance(other, Collection) and other.size is not None and receiver.kind == "list":
                state.element = state.element or other.state.element
                self.grow(receiver, other.size)
            else:
                self.grow(receiver, None)
            return Unknown()
        if name in ("get", "get_nowait", "pop", "popleft", "popitem", "remove", "discard"):
            if receiver.kind in ("dict", "counter") and name == "get":
                return self._looked_up(node, receiver, positional)
            if receiver.kind == "queue":
                self.context.note("attempts")
            if state.fixed and self.context.since(state.birth):
                symbols = frozenset().union(*(f.symbols for f in self.context.since(state.birth)))
                reason = f"`{ast.unparse(node)}` takes from data of a fixed length"
                self.context.hazard("CHM411", symbols, reason, node)
            self.grow(receiver, ONE, -1)
            return state.element or Unknown(receiver.deps)
        if name == "qsize":
            return self.length(receiver)
        if name == "clear":
            state.size = number(0) if not self.context.since(state.birth) else None
            return Unknown()
        if name == "values" and receiver.kind == "counter":
            state = CollectionState(state.size, self.context.open_ids, ONE, grown=state.grown)
            return Collection("counts", state)
        if name == "values" and state.table:
            table = {i: value for i, value in enumerate(state.table.values())}
            parts = CollectionState(state.size, self.context.open_ids, table=table)
            parts.element = Unknown(receiver.deps)
            parts.grown = state.grown
            return Collection("list", parts)
        if name in ("values", "items") and (state.counts or receiver.kind == "counter"):
            element = self.counted_under_key(receiver)
            if name == "items":
                element = self._pair(Unknown(receiver.deps), element)
            shown = CollectionState(state.size, self.context.open_ids, element, grown=state.grown)
            shown.taint = receiver.deps
            return Collection("list", shown)
        if name in ("values", "items", "keys", "copy"):
            return Collection(
                "list",
                CollectionState(
                    state.size,
                    self.context.open_ids,
                    state.element if name != "keys" else None,
                    state.fixed,
                    taint=state.taint,
                    grown=state.grown,
                ),
            )
        if name in ("empty", "full"):
            kind = GuardKind.STATE if self._growing(receiver) else GuardKind.OUTCOME
            return Condition(kind, None, receiver.deps, existence=name == "empty")
        if name in ("setdefault", "sort", "reverse", "task_done", "join", "close"):
            if name == "setdefault":
                self.grow(receiver, repeated(ONE, (), (self._new_guard(),)))
            return Unknown(receiver.deps)
        if name in ("index", "count"):
            return Unknown(receiver.deps)
        if name == "total":
            return state.size or Unknown(receiver.deps)
        return mixed(receiver, *positional, *keywords.values())

    def _new_guard(self) -> Guard:
        return Guard(self.context.next_id(), 0, 2, GuardKind.DISTINCT)

    def _looked_up(self, node: ast.Call, receiver: Collection, positional: list[Value]) -> Value:
        self.read_back(receiver)
        table = receiver.state.table
        key = constant_key(node.args[0]) if node.args else None
        if table is not None and key in table:
            value = table[key]
            return self.context.current(value) if isinstance(value, Binding) else value
        if receiver.kind == "counter" or receiver.state.counts:
            return self.counted_under_key(receiver)
        return receiver.state.element or Unknown(receiver.deps)

    def grow(self, receiver: Collection, amount: Amount | None, sign: int = 1) -> None:
        """Add `amount` elements to a container here (None: nobody knows how many)."""
        state, context = receiver.state, self.context
        frames = context.since(state.birth)
        state.grown |= {frame.id for frame in frames if frame.loop}
        own = frozenset().union(*(frame.symbols for frame in frames))
        if sign < 0:
            context.links.append(state.writers | own)
        else:
            state.writers |= own
        if endless(frames):
            state.hands = context.everywhere
        if amount is None or state.size is None or state.bounded or uncounted(frames):
            state.taint |= frozenset().union(*(frame.symbols for frame in frames))
            if amount is not None:
                state.taint |= amount.deps
            state.size = None
            return
        change = context.multiplied(amount, state.birth)
        state.size = add(state.size, change, sign)
        if state.table is not None:
            state.table = None

    def length(self, value: Value) -> Value:
        """What `len(value)` is."""
        if isinstance(value, Collection):
            if self._growing(value):
                return Unknown(value.deps, carried=True)
            if value.kind in ("counts", "counter"):
                return Unknown(value.deps)
            if value.size is not None:
                return Unknown(value.deps | value.state.taint) if value.state.taint else value.size
            return Unknown(value.deps)
        return mixed(value) if not isinstance(value, Opaque) else Unknown(value.deps)

    def _same_size(self, node: ast.Call, last: str) -> Value:
        positional, _ = self._arguments(node)
        if last == "as_completed":
            self._budget(node, positional)
        if positional and isinstance(positional[0], Collection):
            inner = positional[0].state
            kind = "sorted" if last == "sorted" else "list"
            element = inner.element
            if last == "as_completed" and element is not None:
                element = Promise(self.awaited(element))
            return Collection(
                kind,
                CollectionState(
                    inner.size,
                    self.context.open_ids,
                    element,
                    inner.fixed,
                    taint=inner.taint,
                    grown=inner.grown,
                ),
            )
        if node.args and last in ("list", "tuple", "sorted"):
            collection = self.empty("list")
            self._range_list(node.args[0], collection)
            return collection
        return mixed(*positional)

    def _summary(self, kind: Statistic, samples: Value) -> Value:
        if isinstance(samples, Collection):
            timed = isinstance(samples.state.element, Duration)
            return Summary(kind, samples.deps, timed)
        return mixed(samples)

    # -- loops

    def iteration(self, node: ast.expr) -> tuple[Amount | None, Value, frozenset[Symbol]]:
        """How often `for x in node` runs, what x is, and what the number depends on."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name == "range":
                return self._range(node)
            if name == "enumerate" and node.args:
                count, element, depends = self.iteration(node.args[0])
                of = count.deps if count is not None else depends
                pair = self._pair(Index(of), element)
                return count, pair, depends
            if name == "zip" and node.args:
                parts = [self.iteration(argument) for argument in node.args]
                count, _, depends = next((p for p in parts if p[0] is not None), parts[0])
                sizes = {part[2] if part[0] is None else part[0].deps for part in parts}
                if len(sizes) > 1:
                    reason = f"`{ast.unparse(node)}` runs beside data of another length"
                    self.context.hazard("CHM411", frozenset().union(*sizes), reason, node)
                return count, self._pair(*(part[1] for part in parts)), depends
            if name in ("reversed", "iter", "tqdm", "sorted", "list", "tuple") and node.args:
                return self.iteration(node.args[0])
        value = self.awaited(self.evaluate(node))
        if isinstance(value, Collection):
            element = value.state.element
            if value.kind == "list" and value.state.table and not value.state.element:
                element = None
            if value.size is None or value.state.taint:
                return None, element or Unknown(value.deps), value.deps
            return value.size, element or Unknown(), value.deps
        return None, mixed(value) if not isinstance(value, Opaque) else value, value.deps

    def _pair(self, *values: Value) -> Value:
        state = CollectionState(
            number(len(values)), self.context.open_ids, fixed=True, table=dict(enumerate(values))
        )
        return Collection("list", state)

    def _range(self, node: ast.Call) -> tuple[Amount | None, Value, frozenset[Symbol]]:
        arguments = node.args
        if not arguments or node.keywords:
            return None, Unknown(), NO_SYMBOLS
        if len(arguments) == 1:
            stop = self.evaluate(arguments[0])
            return self._ranged(stop)
        start = self.evaluate(arguments[0])
        first = exact_number(start)
        stop_node = arguments[1]
        if len(arguments) == 3:
            step = self.evaluate(arguments[2])
            stop = self.evaluate(stop_node)
            depends = depends_on([start, stop, step])
            if exact_number(step) != 1:
                reason = f"`{ast.unparse(node)}` goes in fixed steps"
                self.context.hazard("CHM409", depends, reason, node)
                return None, Unknown(index=depends), depends
        if first == 0:
            return self._ranged(self.evaluate(stop_node))
        if first is not None and first in (1, 2) and isinstance(stop_node, ast.Constant):
            if isinstance(stop_node.value, int) and stop_node.value - first >= SMALLEST_SYMBOL:
                offset = int(first)
                symbol = self.symbol(stop_node, stop_node.value - offset, offset)
                count = of_symbol(symbol)
                return count, Index(frozenset({symbol})), NO_SYMBOLS
        stop = self.evaluate(stop_node)
        if isinstance(stop, Amount) and isinstance(start, Amount):
            if start.deps:
                reason = f"`{ast.unparse(node)}` runs between two fixed places"
                self.context.hazard("CHM411", start.deps | stop.deps, reason, node)
            return self._ranged(add(stop, start, -1))
        return self._ranged(mixed(start, stop))

    def _ranged(self, stop: Value) -> tuple[Amount | None, Value, frozenset[Symbol]]:
        if isinstance(stop, Amount):
            return stop, Index(stop.deps), stop.deps
        return None, Index(stop.deps), stop.deps

    def comprehension(
        self, kind: str, node: ast.expr, element: ast.expr, generators: list[ast.comprehension]
    ) -> Value:
        """A container with one element for each trial that passes the conditions."""
        context = self.context
        birth = context.open_ids
        opened: list[Frame] = []
        unknown: frozenset[Symbol] = NO_SYMBOLS
        unbounded = False
        managers = []
        for generator in generators:
            count, item, depends = self.iteration(generator.iter)
            frame = context.loop_frame(node, count, depends)
            manager = context.frame(frame)
            manager.__enter__()
            managers.append(manager)
            opened.append(frame)
            if count is None:
                unbounded, unknown = True, unknown | depends
            frame.sweeps |= index_is_data(generator.target, item, [element, *generator.ifs])
            self.assign(generator.target, item)
            for test in generator.ifs:
                condition = self.condition(test)
                guard = Guard(context.next_id(), 0, 2, condition.kind, condition.data)
                manager = context.frame(context.guard_frame(test, guard, condition))
                manager.__enter__()
                managers.append(manager)
        value = self.evaluate(element)
        one: Amount = ONE
        if kind == "set":
            one = repeated(ONE, (), (self._new_guard(),))
        size = context.multiplied(one, birth)
        for manager in reversed(managers):
            manager.__exit__(None, None, None)
        if kind == "dict" and isinstance(value, Collection) and value.state.table:
            value = value.state.table.get(1, Unknown())
        if unbounded:
            return Collection(kind, CollectionState(None, birth, value, taint=unknown))
        state = CollectionState(size, birth, value)
        state.writers = frozenset().union(*(frame.symbols for frame in opened))
        return Collection(kind, state)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind `target` to `value`; given by the reader."""
        raise NotImplementedError

    # -- objects of the suite

    def instantiate(
        self, cls: ClassReference, positional: list[Value], keywords: Keywords, node: ast.Call
    ) -> Value:
        """An object of a class of the suite, after its `__init__`."""
        context = self.context
        instance = Instance(cls.cls, cls.source, {}, context.open_ids)
        foreign = context.suite.foreign_bases(cls.source, cls.cls)
        if any("Enum" in base or "Exception" in base or "Error" in base for base in foreign):
            return Unknown()
        member = context.suite.member(cls.source, cls.cls, "__init__")
        if member is not None and isinstance(member[1], ast.FunctionDef):
            self.invoke(Closure(member[1], member[0], None, (instance,)), positional, keywords)
        elif positional or keywords:
            self._fields(instance, positional, keywords)
        self._policies(node, cls.cls.name)
        if any(base.rpartition(".")[2] in _STARTERS for base in foreign):
            run = context.suite.member(cls.source, cls.cls, "run")
            if run is not None and isinstance(run[1], ast.FunctionDef):
                self._started()
                self.invoke(Closure(run[1], run[0], None, (instance,)), [], {})
        return instance

    def _fields(self, instance: Instance, positional: list[Value], keywords: Keywords) -> None:
        """The arguments of a dataclass, in the order of its fields."""
        names = [
            statement.target.id
            for statement in instance.cls.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        ]
        given = {**dict(zip(names, positional, strict=False)), **keywords}
        for name, value in given.items():
            instance.attributes[name] = Binding(value, self.context.open_ids)

    # -- code that cannot be read

    def _policies(self, node: ast.Call, name: str) -> None:
        """Literals given to a constructor are its policy; an equal bound speaks of them."""
        arguments = [("", argument) for argument in node.args]
        arguments += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
        for keyword, argument in arguments:
            if isinstance(argument, ast.Constant | ast.Name | ast.Attribute):
                value = self.evaluate(argument)
                if isinstance(value, Amount) and value.symbol is not None:
                    shared = not self.context.open_symbols
                    self.context.policies.append(Policy(value.symbol, name, keyword, shared))

    def _opaque_call(
        self, node: ast.Call, function: Value, positional: list[Value], keywords: Keywords
    ) -> Value:
        """Foreign code: it may work with all that it is given, and call every function in it."""
        context = self.context
        values = [*positional, *keywords.values()]
        last = ast.unparse(node.func).rpartition(".")[2]
        constructs = last[:1].isupper() and not last.isupper()
        context.note("builds" if constructs else "attempts")
        self._hand_over(values)
        context.swept(values)
        for value in values:
            if isinstance(value, Collection) and value.state.table is not None:
                context.swept(value.state.table.values())
        self._policies(node, ast.unparse(node.func)[:40])
        if isinstance(function, Opaque) and function.kind == "barrier":
            return Unknown()
        context.taint(function, *values)
        owner = next((v for v in (function, *values) if isinstance(v, Opaque)), function)
        for value in values:
            if isinstance(value, Closure):
                frame = context.loop_frame(node, None, depends_on(values))
                with context.frame(frame):
                    self._started()
                    self.invoke(value, [], {})
            if isinstance(value, Closure | Method):
                context.hand_to(owner, value)
            elif isinstance(value, Collection) and not value.state.fixed:
                if value.kind in ("queue",) or not value.deps:
                    self._escaped(value)
        result = context.opaque(function, *(v for v in values if isinstance(v, Opaque)))
        depends = depends_on([v for v in (function, *values) if not isinstance(v, Opaque)])
        result.taint.root.symbols |= depends
        return result

    def _hand_over(self, values: Sequence[Value]) -> None:
        """Containers given away whole: what their loops built is a payload."""
        for value in values:
            if isinstance(value, Collection):
                for frame in self.context.loops:
                    frame.handed |= bool(value.deps and frame.symbols & value.deps)
                if value.state.table:
                    inner = [v for v in value.state.table.values() if isinstance(v, Value)]
                    self._hand_over(inner)

    def _escaped(self, value: Collection) -> None:
        """A container in foreign hands: it may be filled there, any number of times."""
        symbols = self.context.open_symbols
        value.state.taint |= symbols
        if symbols or not value.state.size:
            value.state.size = None


def _gives_up(node: ast.Call) -> bool:
    """Whether an `acquire` may return without the lock."""
    return bool(node.args or node.keywords)


def _is_super(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "super"


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
            if isinstance(node.left, ast.Name) and node.left.id == target.id:
                continue
        if isinstance(node, ast.Name) and node.id == target.id:
            return True
        pending.extend(ast.iter_child_nodes(node))
    return False


def _formats(node: ast.AST) -> bool:
    """`"key %d" % i`, `"key {}".format(i)` and `str(i)` name the trial."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return isinstance(node.left, ast.Constant) and isinstance(node.left.value, str | bytes)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr == "format"
        return isinstance(node.func, ast.Name) and node.func.id in ("str", "repr", "print")
    return False


_RANDOM_NAMES = {"random", "randint", "uniform", "choice", "numpy.random.rand"}


# -- builtins


def _len(caller: Caller, node: ast.Call) -> Value:
    return caller.length(caller.evaluate(node.args[0])) if node.args else Unknown()


def _total(caller: Caller, node: ast.Call) -> Value:
    """`sum`: of ones it counts, of truth values it counts the true ones."""
    if not node.args:
        return Unknown()
    value = caller.evaluate(node.args[0])
    if not isinstance(value, Collection):
        return mixed(value)
    element, size = value.state.element, value.size
    if caller._growing(value):
        return Unknown(value.deps, carried=True)
    if isinstance(element, Duration):
        return Summary(Statistic.SUM, value.deps, duration=True)
    if size is None:
        return Unknown(value.deps)
    if isinstance(element, Condition):
        guard = Guard(caller.context.next_id(), 0, 2, element.kind, element.data)
        return repeated(size, (), (guard,))
    if value.state.table is not None:
        parts = [v.value if isinstance(v, Binding) else v for v in value.state.table.values()]
        total = number(0)
        for part in parts:
            if not isinstance(part, Amount):
                return Unknown(value.deps)
            total = add(total, part)
        return total
    if isinstance(element, Amount) and not value.state.table:
        return multiply(size, element)
    return Summary(Statistic.SUM, value.deps)


def _extreme(caller: Caller, node: ast.Call) -> Value:
    values = [caller.evaluate(argument) for argument in node.args]
    for keyword in node.keywords:
        caller.evaluate(keyword.value)
    if len(values) == 1:
        return caller._summary(Statistic.EXTREME, values[0])
    if len(values) == 2:
        for one, other in (values, values[::-1]):
            if exact_number(other) in (0, 1) and isinstance(one, Amount | Unknown | Duration):
                return one
    return mixed(*values)


def _quiet(caller: Caller, node: ast.Call) -> Value:
    values = [caller.evaluate(argument) for argument in node.args]
    if isinstance(node.func, ast.Name) and node.func.id in ("chr", "bytes", "bytearray"):
        parts = [v.state.element for v in values if isinstance(v, Collection)]
        for value in (*values, *parts):
            if isinstance(value, Index) and value.of:
                reason = f"`{ast.unparse(node)}` runs through a fixed set of values"
                caller.context.hazard("CHM411", value.of, reason, node)
    values += [caller.evaluate(keyword.value) for keyword in node.keywords]
    return mixed(*values)


def _rounded(caller: Caller, node: ast.Call) -> Value:
    """`int(x)` and `round(x)` of a whole amount are that amount."""
    values = [caller.evaluate(argument) for argument in node.args]
    if values and isinstance(values[0], Duration | Summary | Rate):
        return values[0]
    if len(values) == 1 and isinstance(values[0], Amount):
        whole = all(term.coefficient.denominator == 1 for term in values[0].terms)
        if whole:
            return values[0]
    if node.args and isinstance(values[0], Literal) and isinstance(values[0].value, float):
        return Unknown()
    return mixed(*values)


def _judged(caller: Caller, node: ast.Call) -> Value:
    """`any` and `all` over the trials."""
    values = [caller.evaluate(argument) for argument in node.args]
    if not values:
        return Unknown()
    element = values[0].state.element if isinstance(values[0], Collection) else None
    kind = element.kind if isinstance(element, Condition) else GuardKind.OUTCOME
    existence = isinstance(node.func, ast.Name) and node.func.id == "any"
    extreme = isinstance(element, Condition) and element.extreme
    deps = depends_on(values) | (element.deps if isinstance(element, Condition) else NO_SYMBOLS)
    return Condition(kind, None, deps, existence, extreme)


def _next(caller: Caller, node: ast.Call) -> Value:
    """`next(answers)` takes one; from data of a fixed length they run out."""
    value = caller.evaluate(node.args[0]) if node.args else Unknown()
    if not isinstance(value, Collection):
        return mixed(value)
    open_loops = [frame for frame in caller.context.since(value.state.birth) if frame.loop]
    if value.state.fixed and open_loops:
        symbols = frozenset().union(*(frame.symbols for frame in open_loops))
        reason = f"`{ast.unparse(node)}` takes from data of a fixed length"
        caller.context.hazard("CHM411", symbols, reason, node)
    return value.state.element or Unknown(value.deps)


def _range_value(caller: Caller, node: ast.Call) -> Value:
    count, element, depends = caller.iteration(node)
    state = CollectionState(count, caller.context.open_ids, element, fixed=True)
    if count is None:
        state.taint = depends
    return Collection("list", state)


def _enumerated(caller: Caller, node: ast.Call) -> Value:
    count, element, depends = caller.iteration(node)
    state = CollectionState(count, caller.context.open_ids, element)
    if count is None:
        state.taint = depends
    return Collection("list", state)


def _listed(caller: Caller, node: ast.Call) -> Value:
    """`list`, `tuple`, `sorted`, `set`, `dict` and `iter` of something, or of nothing."""
    name = node.func.id if isinstance(node.func, ast.Name) else "list"
    if not node.args:
        collection = caller.empty(name if name in ("dict", "set") else "list")
        if name == "dict":
            collection.state.table = {}
            for keyword in node.keywords:
                value = caller.evaluate(keyword.value)
                if keyword.arg is not None:
                    collection.state.table[keyword.arg] = value
                    collection.state.size = add(collection.state.size or number(0), ONE)
        return collection
    if name in ("set", "frozenset"):
        collection = caller.empty("set")
        caller._counted_up(node.args[0], collection, "set")
        return collection
    if name == "dict":
        value = caller.evaluate(node.args[0])
        return value if isinstance(value, Collection) else mixed(value)
    return caller._same_size(node, name)


def _map(caller: Caller, node: ast.Call) -> Value:
    if len(node.args) < 2:
        return Unknown()
    function = caller.evaluate(node.args[0])
    if isinstance(function, Closure):
        return caller._mapped(node, function, node.args[1:], starred=False)
    count, _, depends = caller.iteration(node.args[1])
    state = CollectionState(count, caller.context.open_ids)
    if count is None:
        state.taint = depends
    return Collection("list", state)


_BUILTINS: dict[str, Callable[[Caller, ast.Call], Value]] = {
    "len": _len,
    "sum": _total,
    "max": _extreme,
    "min": _extreme,
    "any": _judged,
    "all": _judged,
    "next": _next,
    "iter": _listed,
    "range": _range_value,
    "enumerate": _enumerated,
    "zip": _enumerated,
    "list": _listed,
    "tuple": _listed,
    "sorted": _listed,
    "reversed": _listed,
    "set": _listed,
    "frozenset": _listed,
    "dict": _listed,
    "map": _map,
    "int": _rounded,
    "round": _rounded,
    "float": _rounded,
    "abs": _rounded,
    **dict.fromkeys(_IDLE - {"int", "float", "round", "abs", "any", "all", "zip", "frozenset"}, _quiet),
}
