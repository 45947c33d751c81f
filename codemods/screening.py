"""Which tests are worth reading: those in whose reach something is counted, or bounded in vain.

Reading is the dearest part of planning, and most tests give it nothing to say. All that it can say
begins with a number of trials, which only a few forms of code give, or with a bound; and whatever
code a reading comes to is named in the code that it comes from. So the names are enough to know
where there is nothing to find, without following a single value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Place, Suite
from chaos_migrate.codemods.trees import remembered, walk

_WORD = re.compile(r"[^\W\d]\w*")
# Without one of these in its text, code holds nothing that `_counts_or_bounds`.
_SPELLED = re.compile(r"\brange\b|\bwhile\b|[*<>]|assert(?:Less|Greater)")
_INEQUALITIES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(eq=False)
class Screen:
    """The tests of one suite; of the code that leads nowhere a class's other tests need not ask."""

    suite: Suite
    _nowhere: dict[ast.ClassDef | None, set[ast.AST]] = field(default_factory=dict)

    def passes(self, test: Test) -> bool:
        """Whether anything could be said of a number of the test."""
        nowhere = self._nowhere.setdefault(test.cls, set())
        seen: set[ast.AST] = {test.node}
        pending: list[Place] = [(test.source, test.node)]
        for source, node in pending:  # which grows on the way
            text = source.lines_of(node)
            if _SPELLED.search(text) and _counts_or_bounds(node):
                return True
            for place in self._named(text, source, test):
                if place[1] not in seen and place[1] not in nowhere:
                    seen.add(place[1])
                    pending.append(place)
        nowhere |= seen
        return False

    def _named(self, text: str, source: Source, test: Test) -> Iterator[Place]:
        """The code of the suite that a text names: global code, and that of the test's class."""
        words = set(_WORD.findall(text))
        for word in words & self.suite.names(source).keys():
            found = self.suite.find(source, word)
            if found is not None and found.node is not None:
                yield found.source, found.node
        if test.cls is not None:
            attributes = self.suite.attributes(test.source, test.cls)
            for word in words & attributes.keys():
                yield from attributes[word]


@remembered
def _counts_or_bounds(block: ast.AST) -> bool:
    """Whether a number of trials, or a bound that nothing may be able to fail, begins in code."""
    for node in walk(block):
        begins = _BEGINNINGS.get(node.__class__)
        if begins is not None and begins(node):
            return True
    return False


def _repeats(node: ast.BinOp) -> bool:
    """`[0] * 10` and `lines * 10` have a size, unlike `"x" * 10` and `x * y`."""
    if not isinstance(node.op, ast.Mult):
        return False
    one, other = node.left, node.right
    if isinstance(one, ast.List | ast.Tuple) or isinstance(other, ast.List | ast.Tuple):
        return True
    if isinstance(one, ast.Constant):
        one, other = other, one
    number = isinstance(other, ast.Constant) and isinstance(other.value, int) and other.value > 2
    return number and isinstance(one, ast.Name | ast.Attribute)


def _judges(node: ast.Call) -> bool:
    """`self.assertLess(...)`, `self.assertTrue(a < b)`."""
    function = node.func
    if not isinstance(function, ast.Attribute) or not function.attr.startswith("assert"):
        return False
    return function.attr.startswith(("assertLess", "assertGreater")) or _holds_inequality(node)


def _holds_inequality(node: ast.AST) -> bool:
    return any(
        isinstance(operator, _INEQUALITIES)
        for inner in walk(node)
        if isinstance(inner, ast.Compare)
        for operator in inner.ops
    )


_BEGINNINGS: dict[type[ast.AST], Callable[[Any], bool]] = {
    ast.Assert: _holds_inequality,
    ast.BinOp: _repeats,
    ast.Call: _judges,
    ast.Name: lambda node: node.id == "range",
    ast.While: lambda node: not isinstance(node.test, ast.Constant),
}
