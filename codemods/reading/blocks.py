"""Blocks of statements."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Guard
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Exit, Flow


class OpenGuards:
    """The guards that early exits have put on the rest of a block, which they are open for."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._outside = len(context.stack)
        self.last: Guard | None = None

    def __enter__(self) -> OpenGuards:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close(self._outside)

    def add(self, node: ast.AST, guard: Guard) -> None:
        """Everything after `node` stands under `guard`."""
        self._context.open(self._context.guard_frame(node, guard))
        self.last = guard


def run_block(context: Context, body: list[ast.stmt]) -> Flow:
    """Run statements in order; after a guarded exit the rest stands under its guard."""
    with OpenGuards(context) as guards:
        for statement in body:
            flow = context.run(statement)
            if isinstance(flow, Exit):
                return flow
            if isinstance(flow, Guard):
                guards.add(statement, flow)
        return guards.last
