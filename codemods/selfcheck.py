"""The last gate before a file is overwritten: at load 1 the new text is the old program.

Both programs are walked side by side. They may differ where an old number meets an expression of
equal value, by an added assignment of such a value, by the added parameter, and in messages.
Nothing of the planner or the rewriter is used here, so that no error of theirs excuses itself.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

from chaos_migrate.codemods.loadone import FIXTURES, Bound, Facts, Known, bindings, is_dotted
from chaos_migrate.codemods.source import Source


def difference(old: Source, new: Source) -> str | None:
    """Why `new` is not `old` at load 1, in one sentence with its line in `new`; None if it is."""
    comparison = _Comparison(old, new)
    try:
        comparison.modules()
    except _Differs as reason:
        return f"line {comparison.line}: {reason}"
    except RecursionError:
        return "the program is nested too deeply to be compared"
    return None


class _Differs(Exception):
    """The two programs differ, at the line that the comparison has reached."""


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class _Place:
    """What is known at one place of both programs.

    `taken` are the names of the old function around it, which no added line may use, and `bound`
    those of the new one that surely have a value.
    """

    old: Known
    new: Known
    in_function: bool = False
    taken: frozenset[str] = frozenset()
    bound: set[str] = field(default_factory=set)

    def copy(self) -> _Place:
        return replace(self, old=self.old.copy(), new=self.new.copy(), bound=set(self.bound))

    def in_comprehension(self, old: ast.expr, new: ast.expr) -> _Place:
        olds, news = _generators(old), _generators(new)
        known = self.old.in_comprehension(olds), self.new.in_comprehension(news)
        return replace(self, old=known[0], new=known[1])


class _Comparison:
    def __init__(self, old: Source, new: Source) -> None:
        self.old, self.new = old.tree, new.tree
        self.old_lines, self.new_lines = _lines(old), _lines(new)
        self.module_names = frozenset(bindings(old.tree.body))
        self.has_named_bounds = False
        self.line = 1

    @cached_property
    def called(self) -> frozenset[str]:
        return frozenset(_called(self.new, frozenset()))

    def modules(self) -> None:
        facts = Facts.of(self.old)  # of both: what is added binds only names of its own
        old, new = self.old.body, self.new.body
        self.block(old, new, _Place(Known(facts, old), Known(facts, new)))

    # Statements.

    def block(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt], place: _Place) -> None:
        waiting = list(reversed(old))
        for statement in new:
            self.line = statement.lineno
            if self.is_added(statement, place):
                if len(waiting) == len(old) and _is_docstring(old):
                    raise _Differs("a line above the docstring takes its place")
                self.pass_by(statement, place)
                place.bound.update(_names(cast("ast.Assign", statement).value))
            elif waiting:
                self.statement(waiting.pop(), statement, place)
            else:
                raise _Differs("this statement is not in the old program")
        if waiting:
            raise _Differs("a statement of the old program is missing behind this one")

    def is_added(self, statement: ast.stmt, place: _Place) -> bool:
        """Whether the statement gives a value to a name that the old program does not have."""
        if not isinstance(statement, ast.Assign) or not place.in_function:
            return False
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or target.id in place.taken | self.module_names:
            return False
        if hasattr(builtins, target.id):
            raise _Differs(f"`{target.id}` is the name of a builtin")
        if len(statement.targets) > 1 or place.new.value(statement.value) is None:
            raise _Differs(f"what `{target.id}` is at load 1 cannot be told")
        return True

    def statement(self, old: ast.stmt, new: ast.stmt, place: _Place) -> None:
        if type(old) is not type(new):
            raise _Differs("this statement is another one in the old program")
        has_blocks = hasattr(new, "cases" if isinstance(new, ast.Match) else "body")
        if has_blocks and not isinstance(new, _DEFINITIONS):  # which may run, or not, or again
            place.old.forget(bindings([old]))
            place.new.forget(bindings([new]))
            if not self.is_unchanged(old, new):
                self.parts(old, new, place)
            return
        if not self.is_unchanged(old, new):
            if isinstance(new, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.function(cast("_Function", old), new, place)
            elif isinstance(new, ast.ClassDef):
                self.class_(cast("ast.ClassDef", old), new, place)
            elif isinstance(new, ast.Assert):
                self.assertion(cast("ast.Assert", old), new, place)
            elif isinstance(new, (ast.Assign, ast.AnnAssign)):
                self.assignment(cast("ast.Assign | ast.AnnAssign", old), new, place)
            else:
                self.parts(old, new, place)
        place.old.pass_by(old)
        self.pass_by(new, place)

    def is_unchanged(self, old: ast.stmt, new: ast.stmt) -> bool:
        """Whether the text is the same, and no name in it can have become a bound."""
        columns = (old.col_offset, old.end_col_offset) == (new.col_offset, new.end_col_offset)
        same_text = columns and _text(self.old_lines, old) == _text(self.new_lines, new)
        return same_text and not self.has_named_bounds

    def pass_by(self, new: ast.stmt, place: _Place) -> None:
        place.new.pass_by(new)
        if isinstance(new, ast.Delete):
            place.bound.difference_update(bindings([new]))
        else:
            place.bound.update(bindings([new]))

    def function(self, old: _Function, new: _Function, place: _Place) -> None:
        taken = place.taken | _names(old)
        headless = copy(new)
        headless.args = self.old_parameters(old, new, place, taken)
        self.parts(old, headless, place, apart=("body",))
        known = place.old.in_function(old), place.new.in_function(new)
        parameters = {arg.arg for arg in ast.walk(new.args) if isinstance(arg, ast.arg)}
        bound = place.bound - bindings(new.body).keys() | parameters
        inner = _Place(*known, True, taken, bound)
        self.block(old.body, new.body, inner)

    def class_(self, old: ast.ClassDef, new: ast.ClassDef, place: _Place) -> None:
        self.parts(old, new, place, apart=("body",))
        inner = _Place(place.old.in_class(old), place.new.in_class(new), taken=place.taken)
        self.block(old.body, new.body, inner)

    def old_parameters(
        self, old: _Function, new: _Function, place: _Place, taken: frozenset[str]
    ) -> ast.arguments:
        """The parameters of `new` without the one that was added, if it may be."""
        before = {arg.arg for arg in ast.walk(old.args) if isinstance(arg, ast.arg)}
        args = copy(new.args)
        by_position = [arg for arg in args.args if arg.arg not in before]
        by_keyword = [arg for arg in args.kwonlyargs if arg.arg not in before]
        for added in by_position + by_keyword:
            if added.arg not in FIXTURES or added.arg in taken or added.annotation:
                raise _Differs(f"the parameter `{added.arg}` is new")
            if place.in_function or new.name in self.called:
                raise _Differs(f"`{new.name}` is called without its new parameter")
        if by_position:
            if by_position != args.args[-1:] or args.defaults or args.vararg:
                raise _Differs("the new parameter does not come last")
            args.args = args.args[:-1]
        if by_keyword:
            pairs = list(zip(args.kwonlyargs, args.kw_defaults, strict=True))
            pairs = [pair for pair in pairs if pair[0] not in by_keyword or pair[1]]
            args.kwonlyargs, args.kw_defaults = [arg for arg, _ in pairs], [d for _, d in pairs]
        return args

    def assignment(
        self, old: ast.Assign | ast.AnnAssign, new: ast.Assign | ast.AnnAssign, place: _Place
    ) -> None:
        if old.value is None or new.value is None:
            return self.parts(old, new, place)
        bounds = self.expression(old.value, new.value, place)
        self.has_named_bounds |= bool(bounds)
        targets = new.targets if isinstance(new, ast.Assign) else [new.target]
        if not all(isinstance(target, ast.Name) for target in targets):
            _settle(bounds)
        return self.parts(old, new, place, apart=("value",))

    def assertion(self, old: ast.Assert, new: ast.Assert, place: _Place) -> None:
        _settle(self.expression(old.test, new.test, place, holds=True))
        self.message(old.msg, new.msg, [new.test], place)

    def parts(self, old: ast.AST, new: ast.AST, place: _Place, apart: Sequence[str] = ()) -> None:
        """Compare two nodes of one type field by field, but for those in `apart`."""
        for name in new._fields:
            if name not in apart:
                self.part(getattr(old, name, None), getattr(new, name, None), place)

    def part(self, old: object, new: object, place: _Place) -> None:
        if isinstance(old, list) and isinstance(new, list):
            if any(isinstance(item, ast.stmt) for item in (*old, *new)):
                self.block(old, new, place.copy())
            elif len(old) != len(new):
                raise _Differs("something was added or removed")
            else:
                for one, other in zip(old, new, strict=True):
                    self.part(one, other, place)
        elif isinstance(old, ast.expr) and isinstance(new, ast.expr):
            _settle(self.expression(old, new, place))
        elif type(old) is not type(new):
            raise _Differs("something was added, removed or exchanged")
        elif isinstance(old, ast.AST) and isinstance(new, ast.AST):
            self.parts(old, new, place)
        elif old != new:
            raise _Differs(f"`{old}` became `{new}`")

    # Expressions.

    def expression(
        self, old: ast.expr, new: ast.expr, place: _Place, holds: bool | None = None
    ) -> list[Bound]:
        """Compare two expressions; the new bounds that nothing inside was compared with.

        `holds` is whether the test wants the expression true or false, None where it is no matter.
        """
        self.line = new.lineno
        if type(old) is not type(new):
            return self.number(old, new, place)
        match old, new:
            case ast.Constant(), ast.Constant():
                same = type(old.value) is type(new.value) and old.value == new.value
                return [] if same and old.kind == new.kind else self.number(old, new, place)
            case ast.Name(), ast.Name():
                return [] if old.id == new.id else self.number(old, new, place)
            case ast.Attribute(), ast.Attribute():
                if ast.dump(old) == ast.dump(new):
                    return []
                if old.attr != new.attr or is_dotted(old):
                    return self.number(old, new, place)
            case ast.Compare(), ast.Compare():
                return self.comparison(old, new, place, holds)
            case ast.BoolOp(), ast.BoolOp() if len(old.values) == len(new.values):
                for one, other in zip(old.values, new.values, strict=True):
                    _settle(self.expression(one, other, place, holds))
                self.part(old.op, new.op, place)
                return []
            case ast.UnaryOp(op=ast.Not()), ast.UnaryOp(op=ast.Not()):
                flipped = None if holds is None else not holds
                return self.expression(old.operand, new.operand, place, flipped)
            case ast.BinOp(op=ast.Add() | ast.Mult()), ast.BinOp():
                self.part(old.op, new.op, place)
                left = self.expression(old.left, new.left, place)
                return left + self.expression(old.right, new.right, place)
            case ast.BinOp(op=ast.Div()), ast.BinOp(op=ast.Div()):
                bounds = self.expression(old.left, new.left, place)
                if self.equal_numbers(old.right, new.right, place):
                    return bounds
                return bounds + self.expression(old.right, new.right, place)
            case ast.Call(), ast.Call() if _asserts(new):
                self.assert_call(old, new, place)
                return []
            case ast.Lambda(), ast.Lambda():
                self.part(old.args, new.args, place)
                known = place.old.in_function(old), place.new.in_function(new)
                inner = replace(place, old=known[0], new=known[1])
                _settle(self.expression(old.body, new.body, inner))
                return []
            case ast.NamedExpr(), ast.NamedExpr():
                self.parts(old, new, place)
                place.old.forget([old.target.id])
                place.new.forget([new.target.id])
                return []
        inside = isinstance(new, _COMPREHENSIONS)
        self.parts(old, new, place.in_comprehension(old, new) if inside else place)
        return []

    def equal_numbers(self, old: ast.expr, new: ast.expr, place: _Place) -> bool:
        """Whether two numbers are equal, if not of one type: to divide by 20.0 or 20 is the same."""
        was, now = place.old.value(old), place.new.value(new)
        known = was is not None and now is not None and was.number is not None
        return known and was.number == now.number and not now.bound

    def number(self, old: ast.expr, new: ast.expr, place: _Place) -> list[Bound]:
        """An old number, or what reads one, has met another expression."""
        if isinstance(getattr(old, "ctx", ast.Load()), ast.Load) and isinstance(
            old, (ast.Constant, ast.Name, ast.Attribute)
        ):
            was, now = place.old.value(old), place.new.value(new)
            if was is not None and now is not None and was.term == now.term:
                return [now.bound] if now.bound and not was.bound else []
        raise _Differs(f"`{ast.unparse(new)}` is not known to be `{ast.unparse(old)}` at load 1")

    def comparison(
        self, old: ast.Compare, new: ast.Compare, place: _Place, holds: bool | None
    ) -> list[Bound]:
        self.part(old.ops, new.ops, place)
        olds, news = [old.left, *old.comparators], [new.left, *new.comparators]
        for index, (one, other) in enumerate(zip(olds, news, strict=True)):
            bounds = self.operand(one, other, place)
            for bound in bounds:
                if index > 0:
                    _check_bound(bound, type(new.ops[index - 1]), holds)
                if index < len(new.ops):
                    _check_bound(bound, _MIRRORED.get(type(new.ops[index])), holds)
        return []

    def operand(self, old: ast.expr, new: ast.expr, place: _Place) -> list[Bound]:
        """The new bounds of one side of a comparison, also behind a name that kept its place."""
        bounds = self.expression(old, new, place)
        if isinstance(old, ast.Name) and isinstance(new, ast.Name) and old.id == new.id:
            was, now = place.old.value(old), place.new.value(new)
            if now is not None and now.bound and not (was is not None and was.bound):
                bounds.append(now.bound)
        return bounds

    def assert_call(self, old: ast.Call, new: ast.Call, place: _Place) -> None:
        """A call of one of unittest's assertions."""
        self.part(old.func, new.func, place)
        name = cast("ast.Attribute", new.func).attr
        at = 1 if name in _UNARY else 2
        judged = [arg for index, arg in enumerate(new.args) if index != at]
        if len(old.args) != len(new.args) or len(old.keywords) != len(new.keywords):
            raise _Differs("the assertion has other arguments")
        for index, (one, other) in enumerate(zip(old.args, new.args, strict=True)):
            if index == at:
                self.message(one, other, judged, place)
                continue
            bounds = self.operand(one, other, place) if name not in _UNARY else []
            if name in _UNARY:
                _settle(self.expression(one, other, place, holds=_UNARY[name]))
            operator = _OPERATORS.get(name)
            for bound in bounds:
                side = operator if index == 1 else _MIRRORED.get(operator)
                _check_bound(bound, side, holds=True)
        for one_word, word in zip(old.keywords, new.keywords, strict=True):
            if word.arg == one_word.arg == "msg":
                self.message(one_word.value, word.value, judged, place)
            else:
                self.part(one_word, word, place)

    # Messages.

    def message(
        self,
        old: ast.expr | None,
        new: ast.expr | None,
        judged: Sequence[ast.expr],
        place: _Place,
    ) -> None:
        """A string may become another that keeps what it showed and shows what is at hand."""
        if not (_is_text(old) and _is_text(new)):
            return self.part(old, new, place)
        self.line = cast("ast.expr", new).lineno
        at_hand = {ast.dump(inner) for each in judged for inner in ast.walk(each)}
        waiting = list(reversed(_shown(old)))
        for part in _shown(new):
            if waiting and self.shows_the_same(waiting[-1], part, place):
                waiting.pop()
            elif _shown(part.format_spec) or not _is_at_hand(part.value, at_hand, place):
                raise _Differs(f"the message works out `{ast.unparse(part.value)}`")
        if waiting:
            raise _Differs(f"the message lost `{ast.unparse(waiting[-1].value)}`")
        return None

    def shows_the_same(
        self, old: ast.FormattedValue, new: ast.FormattedValue, place: _Place
    ) -> bool:
        if ast.dump(old) == ast.dump(new):
            return True
        was, now = place.old.value(old.value), place.new.value(new.value)
        return was is not None and now is not None and was.term == now.term


