"""Expressions of two programs, side by side."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from chaos_migrate.codemods.proving.code import (
    asserts,
    is_text,
    shown,
)
from chaos_migrate.codemods.proving.differences import (
    MIRRORED,
    OPERATORS,
    UNARY,
    Differs,
    check_bound,
    settle,
)
from chaos_migrate.codemods.proving.known import is_dotted
from chaos_migrate.codemods.proving.numbers import Bound
from chaos_migrate.codemods.proving.place import Place, is_at_hand

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Expressions:
    """Compares expressions; `line` is how far it has come in the new program.

    Every method raises `Differs` where the two programs are not the same at load 1.
    """

    def __init__(self) -> None:
        self.line = 1

    def parts(self, old: ast.AST, new: ast.AST, place: Place, apart: Sequence[str] = ()) -> None:
        """Compare two nodes of one type field by field, but for those in `apart`."""
        for name in new._fields:
            if name not in apart:
                self.part(getattr(old, name, None), getattr(new, name, None), place)

    def part(self, old: object, new: object, place: Place) -> None:
        """Compare the contents of one field."""
        if isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                raise Differs("something was added or removed")
            for one, other in zip(old, new, strict=True):
                self.part(one, other, place)
        elif isinstance(old, ast.expr) and isinstance(new, ast.expr):
            settle(self.expression(old, new, place))
        elif type(old) is not type(new):
            raise Differs("something was added, removed or exchanged")
        elif isinstance(old, ast.AST) and isinstance(new, ast.AST):
            self.parts(old, new, place)
        elif old != new:
            raise Differs(f"`{old}` became `{new}`")

    def expression(
        self, old: ast.expr, new: ast.expr, place: Place, holds: bool | None = None
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
                    settle(self.expression(one, other, place, holds))
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
            case ast.Call(), ast.Call() if asserts(new):
                self.assert_call(old, new, place)
                return []
            case ast.Lambda(), ast.Lambda():
                self.part(old.args, new.args, place)
                known = place.old.in_function(old), place.new.in_function(new)
                inner = replace(place, old=known[0], new=known[1])
                settle(self.expression(old.body, new.body, inner))
                return []
            case ast.NamedExpr(), ast.NamedExpr():
                self.parts(old, new, place)
                place.old.forget([old.target.id])
                place.new.forget([new.target.id])
                return []
        inside = isinstance(new, _COMPREHENSIONS)
        self.parts(old, new, place.in_comprehension(old, new) if inside else place)
        return []

    def equal_numbers(self, old: ast.expr, new: ast.expr, place: Place) -> bool:
        """Whether two numbers are equal, if not of one type: dividing by 20.0 or 20 is the same."""
        was, now = place.old.value(old), place.new.value(new)
        if was is None or now is None or was.number is None:
            return False
        return was.number == now.number and not now.bound

    def number(self, old: ast.expr, new: ast.expr, place: Place) -> list[Bound]:
        """An old number, or what reads one, has met another expression."""
        if isinstance(getattr(old, "ctx", ast.Load()), ast.Load) and isinstance(
            old, (ast.Constant, ast.Name, ast.Attribute)
        ):
            was, now = place.old.value(old), place.new.value(new)
            if was is not None and now is not None and was.term == now.term:
                return [now.bound] if now.bound and not was.bound else []
        raise Differs(f"`{ast.unparse(new)}` is not known to be `{ast.unparse(old)}` at load 1")

    def comparison(
        self, old: ast.Compare, new: ast.Compare, place: Place, holds: bool | None
    ) -> list[Bound]:
        """Compare two comparisons, and each new bound with the operator beside it."""
        self.part(old.ops, new.ops, place)
        olds, news = [old.left, *old.comparators], [new.left, *new.comparators]
        for index, (one, other) in enumerate(zip(olds, news, strict=True)):
            bounds = self.operand(one, other, place)
            for bound in bounds:
                if index > 0:
                    check_bound(bound, type(new.ops[index - 1]), holds)
                if index < len(new.ops):
                    check_bound(bound, MIRRORED.get(type(new.ops[index])), holds)
        return []

    def operand(self, old: ast.expr, new: ast.expr, place: Place) -> list[Bound]:
        """The new bounds of one side of a comparison, also behind a name that kept its place."""
        bounds = self.expression(old, new, place)
        if isinstance(old, ast.Name) and isinstance(new, ast.Name) and old.id == new.id:
            was, now = place.old.value(old), place.new.value(new)
            if now is not None and now.bound and not (was is not None and was.bound):
                bounds.append(now.bound)
        return bounds

    def assert_call(self, old: ast.Call, new: ast.Call, place: Place) -> None:
        """A call of one of unittest's assertions."""
        self.part(old.func, new.func, place)
        name = cast("ast.Attribute", new.func).attr
        at = 1 if name in UNARY else 2
        judged = [arg for index, arg in enumerate(new.args) if index != at]
        if len(old.args) != len(new.args) or len(old.keywords) != len(new.keywords):
            raise Differs("the assertion has other arguments")
        for index, (one, other) in enumerate(zip(old.args, new.args, strict=True)):
            if index == at:
                self.message(one, other, judged, place)
                continue
            bounds = self.operand(one, other, place) if name not in UNARY else []
            if name in UNARY:
                settle(self.expression(one, other, place, holds=UNARY[name]))
            operator = OPERATORS.get(name)
            for bound in bounds:
                side = operator if index == 1 else MIRRORED.get(operator)
                check_bound(bound, side, holds=True)
        for one_word, word in zip(old.keywords, new.keywords, strict=True):
            if word.arg == one_word.arg == "msg":
                self.message(one_word.value, word.value, judged, place)
            else:
                self.part(one_word, word, place)

    def message(
        self,
        old: ast.expr | None,
        new: ast.expr | None,
        judged: Sequence[ast.expr],
        place: Place,
    ) -> None:
        """A string may become another that keeps what it showed and shows what is at hand."""
        if not (is_text(old) and is_text(new)):
            return self.part(old, new, place)
        self.line = cast("ast.expr", new).lineno
        at_hand = {ast.dump(inner) for each in judged for inner in ast.walk(each)}
        waiting = list(reversed(shown(old)))
        for part in shown(new):
            if waiting and self.shows_the_same(waiting[-1], part, place):
                waiting.pop()
            elif shown(part.format_spec) or not is_at_hand(part.value, at_hand, place):
                raise Differs(f"the message works out `{ast.unparse(part.value)}`")
        if waiting:
            raise Differs(f"the message lost `{ast.unparse(waiting[-1].value)}`")
        return None

    def shows_the_same(
        self, old: ast.FormattedValue, new: ast.FormattedValue, place: Place
    ) -> bool:
        """Whether two parts of messages show one value."""
        if ast.dump(old) == ast.dump(new):
            return True
        was, now = place.old.value(old.value), place.new.value(new.value)
        return was is not None and now is not None and was.term == now.term
