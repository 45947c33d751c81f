"""The rules of the language: what each kind of expression and statement is read by."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.arithmetic import read_operation, read_sign
from chaos_migrate.codemods.reading.assigning import (
    read_walrus,
    run_annotated_assign,
    run_assign,
)
from chaos_migrate.codemods.reading.attributes import read_attribute
from chaos_migrate.codemods.reading.branches import run_break, run_continue, run_if, run_match
from chaos_migrate.codemods.reading.calls import read_call
from chaos_migrate.codemods.reading.comprehensions import (
    read_comprehension,
    read_dict_comprehension,
)
from chaos_migrate.codemods.reading.conditions import (
    read_choice,
    read_comparison,
    read_connective,
)
from chaos_migrate.codemods.reading.context import Context, Language
from chaos_migrate.codemods.reading.definitions import (
    run_class_definition,
    run_function_definition,
    run_import,
    run_nonlocal,
)
from chaos_migrate.codemods.reading.displays import (
    read_dict,
    read_display,
    read_fstring,
    read_starred,
    read_subscript,
)
from chaos_migrate.codemods.reading.frames import Flow
from chaos_migrate.codemods.reading.increments import run_augmented_assign
from chaos_migrate.codemods.reading.invoking import read_lambda, read_yield, run_return
from chaos_migrate.codemods.reading.judging import run_assert, run_expr
from chaos_migrate.codemods.reading.loops import run_for, run_while
from chaos_migrate.codemods.reading.names import read_name
from chaos_migrate.codemods.reading.numbers import read_constant
from chaos_migrate.codemods.reading.tasks import read_await
from chaos_migrate.codemods.reading.tries import run_raise, run_try
from chaos_migrate.codemods.reading.with_blocks import run_with

_EXPRESSIONS: dict[type[ast.expr], Callable[[Context, Any], Value]] = {
    ast.Attribute: read_attribute,
    ast.Await: read_await,
    ast.BinOp: read_operation,
    ast.BoolOp: read_connective,
    ast.Call: read_call,
    ast.Compare: read_comparison,
    ast.Constant: read_constant,
    ast.Dict: read_dict,
    ast.DictComp: read_dict_comprehension,
    ast.GeneratorExp: read_comprehension,
    ast.IfExp: read_choice,
    ast.JoinedStr: read_fstring,
    ast.Lambda: read_lambda,
    ast.List: read_display,
    ast.ListComp: read_comprehension,
    ast.Name: read_name,
    ast.NamedExpr: read_walrus,
    ast.Set: read_display,
    ast.SetComp: read_comprehension,
    ast.Starred: read_starred,
    ast.Subscript: read_subscript,
    ast.Tuple: read_display,
    ast.UnaryOp: read_sign,
    ast.Yield: read_yield,
}
_STATEMENTS: dict[type[ast.stmt], Callable[[Context, Any], Flow]] = {
    ast.AnnAssign: run_annotated_assign,
    ast.Assert: run_assert,
    ast.Assign: run_assign,
    ast.AsyncFor: run_for,
    ast.AsyncFunctionDef: run_function_definition,
    ast.AsyncWith: run_with,
    ast.AugAssign: run_augmented_assign,
    ast.Break: run_break,
    ast.ClassDef: run_class_definition,
    ast.Continue: run_continue,
    ast.Expr: run_expr,
    ast.For: run_for,
    ast.FunctionDef: run_function_definition,
    ast.If: run_if,
    ast.Import: run_import,
    ast.ImportFrom: run_import,
    ast.Match: run_match,
    ast.Nonlocal: run_nonlocal,
    ast.Raise: run_raise,
    ast.Return: run_return,
    ast.Try: run_try,
    ast.While: run_while,
    ast.With: run_with,
}
if sys.version_info >= (3, 11):
    _STATEMENTS[ast.TryStar] = run_try

LANGUAGE = Language(_EXPRESSIONS, _STATEMENTS)
