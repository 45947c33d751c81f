"""What is known at one place of both programs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from chaos_migrate.codemods.proving.code import is_pure
from chaos_migrate.codemods.proving.known import Known


@dataclass(frozen=True)
class Place:
    """What is known at one place of both programs.

    `taken` are the names of the old function around it, which no added line may use, and `bound`
    those of the new one that surely have a value.
    """

    old: Known
    new: Known
    in_function: bool = False
    taken: frozenset[str] = frozenset()
    bound: set[str] = field(default_factory=set)

    def copy(self) -> Place:
        """The same place, for a block that may not run."""
        return replace(self, old=self.old.copy(), new=self.new.copy(), bound=set(self.bound))

    def in_comprehension(self, old: ast.expr, new: ast.expr) -> Place:
        """Inside of two comprehensions."""
        olds, news = _generators(old), _generators(new)
        known = self.old.in_comprehension(olds), self.new.in_comprehension(news)
        return replace(self, old=known[0], new=known[1])


def _generators(node: ast.expr) -> list[ast.comprehension]:
    generators: list[ast.comprehension] = getattr(node, "generators", [])
    return generators


def is_at_hand(node: ast.expr, evaluated: set[str], place: Place) -> bool:
    """Whether showing `node` can neither fail nor change anything."""
    if isinstance(node, ast.Name):
        return node.id in place.bound or ast.dump(node) in evaluated
    if isinstance(node, ast.Attribute) and ast.unparse(node) in place.new.values:
        return True
    return ast.dump(node) in evaluated and is_pure(node)
