"""How far the migration of one file is: the state of each test, what scales, what is refused."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass

from chaos_migrate.codemods.converted import Converted, find_converted
from chaos_migrate.codemods.functions import FunctionDef, defined_tests, full_name
from chaos_migrate.codemods.plan import Action, Plan, Site
from chaos_migrate.codemods.source import Source


class State(enum.Enum):
    """Where a test stands; each test is in one state, the first of these that holds.

    A test of which a part is converted and the rest waits is pending; one of which a part is
    converted and the rest refused needs a person.
    """

    PENDING = "pending"
    PERSON = "needs a person"
    ADAPTIVE = "adaptive"
    NOTHING = "nothing to scale"


@dataclass(frozen=True)
class TestProgress:
    """A test by its name and 1-based line."""

    __test__ = False  # not a test case of pytest's, whatever its name

    name: str
    line: int
    state: State


@dataclass(frozen=True)
class FileProgress:
    """The facts of one file: `refused` are the numbers that are left for a person."""

    tests: tuple[TestProgress, ...]
    counts: tuple[Converted, ...]
    thresholds: tuple[Converted, ...]
    refused: tuple[Site, ...]


def progress_of(source: Source, plan: Plan) -> FileProgress:
    """How far a file is; `plan` is what a migration would do to it now."""
    counts, thresholds = find_converted(source.tree)
    adaptive = _Adaptive(source.tree, [converted.node for converted in (*counts, *thresholds)])
    planned = {(test.name, test.line): test for test in plan.tests}
    tests = []
    for node, cls in defined_tests(source.tree):
        name = full_name(node, cls)
        test = planned.get((name, node.lineno))
        if test is not None and test.has(Action.REWRITE):
            state = State.PENDING
        elif test is not None and any(_refused_group(site) for site in test.sites):
            state = State.PERSON
        else:
            state = State.ADAPTIVE if adaptive.holds(node) else State.NOTHING
        tests.append(TestProgress(name, node.lineno, state))
    refused = tuple(plan.by_action(Action.REVIEW))
    return FileProgress(tuple(tests), tuple(counts), tuple(thresholds), refused)


def _refused_group(site: Site) -> bool:
    """Whether a number stays that looks like load; a remark on an assertion holds nothing back."""
    return site.action is Action.REVIEW and site.group is not None


class _Adaptive:
    """The functions that scale: by a number in them, or by a helper of the file that they use."""

    def __init__(self, tree: ast.Module, converted: list[ast.expr]) -> None:
        self._inside = set(converted)
        tests = {node for node, _ in defined_tests(tree)}
        helpers = [node for node in ast.walk(tree) if isinstance(node, FunctionDef)]
        helpers = [node for node in helpers if node not in tests]
        self._names: set[str] = set()
        for name, node in _module_names(tree):
            if self._inside.intersection(ast.walk(node)):
                self._names.add(name)
        for helper in (*helpers, *helpers):  # twice: a helper may use one that is defined below it
            if self.holds(helper):
                self._names.add(helper.name)
                self._names.update(_attributes_set(helper))

    def holds(self, function: FunctionDef) -> bool:
        """Whether anything in the function scales."""
        return any(
            node in self._inside
            or (isinstance(node, ast.Name) and node.id in self._names)
            or (isinstance(node, ast.Attribute) and node.attr in self._names)
            or (isinstance(node, ast.arg) and node.arg in self._names)
            for node in ast.walk(function)
        )


def _module_names(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement.value


def _attributes_set(function: FunctionDef) -> Iterator[str]:
    """The attributes that a helper leaves on its object: a setup method's counts."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
