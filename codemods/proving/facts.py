"""What is true of a whole module, and which names a scope binds."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chaos_migrate.codemods.proving.numbers import FUNCTIONS

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SETUPS = {"__init__", "setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class"}


@dataclass(frozen=True)
class Facts:
    """What is true of a whole module.

    `shared` are variables that one scope binds for another (`global`; inside of a function also
    `nonlocal`), `moving` are attributes that change after a test is set up, `shadowed` are
    builtins that get another meaning.
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
            elif isinstance(node, ast.FunctionDef) and node.name in _SETUPS:
                moving.subtract(_stored_attributes(node))
            bound.update(_bound_here(node))
        shadowed = FUNCTIONS.keys() & bound
        return cls(frozenset(shared), frozenset(+moving), frozenset(shadowed))

    def within(self, node: FunctionNode) -> Facts:
        """The facts inside a function: its own may rebind its variables, it may hide builtins."""
        inner = {
            name for part in ast.walk(node) if isinstance(part, ast.Nonlocal) for name in part.names
        }
        parameters = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
        hidden = FUNCTIONS.keys() & parameters
        if not inner and not hidden:
            return self
        return replace(self, shared=self.shared | inner, shadowed=self.shadowed | hidden)


def _stored_attributes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node.attr


def bindings(nodes: Iterable[ast.AST]) -> Counter[str]:
    """How often the names of one scope are bound in it; what is bound in a loop counts twice."""
    counter: Counter[str] = Counter()
    for node in nodes:
        counter.update(_bindings_of(node))
    return counter


def _bindings_of(node: ast.AST) -> Counter[str]:
    """The same of one node; it is asked for again in every block around it, and kept with it."""
    known: Counter[str] | None = getattr(node, _KEPT, None)
    if known is None:
        known = Counter()
        _count(node, 1, known)
        setattr(node, _KEPT, known)
    return known


_KEPT = "_bindings"


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
    children = ast.iter_child_nodes(node)
    if isinstance(node, ast.Lambda):
        return iter(())
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (child for child in children if not isinstance(child, (ast.stmt, ast.arguments)))
    if isinstance(node, ast.comprehension):
        return (child for child in children if child is not node.target)
    return children
