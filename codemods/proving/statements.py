"""Statements of two programs, side by side."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import cast

from chaos_migrate.codemods.proving.code import (
    called_in,
    is_docstring,
    lines_of,
    names_in,
    text_of,
)
from chaos_migrate.codemods.proving.differences import (
    Differs,
    settle,
)
from chaos_migrate.codemods.proving.expressions import Expressions
from chaos_migrate.codemods.proving.facts import Facts, bindings
from chaos_migrate.codemods.proving.known import FIXTURES, Known
from chaos_migrate.codemods.proving.place import Place
from chaos_migrate.codemods.source import Source

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Comparison(Expressions):
    """Compares two whole programs."""

    def __init__(self, old: Source, new: Source) -> None:
        super().__init__()
        self.old, self.new = old.tree, new.tree
        self.old_lines, self.new_lines = lines_of(old), lines_of(new)
        self.module_names = frozenset(bindings(old.tree.body))
        self.has_named_bounds = False

    @cached_property
    def called(self) -> frozenset[str]:
        """The functions and methods that the new program calls, by name."""
        return frozenset(called_in(self.new, frozenset()))

    def modules(self) -> None:
        """Compare everything."""
        facts = Facts.of(self.old)  # of both: what is added binds only names of its own
        old, new = self.old.body, self.new.body
        self.block(old, new, Place(Known(facts, old), Known(facts, new)))

    def block(self, old: Sequence[ast.stmt], new: Sequence[ast.stmt], place: Place) -> None:
        """Compare two blocks; the new one may hold added lines."""
        waiting = list(reversed(old))
        for statement in new:
            self.line = statement.lineno
            if self.is_added(statement, place):
                if len(waiting) == len(old) and is_docstring(old):
                    raise Differs("a line above the docstring takes its place")
                self.pass_by(statement, place)
                place.bound.update(names_in(cast("ast.Assign", statement).value))
            elif waiting:
                self.statement(waiting.pop(), statement, place)
            else:
                raise Differs("this statement is not in the old program")
        if waiting:
            raise Differs("a statement of the old program is missing behind this one")

    def is_added(self, statement: ast.stmt, place: Place) -> bool:
        """Whether the statement gives a value to a name that the old program does not have."""
        if not isinstance(statement, ast.Assign) or not place.in_function:
            return False
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or target.id in place.taken | self.module_names:
            return False
        if hasattr(builtins, target.id):
            raise Differs(f"`{target.id}` is the name of a builtin")
        if len(statement.targets) > 1 or place.new.value(statement.value) is None:
            raise Differs(f"what `{target.id}` is at load 1 cannot be told")
        return True

    def statement(self, old: ast.stmt, new: ast.stmt, place: Place) -> None:
        """Compare two statements that stand for each other."""
        if type(old) is not type(new):
            raise Differs("this statement is another one in the old program")
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
        same_text = columns and text_of(self.old_lines, old) == text_of(self.new_lines, new)
        return same_text and not self.has_named_bounds

    def pass_by(self, new: ast.stmt, place: Place) -> None:
        """Note what a statement of the new program binds."""
        place.new.pass_by(new)
        if isinstance(new, ast.Delete):
            place.bound.difference_update(bindings([new]))
        else:
            place.bound.update(bindings([new]))

    def function(self, old: _Function, new: _Function, place: Place) -> None:
        """Compare two functions; the new one may take the configuration."""
        taken = place.taken | names_in(old)
        headless = copy(new)
        headless.args = self.old_parameters(old, new, place, taken)
        self.parts(old, headless, place, apart=("body",))
        known = place.old.in_function(old), place.new.in_function(new)
        parameters = {arg.arg for arg in ast.walk(new.args) if isinstance(arg, ast.arg)}
        bound = place.bound - bindings(new.body).keys() | parameters
        inner = Place(*known, True, taken, bound)
        self.block(old.body, new.body, inner)

    def class_(self, old: ast.ClassDef, new: ast.ClassDef, place: Place) -> None:
        """Compare two classes."""
        self.parts(old, new, place, apart=("body",))
        inner = Place(place.old.in_class(old), place.new.in_class(new), taken=place.taken)
        self.block(old.body, new.body, inner)

    def old_parameters(
        self, old: _Function, new: _Function, place: Place, taken: frozenset[str]
    ) -> ast.arguments:
        """The parameters of `new` without the one that was added, if it may be."""
        before = {arg.arg for arg in ast.walk(old.args) if isinstance(arg, ast.arg)}
        args = copy(new.args)
        by_position = [arg for arg in args.args if arg.arg not in before]
        by_keyword = [arg for arg in args.kwonlyargs if arg.arg not in before]
        for added in by_position + by_keyword:
            if added.arg not in FIXTURES or added.arg in taken or added.annotation:
                raise Differs(f"the parameter `{added.arg}` is new")
            if place.in_function or new.name in self.called:
                raise Differs(f"`{new.name}` is called without its new parameter")
        if by_position:
            if by_position != args.args[-1:] or args.defaults or args.vararg:
                raise Differs("the new parameter does not come last")
            args.args = args.args[:-1]
        if by_keyword:
            pairs = list(zip(args.kwonlyargs, args.kw_defaults, strict=True))
            pairs = [pair for pair in pairs if pair[0] not in by_keyword or pair[1]]
            args.kwonlyargs, args.kw_defaults = [arg for arg, _ in pairs], [d for _, d in pairs]
        return args

    def assignment(
        self, old: ast.Assign | ast.AnnAssign, new: ast.Assign | ast.AnnAssign, place: Place
    ) -> None:
        """Compare two assignments; a name may have become the name of a bound."""
        if old.value is None or new.value is None:
            return self.parts(old, new, place)
        bounds = self.expression(old.value, new.value, place)
        self.has_named_bounds |= bool(bounds)
        targets = new.targets if isinstance(new, ast.Assign) else [new.target]
        if not all(isinstance(target, ast.Name) for target in targets):
            settle(bounds)
        return self.parts(old, new, place, apart=("value",))

    def assertion(self, old: ast.Assert, new: ast.Assert, place: Place) -> None:
        """Compare two assertions, and their messages."""
        settle(self.expression(old.test, new.test, place, holds=True))
        self.message(old.msg, new.msg, [new.test], place)

    def part(self, old: object, new: object, place: Place) -> None:
        """Compare the contents of one field; statements are a block that may not run."""
        is_block = isinstance(new, list) and any(isinstance(item, ast.stmt) for item in new)
        was_block = isinstance(old, list) and any(isinstance(item, ast.stmt) for item in old)
        if isinstance(old, list) and isinstance(new, list) and (is_block or was_block):
            self.block(old, new, place.copy())
        else:
            super().part(old, new, place)
