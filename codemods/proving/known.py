"""What names are known to be at load multiplier 1, as far as reading from the top can tell.

At load 1 the helpers of the fixture return their first argument and the multiplier is 1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import cast

from chaos_migrate.codemods.proving.facts import Facts, FunctionNode, bindings
from chaos_migrate.codemods.proving.numbers import (
    FUNCTIONS,
    Bound,
    Value,
    computed,
    number_value,
    operated,
)

FIXTURES = frozenset({"chaos_config", "chaos_load"})
_CONFIG = Value("the configuration")
_FACTORS = {"load_multiplier", "time_factor"}
_BOUNDS = {"max_count": True, "max_rate": True, "min_count": False, "min_rate": False}


class Known:
    """The values that the names of one scope are known to have, at one place of a program."""

    def __init__(self, facts: Facts, body: Sequence[ast.stmt]) -> None:
        """A scope before the first statement of its body."""
        self.facts = facts
        self.bindings = bindings(body)
        self.values: dict[str, Value] = {}
        self.around_class: Known | None = None
        self.inherited: dict[str, Value] = {}
        self.classes: dict[str, dict[str, Value]] = {}

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
        known.classes = self.classes
        for base in reversed(node.bases):
            if isinstance(base, ast.Name) and self.bindings[base.id] < 2:
                known.inherited |= self.classes.get(base.id, {})
        return known

    def _constants(self, node: ast.ClassDef) -> dict[str, Value]:
        """What a class gives to those below it."""
        inside = self.in_class(node)
        for statement in node.body:
            inside.pass_by(statement)
        return inside._attributes()

    def _attributes(self) -> dict[str, Value]:
        """What a class body has bound for good, and what it has from its bases."""
        bound = {name: value for name, value in self._lasting().items() if self.bindings[name]}
        return {**self.inherited, **bound}

    def in_function(self, node: FunctionNode) -> Known:
        """The start of a function's body, whenever it may be called."""
        facts = self.facts.within(node)
        known = Known(facts, [] if isinstance(node, ast.Lambda) else node.body)
        parameters = [arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)]
        known.bindings.update(parameters)
        known.values = (self.around_class or self)._lasting()
        known.forget(known.bindings)
        if self.around_class and parameters[:1] == ["self"]:
            for name, value in self._attributes().items():
                if name not in self.facts.moving:
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
        targets: list[ast.expr] = []
        value = None
        if isinstance(statement, ast.ClassDef):
            self.classes[statement.name] = self._constants(statement)
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
            value = self.value(statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
            value = self.value(statement.value)
        bound = bindings([statement])
        self.forget(bound)
        names = {
            target.id
            for target in targets
            if isinstance(target, ast.Name) and bound[target.id] == 1
        }
        if value is not None and not names & value.reads:
            self.values.update(dict.fromkeys(names, value))
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
            return operated(node.op, self.value(node.operand))
        if isinstance(node, ast.BinOp):
            return operated(node.op, self.value(node.left), self.value(node.right))
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
        if name not in FUNCTIONS or name in self.facts.shadowed or node.keywords:
            return None
        if name != "len":
            return computed(name, FUNCTIONS[name], *map(self.value, node.args))
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


def is_dotted(node: ast.expr) -> bool:
    """Whether the expression is a name or a chain of attributes of one: `self.a.b`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
