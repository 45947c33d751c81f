"""Reading a test from top to bottom: what each name counts, and what each assertion judges.

This is an abstract execution. A loop's body is read once, inside a frame that stands for all its
trials; a function of the suite is read where it is called or started as a thread or task, so that
its events are counted in the loops that are open there. Recorder objects need no rule of their
own: reading `record_error()` in a loop shows what it counts.
"""

from __future__ import annotations

import ast

from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.reading.blocks import run_block
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.defaults import note_fixture
from chaos_migrate.codemods.reading.language import LANGUAGE
from chaos_migrate.codemods.reading.quantities import Instance, Names, Scope
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import code_of


def read_test(test: Test, suite: Suite) -> Context:
    """Everything that is to be known of one test before anything is decided."""
    context = _context(test, suite)
    _read(context)
    if context.changed & context.asked or context.raised:
        # What objects keep from trial to trial, and why a trial raises, is only known at the end.
        again = _context(test, suite)
        again.changing = frozenset(context.changed)
        again.raising = context.raised
        _read(again)
        return again
    return context


def _context(test: Test, suite: Suite) -> Context:
    return Context(test, suite, LANGUAGE, Scope(test.node, test.source))


def _read(context: Context) -> None:
    test = context.test
    arguments = test.node.args
    patched = sum(map(_patches, test.node.decorator_list))
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == "self" and test.cls is not None:
            context.bind("self", Instance(test.cls, test.source, Names(), ()))
            continue
        given = context.opaque()
        context.bind(argument.arg, given)
        if patched > 0:  # the mocks of the decorators come first
            patched -= 1
            context.watchers.append(given.taint)
        else:
            note_fixture(context, argument.arg, given.taint)
    context.active.append(test.node)
    context.returns.append([])
    run_block(context, test.node.body)


def _patches(decorator: ast.expr) -> bool:
    """Whether a decorator gives a mock: `@patch("app.send")`, with nothing else to put there."""
    if not isinstance(decorator, ast.Call) or "patch" not in code_of(decorator.func).split("."):
        return False
    replaced = len(decorator.args) > (2 if code_of(decorator.func).endswith(".object") else 1)
    return not replaced and all(keyword.arg != "new" for keyword in decorator.keywords)
