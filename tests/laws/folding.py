"""A migrated program folded back: at load 1 it must be the tree that its author wrote.

Nothing of the planner or of `codemods/proving` is used: numbers are found out by Python itself.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

FIXTURES = ("chaos_config", "chaos_load")
HELPERS = ("scaled", "max_count", "min_count", "max_rate", "min_rate", "time_limit")
PURE = ("int", "len", "max", "min", "range")
Names = dict[str, Any]


class Differs(AssertionError):
    """The new program is not the old one at load 1."""


def folds_back(old: str, new: str) -> None:
    """Raise `Differs` unless the text `new` is the program `old` at load 1."""
    trees = ast.parse(old), ast.parse(new)
    _blocks(trees[0].body, trees[1].body, _Scope.of(trees[0]))


class _Config:
    """The fixture at load 1: every helper gives back its first argument."""

    load_multiplier = 1.0
    time_factor = 1.0

    def __getattr__(self, name: str) -> Any:
        if name not in HELPERS:
            raise AttributeError(name)
        return lambda first, **_: first


class _Scope:
    """The numbers that names surely have, and the names that the new program adds.

    `taken` are all names of the old program's function, none of which may be added; `now` holds
    what those that are assigned several times have at the line that is looked at.
    """

    def __init__(self, numbers: Names, taken: frozenset[str]) -> None:
        self.numbers, self.taken = numbers, taken
        self.added: dict[str, ast.expr] = {}
        self.now: Names = {}
        self.shared: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tree: ast.AST, outer: _Scope | None = None) -> _Scope:
        """The scope of a module, a class or a function, which knows what is assigned just once."""
        words = [word for node in ast.walk(tree) for word in _words(node)]
        stored = Counter(_stored(tree))
        lasting = outer.numbers if outer else {}
        numbers = {k: v for k, v in lasting.items() if k == "self" or not stored[k]}
        scope = cls(numbers, frozenset(words))
        declared = (n for n in ast.walk(tree) if isinstance(n, ast.Global | ast.Nonlocal))
        scope.shared = frozenset(name for node in declared for name in node.names)
        scope.added = dict(outer.added) if outer else {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]) if stored[name] == 1:
                    scope.learn(name, node.value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                    if stored[name] == 1:
                        scope.learn(name, node.value)
        if isinstance(tree, ast.ClassDef):
            config = dict.fromkeys(FIXTURES, _Config())
            scope.numbers["self"] = SimpleNamespace(**{**scope.numbers, **config})
        return scope

    def learn(self, name: str, value: ast.expr | None) -> None:
        """Remember a name's number, if Python can tell it."""
        number = self.number(value) if value else None
        if number is not None:
            self.numbers[name] = number

    def forget(self, statement: ast.stmt) -> None:
        """Whatever the statement stores: if it is a loop, it may have done so already."""
        stored = set(_stored(statement))
        self.now = {name: number for name, number in self.now.items() if name not in stored}

    def pass_by(self, statement: ast.stmt) -> None:
        """Take note of the number that the names of an assignment have from now on."""
        match statement:
            case ast.Assign(targets=targets, value=value):
                names = {each.id for each in targets if isinstance(each, ast.Name)}
                number = self.number(value)
                if number is not None:
                    self.now = {**self.now, **dict.fromkeys(names - self.shared, number)}

    def folded(self, node: ast.expr) -> ast.expr:
        """A copy without helpers and added names."""
        copy = ast.parse(ast.unparse(node), mode="eval").body
        folded: ast.expr = _Folding(self.added).visit(copy)
        return folded

    def number(self, node: ast.expr) -> float | None:
        """What the expression comes to."""
        node = self.folded(node)
        given = {**dict.fromkeys(FIXTURES, _Config()), **self.numbers, **self.now}
        try:
            value = eval(compile(ast.Expression(node), "", "eval"), {}, given)
        except Exception:
            return None
        return value if type(value) in (int, float) else None


def _words(node: ast.AST) -> Iterable[str]:
    """The names of variables, functions and classes in a node."""
    if isinstance(node, ast.keyword):
        return ()
    values = (getattr(node, name, None) for name in ("id", "arg", "name", "asname"))
    return (value for value in values if isinstance(value, str))


