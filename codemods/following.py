"""Which names of a test follow counts that scale: by plain arithmetic, read off the text."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from chaos_migrate.codemods.functions import FunctionDef
from chaos_migrate.codemods.reading.adaptive import adaptive_count, adaptive_method

# Functions through which a number that follows a count still follows it.
_TRANSPARENT = ("max", "min", "int", "round", "float", "len", "range", "list", "set", "sorted")


@dataclass(frozen=True)
class Scope:
    """The names of a function, and of the functions around it.

    `names` hold numbers that follow scaling counts, by the expressions that compute them; `fixed`
    hold plain numbers. What goes up and down anywhere in the file, `counters`, is neither.
    """

    names: dict[str, ast.expr] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    counters: frozenset[str] = frozenset()

    @classmethod
    def of_module(cls, tree: ast.Module) -> Scope:
        """The global names of a file."""
        nodes = (node for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
        return cls(counters=frozenset(ast.unparse(node.target) for node in nodes)).within(tree.body)

    def copy(self) -> Scope:
        """A scope that can grow without this one."""
        return replace(self, names=dict(self.names), fixed=set(self.fixed))

    def within(self, body: Iterable[ast.stmt]) -> Scope:
        """This scope with what a block assigns, in whichever order its statements stand."""
        inner = self.copy()
        assigned = [pair for statement in statements_of(body) for pair in _assigned(statement)]
        times = Counter(name for name, _ in assigned)
        for name in times:
            inner.names.pop(name, None)
            inner.fixed.discard(name)
        for _ in range(2):  # a name may be computed from one that is assigned further down
            for name, value in assigned:
                follows = inner.follows(value)
                if follows and not _holds_items(value):
                    inner.names[name] = value
                elif follows is False and times[name] == 1 and name not in self.counters:
                    inner.fixed.add(name)
        return inner

    def follows(self, node: ast.expr) -> bool | None:
        """Whether a number follows scaling counts; False for a fixed one, None if it is neither."""
        if isinstance(node, ast.Constant):
            return False if type(node.value) in (int, float) else None
        if adaptive_method(node) or adaptive_count(node) is not None:
            return True
        if isinstance(node, ast.Name | ast.Attribute):
            name = ast.unparse(node)
            return True if name in self.names else False if name in self.fixed else None
        if isinstance(node, ast.UnaryOp):
            return self.follows(node.operand)
        if isinstance(node, ast.BinOp):
            return self._all([node.left, node.right])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            plain = node.func.id in _TRANSPARENT and not node.keywords
            return self._all(node.args) if plain else None
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.follows(node.generators[0].iter) or None
        return None

    def _all(self, nodes: Iterable[ast.expr]) -> bool | None:
        verdicts = [self.follows(node) for node in nodes]
        return None if None in verdicts or not verdicts else any(verdicts)


def statements_of(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block and of the blocks in it; of functions and classes only the head."""
    for statement in body:
        yield statement
        if not isinstance(statement, FunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from statements_of(getattr(statement, name, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from statements_of(handler.body)


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name | ast.Attribute):
                yield ast.unparse(target), statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield ast.unparse(statement.target), statement.value


def _holds_items(node: ast.expr) -> bool:
    """Whether a name for it would stand for what the trials gave, not for a number."""
    return isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("list", "set", "sorted", "range")
    )
