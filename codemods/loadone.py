"""What numbers are at load multiplier 1, as far as reading a program from the top can tell.

At load 1 the helpers of the fixture return their first argument and the multiplier is 1. A value
that is no number in sight, such as an imported constant, stands for itself: it equals only itself.
"""

from __future__ import annotations

import ast
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import cast

FIXTURES = frozenset({"chaos_config", "chaos_load"})

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Bound:
    """A bound that a helper computed: upper or lower, for a strict comparison or not."""

    upper: bool
    strict: bool


@dataclass(frozen=True)
class Value:
    """A number, or what stands for one; two values are equal if their terms are.

    `reads` are the names it was computed from: when one of them changes, it is no longer this.
    """

    term: str
    number: int | float | None = None
    reads: frozenset[str] = frozenset()
    bound: Bound | None = None


def number_value(number: int | float) -> Value:
    """The value of a plain number; 10 and 10.0 are different ones."""
    return Value(repr(number), number)


_CONFIG = Value("the configuration")
_FACTORS = {"load_multiplier", "time_factor"}
_SETUPS = {"__init__", "setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class"}
_BOUNDS = {"max_count": True, "max_rate": True, "min_count": False, "min_rate": False}
_OPERATORS: dict[type[ast.AST], Callable[..., int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., int | float]] = {
    "int": int,
    "len": len,
    "max": max,
    "min": min,
    "range": lambda *limits: len(range(*limits)),
}


@dataclass(frozen=True)
class Facts:
    """What is true of a whole module.

    `shared` are variables that one scope binds for another (`global`; inside of a function also
    `nonlocal`), `moving` are
    attributes that change after a test is set up, `shadowed` are builtins that get another meaning.
    """

    shared: frozenset[str]
    moving: frozenset[str]
    shadowed: frozenset[str]

    @classmethod
    def of(cls, tree: ast.Module) -> Facts:
        """The facts of a module."""
        shared: set[str] = set()
        bound: set[str] = set()
        moving: Counter[str] = Counter()
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                shared.update(node.names)
            elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                moving[node.attr] += 1
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.FunctionDef) and node.name in _SETUPS:
                moving.subtract(_stored_attributes(node))
            bound.update(_bound_here(node))
        shadowed = _FUNCTIONS.keys() & bound
        return cls(frozenset(shared), frozenset(+moving), frozenset(shadowed))

    def within(self, node: FunctionNode) -> Facts:
        """The facts inside a function: there, its own functions may rebind its variables."""
        inner = {
            name for part in ast.walk(node) if isinstance(part, ast.Nonlocal) for name in part.names
        }
        return replace(self, shared=self.shared | inner) if inner else self