def _stored(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name):
            yield from _words(node)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _blocks(old: list[ast.stmt], new: list[ast.stmt], scope: _Scope) -> None:
    """Two blocks; the new one may have more lines that name numbers."""
    waiting, at_start = list(old), scope.now
    for statement in new:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in scope.taken:
                if name in scope.added or _calls_code(scope.folded(statement.value)):
                    raise Differs(f"added: {ast.unparse(statement)}")
                scope.added[name] = scope.folded(statement.value)
                continue
        if not waiting:
            raise Differs(f"added: {ast.unparse(statement)}")
        partner = waiting.pop(0)
        scope.forget(partner)
        _same(partner, statement, scope)
        scope.pass_by(partner)
    if waiting:
        raise Differs(f"gone: {ast.unparse(waiting[0])}")
    scope.now = at_start


def _same(old: Any, new: Any, scope: _Scope) -> None:
    """Two nodes, lists or values of the two trees."""
    if isinstance(new, list) and any(isinstance(item, ast.stmt) for item in new):
        return _blocks(old, new, scope)
    if isinstance(new, list):
        if len(old) != len(new):
            raise Differs(f"{len(old)} became {len(new)}")
        for one, other in zip(old, new, strict=True):
            _same(one, other, scope)
        return None
    if isinstance(new, ast.expr) and isinstance(old, ast.expr):
        return _same_expression(old, new, scope)
    if type(old) is not type(new):
        raise Differs(f"{old} became {new}")
    if not isinstance(new, ast.AST):
        if old != new:
            raise Differs(f"{old!r} became {new!r}")
        return None
    if isinstance(new, ast.FunctionDef | ast.AsyncFunctionDef):
        _without_fixture(old.args, new.args)
        scope = _Scope.of(old, scope)
    elif isinstance(new, ast.ClassDef):
        scope = _Scope.of(old, scope)
    elif isinstance(new, ast.Assert) and _is_text(old.msg) and _is_text(new.msg):
        return _same(old.test, new.test, scope)
    return _fields(old, new, scope)


def _fields(old: ast.AST, new: ast.AST, scope: _Scope) -> None:
    for name in new._fields:
        _same(getattr(old, name), getattr(new, name), scope)


def _same_expression(old: ast.expr, new: ast.expr, scope: _Scope) -> None:
    if ast.dump(old) == ast.dump(new):
        return
    try:
        if type(old) is not type(new):
            raise Differs(f"{ast.unparse(old)} became {ast.unparse(new)}")
        message = isinstance(new, ast.Call) and _is_assertion(new)
        for name in new._fields:
            one, other = getattr(old, name), getattr(new, name)
            if message and name in ("args", "keywords"):
                one, other = _without_text(one, other)
            _same(one, other, scope)
    except Differs:
        was, now = scope.number(old), scope.number(new)
        if (was is None or was != now) and ast.unparse(scope.folded(new)) != ast.unparse(old):
            raise


class _Folding(ast.NodeTransformer):
    """Calls of helpers become their first argument, added names what they stand for."""

    def __init__(self, added: dict[str, ast.expr]) -> None:
        self.added = added

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.added.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        helper = isinstance(function, ast.Attribute) and function.attr in HELPERS
        if helper and ast.unparse(function.value).removeprefix("self.") in FIXTURES:
            return node.args[0]
        return node


def _calls_code(node: ast.expr) -> bool:
    """Whether evaluating the expression could do anything."""
    calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return any(ast.unparse(function) not in PURE for function in calls)


def _without_fixture(old: ast.arguments, new: ast.arguments) -> None:
    """Take the added parameter out of `new`."""
    known = {arg.arg for arg in (*old.posonlyargs, *old.args, *old.kwonlyargs)}
    new.args = [arg for arg in new.args if arg.arg in known or arg.arg not in FIXTURES]
    pairs = zip(new.kwonlyargs, new.kw_defaults, strict=True)
    kept = [pair for pair in pairs if pair[0].arg in known or pair[0].arg not in FIXTURES]
    new.kwonlyargs, new.kw_defaults = [arg for arg, _ in kept], [value for _, value in kept]


def _is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_assertion(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr.startswith("assert")


def _without_text(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """The arguments of an assertion but for messages that stand at the same place."""
    if len(old) != len(new):
        raise Differs("an assertion has other arguments")
    kept = [
        (one, other)
        for one, other in zip(old, new, strict=True)
        if not all(_is_text(_argument(each)) for each in (one, other))
    ]
    return [one for one, _ in kept], [other for _, other in kept]


def _argument(node: ast.expr | ast.keyword) -> ast.expr:
    return node.value if isinstance(node, ast.keyword) else node
