"""The functions that are tests, and how each can reach the configuration."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.trees import remembered, walk

FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef


class Access(enum.Enum):
    """How new code in a function reaches the configuration."""

    PARAMETER = "parameter"
    SELF = "self"
    NONE = "none"


@dataclass(frozen=True, eq=False)
class Test:
    """A test function: the unit of everything that follows. Nested functions belong to it.

    `obstacle` says in a sentence why the configuration cannot be reached, where it cannot.
    """

    __test__ = False  # not a test case of pytest's, whatever its name

    node: FunctionDef
    cls: ast.ClassDef | None
    source: Source
    access: Access
    obstacle: str = ""

    def holds(self, node: ast.AST | None) -> bool:
        """Whether a node is part of the test."""
        return node in self._inside

    def line(self, node: ast.AST, source: Source | None) -> str:
        """`line 12`, with the file where that is another one than the test's."""
        place = f"line {getattr(node, 'lineno', 0)}"
        elsewhere = source is not None and source is not self.source
        return f"{place} of {source.path.name}" if source and elsewhere else place

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the test, the nearer ones first."""
        return walk(self.node)

    @cached_property
    def _inside(self) -> frozenset[ast.AST]:
        return frozenset(self.nodes)

    @property
    def name(self) -> str:
        """The name with its class."""
        return full_name(self.node, self.cls)


# Decorators that leave a function's parameters to pytest.
_TRANSPARENT = (
    "pytest.mark.", "mark.", "pytest.fixture", "patch", "mock.patch", "unittest.mock.patch",
    "unittest.", "skip", "skipIf", "skipUnless", "expectedFailure", "requires", "flaky",
    "staticmethod", "classmethod", "asyncio", "trio", "anyio",
)  # fmt: skip


def find_tests(source: Source, suite: Suite) -> Iterator[Test]:
    """Every test function of a module, as pytest and unittest would collect it."""
    for node, cls in defined_tests(source.tree):
        access, obstacle = _access(node, cls, source, suite)
        yield Test(node, cls, source, access, obstacle)


def defined_tests(tree: ast.Module) -> Iterator[tuple[FunctionDef, ast.ClassDef | None]]:
    """The same as they stand in the text, each with its class."""
    for statement in tree.body:
        yield from _tests_in(statement, None)


def full_name(node: FunctionDef, cls: ast.ClassDef | None) -> str:
    """The name of a test with its class."""
    return f"{cls.name}.{node.name}" if cls else node.name


def _tests_in(
    statement: ast.stmt, cls: ast.ClassDef | None
) -> Iterator[tuple[FunctionDef, ast.ClassDef | None]]:
    if isinstance(statement, FunctionDef):
        if statement.name.startswith("test"):
            yield statement, cls
    elif isinstance(statement, ast.ClassDef):
        for inner in statement.body:
            yield from _tests_in(inner, statement)
    elif isinstance(statement, ast.If | ast.Try):
        for inner in (*statement.body, *statement.orelse):
            yield from _tests_in(inner, cls)


def _access(
    node: FunctionDef, cls: ast.ClassDef | None, source: Source, suite: Suite
) -> tuple[Access, str]:
    wrapper = _wrapper(node, source, suite)
    arguments = node.args
    if cls is not None:
        first = [*arguments.posonlyargs, *arguments.args][:1]
        if any(_dotted(d) in ("staticmethod", "classmethod") for d in node.decorator_list):
            return Access.NONE, "a static or class method has no instance to carry the fixture"
        if not first:
            return Access.NONE, "the method has no `self`"
        if not cls.bases and any(getattr(s, "name", "") == "__init__" for s in cls.body):
            return Access.NONE, "pytest collects no class with an `__init__`, nor gives it fixtures"
        if first[0].arg != "self":
            return Access.NONE, f"the method's first parameter is `{first[0].arg}`, not `self`"
        if _equipped_by_loader(source.tree):
            return (
                Access.NONE,
                "`load_tests`, which pytest does not call, gives the classes attributes",
            )
        # The fixture sits on the instance, which a wrapper passes on.
        return Access.SELF, ""
    if wrapper:
        return Access.NONE, f"`@{wrapper}` wraps the function, so it may not take fixtures"
    if arguments.vararg or arguments.kwarg:
        return Access.NONE, "a function with `*args` or `**kwargs` gets no fixtures"
    return Access.PARAMETER, ""


@remembered
def _equipped_by_loader(tree: ast.Module) -> bool:
    """Whether unittest's loader gives classes more than tests: no other runner can run them."""
    return any(
        isinstance(node, ast.Call)
        and _dotted(node.func) == "setattr"
        and not any("test" in ast.unparse(name) for name in node.args[1:2])
        for statement in tree.body
        if isinstance(statement, ast.FunctionDef) and statement.name == "load_tests"
        for node in ast.walk(statement)
    )


def _wrapper(node: FunctionDef, source: Source, suite: Suite) -> str:
    """The first decorator that may stand between pytest and the function's parameters."""
    for decorator in node.decorator_list:
        dotted = _dotted(decorator)
        found = suite.find(source, dotted.partition(".")[0])
        if found is not None and found.node is None:
            dotted = found.full_name(dotted)
        elif found is not None and isinstance(found.node, ast.expr):
            dotted = _dotted(found.node)  # `needs_db = pytest.mark.skipif(...)`
        if "given" in dotted.split("."):
            return dotted
        if not dotted.startswith(_TRANSPARENT):
            return dotted
    return ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _dotted(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    return ""