class Known:
    """The values that the names of one scope are known to have, at one place of a program."""

    def __init__(self, facts: Facts, body: Sequence[ast.stmt]) -> None:
        """A scope before the first statement of its body."""
        self.facts = facts
        self.bindings = bindings(body)
        self.values: dict[str, Value] = {}
        self.around_class: Known | None = None

    def copy(self) -> Known:
        """The same place, for a block of its own."""
        known = copy(self)
        known.values = self.values.copy()
        return known

    def in_class(self, node: ast.ClassDef) -> Known:
        """The start of a class body, whose names its methods do not see."""
        known = Known(self.facts, node.body)
        known.around_class = self.around_class or self
        known.values = known.around_class.values.copy()
        return known

    def in_function(self, node: FunctionNode) -> Known:
        """The start of a function's body, whenever it may be called."""
        facts = self.facts.within(node)
        known = Known(facts, [] if isinstance(node, ast.Lambda) else node.body)
        parameters = [arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)]
        known.bindings.update(parameters)
        known.values = (self.around_class or self)._lasting()
        known.forget(known.bindings)
        if self.around_class and parameters[:1] == ["self"]:
            for name, value in self._lasting().items():
                if self.bindings[name] and name not in self.facts.moving:
                    known.values[f"self.{name}"] = value
            known.values.update({f"self.{name}": _CONFIG for name in FIXTURES})
        known.values.update(dict.fromkeys(FIXTURES.intersection(parameters), _CONFIG))
        return known

    def in_comprehension(self, generators: Sequence[ast.comprehension]) -> Known:
        """Inside a comprehension, whose targets are names of its own."""
        known = self.copy()
        known.forget(bindings([each.target for each in generators]))
        return known

    def _lasting(self) -> dict[str, Value]:
        """What holds whenever it is read later: names that are bound once, and in no loop."""
        return {
            name: value
            for name, value in self.values.items()
            if all(self.bindings[each] < 2 for each in (name.partition(".")[0], *value.reads))
        }

    def forget(self, names: Iterable[str]) -> None:
        """Names that get another value, and everything that was computed from them."""
        gone = frozenset(names)
        self.values = {
            name: value
            for name, value in self.values.items()
            if name.partition(".")[0] not in gone and not gone & value.reads
        }

    def pass_by(self, statement: ast.stmt) -> None:
        """Take note of what a statement binds."""
        value = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target: ast.expr | None = statement.targets[0]
            value = self.value(statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target = statement.target
            value = self.value(statement.value)
        else:
            target = None
        bound = bindings([statement])
        self.forget(bound)
        if isinstance(target, ast.Name) and value is not None and target.id not in value.reads:
            self.values[target.id] = value
        self.values.update(dict.fromkeys(FIXTURES.intersection(bound), _CONFIG))

    # Expressions.

    def value(self, node: ast.expr) -> Value | None:
        """The value of an expression, or None if it is none that can be told."""
        if isinstance(node, ast.Constant):
            number = type(node.value) in (int, float)
            return number_value(cast("float", node.value)) if number else None
        if isinstance(node, ast.Name):
            if node.id in self.facts.shared:
                return None
            return self.values.get(node.id, Value(node.id, reads=frozenset({node.id})))
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.UnaryOp):
            return _operated(node.op, self.value(node.operand))
        if isinstance(node, ast.BinOp):
            return _operated(node.op, self.value(node.left), self.value(node.right))
        return self._call(node) if isinstance(node, ast.Call) else None

    def _is_config(self, node: ast.expr) -> bool:
        return is_dotted(node) and self.values.get(ast.unparse(node)) is _CONFIG

    def _attribute(self, node: ast.Attribute) -> Value | None:
        if self._is_config(node.value):
            return number_value(1.0) if node.attr in _FACTORS else None
        if not is_dotted(node) or node.attr in self.facts.moving:
            return None
        name = ast.unparse(node)
        return self.values.get(name, Value(name, reads=frozenset({name.partition(".")[0]})))

    def _call(self, node: ast.Call) -> Value | None:
        if isinstance(node.func, ast.Attribute) and self._is_config(node.func.value):
            return self._helper(node.func.attr, node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or name in self.facts.shadowed or node.keywords:
            return None
        if name != "len":
            return _computed(name, _FUNCTIONS[name], *map(self.value, node.args))
        sized = node.args[0] if node.args else None
        is_range = isinstance(sized, ast.Call) and ast.unparse(sized.func) == "range"
        return self.value(sized) if sized and is_range else None

    def _helper(self, name: str, node: ast.Call) -> Value | None:
        """The first argument, if the others say the same of the author's trials as of load 1."""
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        first = self.value(node.args[0]) if len(node.args) == 1 else None
        if first is None:
            return None
        if name == "scaled":
            floor = keywords.pop("floor", None)
            fits = floor is None or _at_most(self.value(floor), first)
            return first if fits and not keywords and _may_count(first) else None
        of, trials = keywords.pop("of", None), keywords.pop("trials", None)
        if of is not None and trials is not None:
            size, at_load_one = self.value(of), self.value(trials)
            if size is None or at_load_one is None or size.term != at_load_one.term:
                return None
        elif of is not None or trials is not None or name != "time_limit":
            return None
        if name == "time_limit":
            return None if keywords else first
        strict = keywords.pop("strict", ast.Constant(False))
        if keywords or name not in _BOUNDS or not isinstance(strict, ast.Constant):
            return None
        if not isinstance(strict.value, bool):
            return None
        if name.endswith("count") and not _may_count(first):
            return None
        return replace(first, bound=Bound(_BOUNDS[name], strict.value))


def _may_count(value: Value) -> bool:
    return value.number is None or type(value.number) is int


def _at_most(floor: Value | None, count: Value) -> bool:
    if floor is None or floor.number is None or count.number is None:
        return floor is not None and floor.term == count.term
    return type(floor.number) is int and floor.number <= count.number


def _operated(sign: ast.operator | ast.unaryop, *values: Value | None) -> Value | None:
    function = _OPERATORS.get(type(sign))
    value = _computed(type(sign).__name__, function, *values) if function else None
    bounds = [each.bound for each in values if each and each.bound]
    if not bounds or value is None:
        return value
    same_side = len(bounds) == 1 and isinstance(sign, (ast.Add, ast.Mult))
    return replace(value, bound=bounds[0]) if same_side else None


def _computed(
    name: str, function: Callable[..., int | float], *values: Value | None
) -> Value | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    numbers = [value.number for value in known if value.number is not None]
    if len(numbers) < len(values):
        term = f"{name}({', '.join(value.term for value in known)})"
        return Value(term, reads=frozenset().union(*(value.reads for value in known)))
    try:
        return number_value(function(*numbers))
    except (ArithmeticError, TypeError, ValueError):
        return None


def is_dotted(node: ast.expr) -> bool:
    """Whether the expression is a name or a chain of attributes of one: `self.a.b`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _stored_attributes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node.attr


def bindings(nodes: Iterable[ast.AST]) -> Counter[str]:
    """How often the names of one scope are bound in it; what is bound in a loop counts twice."""
    counter: Counter[str] = Counter()
    for node in nodes:
        _count(node, 1, counter)
    return counter


def _count(node: ast.AST, times: int, counter: Counter[str]) -> None:
    for name in _bound_here(node):
        counter[name] += times
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        times = 2
    for child in _same_scope(node):
        if not isinstance(child, (ast.Constant, ast.expr_context, ast.operator)):
            _count(child, times, counter)


def _bound_here(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node whose names belong to the scope of the node itself."""
    if isinstance(node, ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if not isinstance(child, (ast.stmt, ast.arguments)):
                yield child
        elif isinstance(node, ast.comprehension):
            if child is not node.target:
                yield child
        else:
            yield child