# Bounds and the comparisons they are made for.


_MIRRORED: dict[type[ast.cmpop] | None, type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_OPERATORS: dict[str, type[ast.cmpop]] = {
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
}
_UNARY = {"assertTrue": True, "assertFalse": False, "assertIsNone": None, "assertIsNotNone": None}


def _check_bound(bound: Bound, operator: type[ast.cmpop] | None, holds: bool | None) -> None:
    """Whether `... operator bound` is what the bound was computed for, where `holds` is wanted."""
    wanted: dict[type[ast.cmpop] | None, bool] = {}
    if holds is not False:
        wanted |= {ast.Lt: True, ast.LtE: False} if bound.upper else {ast.Gt: True, ast.GtE: False}
    if holds is not True:
        wanted |= {ast.GtE: True, ast.Gt: False} if bound.upper else {ast.LtE: True, ast.Lt: False}
    if operator not in wanted:
        raise _Differs("a bound stands on the wrong side of its comparison")
    if wanted[operator] is not bound.strict:
        raise _Differs("`strict` does not match the operator of the comparison")


def _settle(bounds: Sequence[Bound]) -> None:
    if bounds:
        raise _Differs("a bound stands where nothing is compared with it")


# What the text looks like.


def _lines(source: Source) -> list[str]:
    return source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _text(lines: list[str], node: ast.stmt) -> list[str]:
    """The whole lines of a statement, with those of its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = decorators[0].lineno if decorators else node.lineno
    return lines[first - 1 : node.end_lineno]


def _generators(node: ast.expr) -> list[ast.comprehension]:
    generators: list[ast.comprehension] = getattr(node, "generators", [])
    return generators


def _names(tree: ast.AST) -> frozenset[str]:
    """Every name that the code in `tree` uses for a variable, a function or a class."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            names.update(node.names)
        elif not isinstance(node, ast.keyword):
            given = (
                getattr(node, field, None) for field in ("id", "arg", "name", "asname", "rest")
            )
            names.update(name for name in given if isinstance(name, str))
    return frozenset(names)


def _called(node: ast.AST, hidden: frozenset[str]) -> Iterator[str]:
    """The functions and methods of the file that its code calls, by name."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        hidden |= {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id not in hidden:
            yield node.func.id
        elif isinstance(node.func, ast.Attribute) and _is_self(node.func.value):
            yield node.func.attr
    for child in ast.iter_child_nodes(node):
        yield from _called(child, hidden)


def _is_self(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _asserts(node: ast.Call) -> bool:
    func = node.func
    return isinstance(func, ast.Attribute) and _is_self(func.value) and func.attr[:6] == "assert"


def _is_docstring(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[0], ast.Expr) and _is_text(body[0].value)


def _is_text(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr)


def _shown(text: ast.expr | None) -> list[ast.FormattedValue]:
    parts = text.values if isinstance(text, ast.JoinedStr) else []
    return [part for part in parts if isinstance(part, ast.FormattedValue)]


def _is_at_hand(node: ast.expr, evaluated: set[str], place: _Place) -> bool:
    """Whether showing `node` can neither fail nor change anything."""
    if isinstance(node, ast.Name):
        return node.id in place.bound or ast.dump(node) in evaluated
    if isinstance(node, ast.Attribute) and ast.unparse(node) in place.new.values:
        return True
    return ast.dump(node) in evaluated and _is_pure(node)


def _is_pure(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        plain = isinstance(node.func, ast.Name) and node.func.id in ("len", "max", "min", "sum")
        return plain and not node.keywords and all(map(_is_pure, node.args))
    if isinstance(node, ast.BinOp):
        return _is_pure(node.left) and _is_pure(node.right)
    if isinstance(node, ast.Subscript):
        return _is_pure(node.value) and _is_pure(node.slice)
    if isinstance(node, ast.Attribute):
        return _is_pure(node.value)
    return isinstance(node, (ast.Name, ast.Constant))
