"""One judgement put to one group, turned so that the side that counts is on the left."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from chaos_migrate.codemods.deciding.verdicts import WHOLE, Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Value
from chaos_migrate.codemods.reading.assertions import comparison
from chaos_migrate.codemods.reading.notes import Judgement

_FLIPPED: dict[type, type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
UPPER = (ast.Lt, ast.LtE)
LOWER = (ast.Gt, ast.GtE)
# What `--unsafe-fixes` does with a refusal that can be overruled.
SUGGESTION = "scale the count and leave this assertion as it is (--unsafe-fixes)"


@dataclass(frozen=True, eq=False)
class Question:
    """One judgement put to one group: the side that counts, the operator, the bound."""

    judgement: Judgement
    group: frozenset[Symbol]
    value: Value
    operator: ast.cmpop | None
    bound: Value | None
    value_node: ast.expr
    bound_node: ast.expr | None
    concurrent: bool
    policies: frozenset[int]
    single: bool
    siblings: tuple[Judgement, ...] = ()
    nests: tuple[Amount, ...] = ()

    @property
    def text(self) -> str:
        """The judgement as the author wrote it."""
        judgement = self.judgement
        return comparison(judgement.left_node, judgement.operator, judgement.right_node)

    def refused(self, code: str, reason: str) -> Refused:
        """A refusal at this judgement."""
        line = self.judgement.statement.lineno
        return Refused(code, f"{reason} (`{self.text}`, line {line})", self.judgement.left_node)

    def left_alone(self, code: str, reason: str, advice: str = "") -> Refused:
        """A refusal, with the suggestion to scale the count and leave this judgement as it is."""
        advice = f"{advice}, or {SUGGESTION}" if advice else SUGGESTION
        return replace(self.refused(code, reason), advice=advice, instead=WHOLE)


def turned(judgement: Judgement) -> Judgement:
    """The same judgement with its sides exchanged: `2 >= x` for `x <= 2`."""
    if judgement.right is None or judgement.right_node is None:
        return judgement
    flipped = _FLIPPED.get(type(judgement.operator))
    return replace(
        judgement,
        left=judgement.right,
        right=judgement.left,
        left_node=judgement.right_node,
        right_node=judgement.left_node,
        operator=flipped() if flipped is not None else judgement.operator,
    )


def ask(
    judgement: Judgement,
    group: frozenset[Symbol],
    concurrent: bool,
    policies: frozenset[int],
    single: bool = False,
    siblings: tuple[Judgement, ...] = (),
    nests: tuple[Amount, ...] = (),
) -> Question:
    """The question with the side that depends on the group on the left.

    `single` says that another judgement expects exactly one event of the same trials; `nests` are
    the products of a count of the group and those of the loops in it.
    """
    left, right = judgement.left, judgement.right
    turn = right is not None and (
        (right.deps & group and not left.deps & group)
        or (right.deps & left.deps & group and _plainness(left) > _plainness(right))
    )
    asked = turned(judgement) if turn else judgement
    return Question(
        judgement, group, asked.left, asked.operator, asked.right, asked.left_node,
        asked.right_node, concurrent, policies, single, siblings, nests,
    )  # fmt: skip


def _plainness(value: Value) -> int:
    """How plainly a side is just the count: it is the bound, the other side is judged."""
    if isinstance(value, Amount):
        return 2 if value.exact else 1
    return 0
