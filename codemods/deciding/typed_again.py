"""The count's number once more, where nothing shows that it is another one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from chaos_migrate.codemods import units
from chaos_migrate.codemods.deciding.coincidences import NO_COINCIDENCE
from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.trees import code_of, last_name


def typed_again(
    group: Group, moving: Iterable[Group], context: Context, counts: Iterable[Symbol]
) -> Refused | None:
    """The count's number once more, in arithmetic or a comparison that was not followed.

    The other `counts` of the test, and what moves along with them, have a decision of their own.
    """
    known = {copy.symbol.node for each in moving for copy in each.copies}
    known |= {bound.literal for each in moving for bound in each.bounds}
    known |= set(_accounted(context)) | {symbol.node for symbol in counts}
    values = {symbol.value for symbol in group.symbols if not symbol.adaptive}
    telling = {value for value in values if value >= NO_COINCIDENCE}
    for parent in context.test.nodes:
        if isinstance(parent, ast.BinOp):
            sides = [parent.left, parent.right]
        elif isinstance(parent, ast.Compare):
            sides = [parent.left, *parent.comparators]
        elif isinstance(parent, ast.Call):
            data = [*parent.args, *(keyword.value for keyword in parent.keywords)]
            if any(isinstance(d, ast.List | ast.Tuple) and len(d.elts) in values for d in data):
                last = last_name(parent.func)
                if last not in ("gather", "wait", "Thread", "submit", "isinstance"):
                    reason = f"`{last}(...)` is given as many things as there are trials"
                    return Refused("CHM411", reason, parent)
            for few in (d for d in data if isinstance(d, ast.List | ast.Tuple) and len(d.elts) < 4):
                if _holds(few.elts, telling, known):
                    reason = f"`{ast.unparse(few)}` holds the same number: it may be a size of it"
                    return Refused("CHM409", reason, parent)
            stop = parent.args[1:2] or parent.args
            if code_of(parent.func) == "range" and _holds(stop, values, known):
                reason = f"`{ast.unparse(parent)}` goes as far, and would stay"
                return Refused("CHM411", reason, parent)
            continue
        elif isinstance(parent, ast.Slice):
            sides = [n for n in (parent.lower, parent.upper, parent.step) if n is not None]
        else:
            continue
        scale = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult | ast.Div)
        repeats = scale and any(isinstance(side, ast.List | ast.Tuple) for side in sides)
        for side in sides:
            if not isinstance(side, ast.Constant) or side in known:
                continue
            if repeats and type(side.value) is int and {side.value - 1, side.value + 1} & values:
                reason = f"`{ast.unparse(parent)}` is as long as there are trials, but for one"
                return Refused("CHM409", reason, parent)
            if side.value not in values or isinstance(side.value, bool):
                continue
            if (
                scale
                and side.value in units.OF_NUMBERS
                and not (
                    isinstance(parent, ast.BinOp)
                    and isinstance(parent.op, ast.Div)
                    and side.value == 100
                )
            ):
                continue
            reason = f"`{ast.unparse(parent)}` holds the same number: it may have to move along"
            return Refused("CHM409", reason, parent)
    return None


def _holds(nodes: Iterable[ast.expr], values: set[int], known: set[ast.expr]) -> bool:
    """Whether one of the nodes is one of the numbers and has no decision of its own."""
    constants = (n for n in nodes if isinstance(n, ast.Constant) and n not in known)
    return any(type(n.value) is int and n.value in values for n in constants)


def _accounted(context: Context) -> Iterator[ast.expr]:
    """Literals of judgements that were followed, or that judge something else."""
    for judgement in context.judgements:
        for node in (judgement.left_node, judgement.right_node):
            if node is not None:
                yield node
