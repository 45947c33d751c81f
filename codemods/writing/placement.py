"""Where a new line can stand so that everything that reads it comes after it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chaos_migrate.codemods.functions import Test
from chaos_migrate.codemods.trees import children

# The blocks of whatever has any; an expression's `body` is none.
_BLOCKS = {
    kind: tuple(name for name in ("body", "orelse", "finalbody") if name in kind._fields)
    for kind in (
        ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While,
        ast.If, ast.With, ast.AsyncWith, ast.Try, ast.ExceptHandler, ast.match_case,
        *([ast.TryStar] if hasattr(ast, "TryStar") else []),
    )
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Step:
    """One level of the way to a node: a block, and the statement of it that leads on."""

    block: list[ast.stmt]
    index: int

    @property
    def statement(self) -> ast.stmt:
        """The statement on the way."""
        return self.block[self.index]


class Places:
    """The statements of one test, and the way to every node in it."""

    def __init__(self, test: Test) -> None:
        self._test = test
        self._ways: dict[ast.AST, tuple[Step, ...]] = {}
        self._walk_block(test.node.body, ())

    def _walk_block(self, block: list[ast.stmt], way: tuple[Step, ...]) -> None:
        for index, statement in enumerate(block):
            self._walk([statement], (*way, Step(block, index)))

    def _walk(self, nodes: list[ast.AST], way: tuple[Step, ...]) -> None:
        for node in nodes:  # which grows on the way
            self._ways[node] = way
            blocks = _BLOCKS.get(node.__class__)
            if blocks is None:
                nodes += children(node)
                continue
            nodes += [child for child in children(node) if not isinstance(child, ast.stmt)]
            for name in blocks:
                self._walk_block(getattr(node, name), way)

    def holds(self, node: ast.AST) -> bool:
        """Whether the node is part of the test's body."""
        return node in self._ways

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around a node."""
        return self._ways[node][-1].statement

    def before(self, nodes: list[ast.AST]) -> ast.stmt:
        """The first statement of the innermost block that contains all the nodes."""
        ways = [self._ways[node] for node in nodes]
        depth = 0
        while all(len(way) > depth for way in ways) and (
            len({id(way[depth].block) for way in ways}) == 1
        ):
            depth += 1
        steps = [way[depth - 1] for way in ways]
        return min(steps, key=lambda step: step.index).statement

    def reaches(self, definition: ast.stmt, use: ast.AST) -> bool:
        """Whether the statement is run before the use, whenever the use is reached."""
        where = self._ways[definition][-1]
        for step in self._ways.get(use, ()):
            if step.block is where.block:
                return step.index > where.index
        return False

    def on_own_line(self, statement: ast.stmt) -> bool:
        """Whether nothing but white space stands before a statement on its line."""
        definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        if isinstance(statement, definition) and statement.decorator_list:
            return True
        before = self._test.source.line_bytes(statement.lineno)[: statement.col_offset]
        return not before.strip()

    def names(self) -> dict[str, list[ast.AST]]:
        """Every name that the test binds or reads, with the nodes that bind it."""
        names: dict[str, list[ast.AST]] = {}
        for node in self._test.nodes:
            if isinstance(node, ast.Name):
                bound = names.setdefault(node.id, [])
                if not isinstance(node.ctx, ast.Load):
                    bound.append(node)
            elif isinstance(node, ast.arg):
                names.setdefault(node.arg, []).append(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.alias):
                names.setdefault(node.asname or node.name, []).append(node)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                names.setdefault(node.name, []).append(node)
        return names
