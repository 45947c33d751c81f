"""What scales already in a file: counts, and the thresholds that follow them.

This is read off the text alone, so that a person who counts comes to the same numbers: a count is
an expression like `chaos_config.scaled(10)` or `max(5, int(10 * chaos_config.load_multiplier))`;
a threshold is one side of an assertion that is computed from nothing but such counts, or a call
like `chaos_config.time_limit(5)` anywhere else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaos_migrate.codemods.following import Scope, statements_of
from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.adaptive import adaptive_count, adaptive_method, at_load
from chaos_migrate.codemods.reading.assertions import (
    Part,
    assertion_parts,
    comparison,
    unittest_assertion,
)
from chaos_migrate.fixtures_templates import bounds


@dataclass(frozen=True, eq=False)
class Converted:
    """One number that scales already; `code` is what it is computed by.

    `assertion` is the comparison that a threshold decides, empty for a count.
    """

    node: ast.expr
    code: str
    assertion: str = ""

    @property
    def line(self) -> int:
        """Where it stands, 1-based."""
        return self.node.lineno

    def at(self, multiplier: float) -> float | None:
        """What a count is at a load multiplier, None where its text alone does not say."""
        node = self.node
        if isinstance(node, ast.Call) and adaptive_method(node) == "scaled":
            numbers = [at_load(n, 1) for n in (*node.args, *(k.value for k in node.keywords))]
            n, floor = (*numbers, None)[:2] if numbers else (None, None)
            if n is None or (len(numbers) > 1 and floor is None):
                return None
            return bounds.scaled(int(n), multiplier, None if floor is None else int(floor))
        return at_load(node, multiplier)


def find_converted(tree: ast.Module) -> tuple[list[Converted], list[Converted]]:
    """The counts and the thresholds of a file that scale already, in the order of the text."""
    thresholds: list[Converted] = []
    told: set[ast.AST] = set()
    for threshold, value in _in_block(tree.body, Scope.of_module(tree)):
        thresholds.append(threshold)
        told.update(ast.walk(threshold.node))
        told.update(node for node in ast.walk(value) if _bounds(node))
    counts: list[Converted] = []
    for node in _outermost(tree, told):
        code = ast.unparse(node)
        if _bounds(node):
            thresholds.append(Converted(node, code, code))
        else:
            counts.append(Converted(node, code))
    return sorted(counts, key=_place), sorted(thresholds, key=_place)


def _in_block(body: list[ast.stmt], scope: Scope) -> Iterator[tuple[Converted, ast.expr]]:
    """The thresholds of assertions, each with what the side is computed by in the end."""
    for statement in statements_of(body):
        for part in _assertion(statement):
            sides = [side for side in (part.right, part.left) if side is not None]
            bound = next((side for side in sides if scope.follows(side)), None)
            if bound is not None and part.right is not None:
                value = scope.names.get(ast.unparse(bound), bound)
                shown = bound if _counts(value) else value
                assertion = comparison(part.left, part.operator, part.right)
                yield Converted(bound, ast.unparse(shown), assertion), value
        if isinstance(statement, FunctionDef):
            yield from _in_block(statement.body, scope.within(statement.body))
        elif isinstance(statement, ast.ClassDef):
            attributes = scope.copy()
            for method in statement.body:
                if isinstance(method, FunctionDef):
                    held = scope.within(method.body).names
                    own = {name: held[name] for name in held if name.startswith("self.")}
                    attributes.names.update(own)
            yield from _in_block(statement.body, attributes)


def _assertion(statement: ast.stmt) -> Iterable[Part]:
    if isinstance(statement, ast.Assert):
        return assertion_parts(statement.test)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return unittest_assertion(statement.value) or ()
    return ()


def _outermost(node: ast.AST, told: set[ast.AST]) -> Iterator[ast.expr]:
    """The largest expressions that scale, outside of messages and of what was told already."""
    if node in told or isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.expr) and (_bounds(node) or _counts(node)):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child, told)


def _counts(node: ast.expr) -> bool:
    """Whether an expression is a count that scales."""
    return adaptive_method(node) == "scaled" or adaptive_count(node) is not None


def _bounds(node: ast.AST) -> bool:
    """Whether an expression is a call for a threshold."""
    return isinstance(node, ast.Call) and adaptive_method(node) not in (None, "scaled")


def _place(converted: Converted) -> tuple[int, int]:
    return converted.node.lineno, converted.node.col_offset
