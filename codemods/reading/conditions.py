"""Truth: why something holds in one trial and not in another."""

from __future__ import annotations

import ast
from fractions import Fraction

from chaos_migrate.codemods.reading.algebra import (
    Amount,
    Guard,
    GuardKind,
    Value,
    add,
    depends_on,
    repeated,
)
from chaos_migrate.codemods.reading.cases import Cases, complement
from chaos_migrate.codemods.reading.clocks import meet_deadline
from chaos_migrate.codemods.reading.containers import is_growing, read_back
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.merging import joined, mixed
from chaos_migrate.codemods.reading.notes import Policy
from chaos_migrate.codemods.reading.quantities import (
    Collection,
    Condition,
    Duration,
    Index,
    Literal,
    Rate,
    Summary,
    Unknown,
    exact_number,
    fixed_cases,
)
from chaos_migrate.codemods.reading.schedule import Schedule
from chaos_migrate.codemods.trees import code_of

WEIGHT = {
    GuardKind.STATE: 6,
    GuardKind.INDEX: 5,
    GuardKind.RELATIVE: 4,
    GuardKind.SCHEDULE: 3,
    GuardKind.RANDOM: 2,
    GuardKind.OUTCOME: 1,
}


def condition_of(context: Context, node: ast.expr) -> Condition:
    """Why `node` may be true in one trial and false in another."""
    return truth_of(context, context.evaluate(node))


def truth_of(context: Context, value: Value) -> Condition:
    """The truth of a value: of a container or a counter, whether there is any."""
    if isinstance(value, Condition):
        return value
    if isinstance(value, Literal):
        return Condition(GuardKind.OUTCOME, Cases((Fraction(bool(value.value)),)))
    if isinstance(value, Unknown):
        if value.carried:
            return Condition(GuardKind.STATE, None, value.deps)
        if value.drawn:
            return Condition(GuardKind.RANDOM, None, value.deps)
        if value.index:
            return Condition(GuardKind.RELATIVE, None, value.deps)
    if isinstance(value, Collection):
        if is_growing(context, value):
            return Condition(GuardKind.STATE, None, value.deps)
        certain = value.size is not None and value.size.exact
        return Condition(
            GuardKind.OUTCOME, None, value.deps, True, certain, subject=value.size
        )  # fmt: skip
    if isinstance(value, Amount):
        return Condition(GuardKind.OUTCOME, None, value.deps, True, value.exact, subject=value)
    if isinstance(value, Index):
        kind = GuardKind.SCHEDULE if value.period else GuardKind.INDEX
        return Condition(kind, None, value.deps)
    return Condition(GuardKind.OUTCOME, None, value.deps)


def read_comparison(context: Context, node: ast.Compare) -> Value:
    """`a < b`: why it may differ from trial to trial."""
    values = [context.evaluate(node.left), *(context.evaluate(n) for n in node.comparators)]
    depends = depends_on(values)
    ordered = all(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    extreme = ordered and any(
        isinstance(v, Duration) or (isinstance(v, Amount) and v.terms and not v.constant
                                    and not v.exact)
        for v in values
    )  # fmt: skip
    if len(values) != 2:
        kind = truth_of(context, mixed(*values)).kind
        return Condition(kind, None, depends, extreme=extreme)
    left, right = values
    meet_deadline(context, node, left, right)
    operator = node.ops[0]
    for one, other, forward in ((left, right, True), (right, left, False)):
        if isinstance(one, Unknown) and one.uniform:
            chance = fixed_cases(other)
            if chance is not None and isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                below = isinstance(operator, ast.Lt | ast.LtE) == forward
                drawn = one.draw if below else 0
                chance = chance if below else complement(chance)
                return Condition(GuardKind.RANDOM, chance, depends, draw=drawn)
        if isinstance(one, Index) or (isinstance(one, Unknown) and one.index):
            return _index_condition(context, node, one, other, operator)
    for value in values:
        if isinstance(value, Collection) and isinstance(operator, ast.In | ast.NotIn):
            read_back(context, value)
        if isinstance(value, Collection) and is_growing(context, value):
            return Condition(GuardKind.STATE, None, depends)
    kind = truth_of(context, mixed(*values)).kind
    if kind is GuardKind.STATE and ordered:
        _note_limit(context, node, values)
    existence = _is_existence(left, operator, right)
    certain = isinstance(left, Summary | Duration) or (isinstance(left, Amount) and left.exact)
    extreme = extreme and not existence
    return Condition(kind, None, depends, existence, certain, extreme, left if existence else None)


def _index_condition(
    context: Context, node: ast.Compare, index: Value, other: Value, operator: ast.cmpop
) -> Condition:
    value = exact_number(other)
    if isinstance(index, Index):
        of = index.of
        if index.period is not None:
            if isinstance(operator, ast.Eq) and value is not None:
                return Condition(GuardKind.SCHEDULE, Schedule(index.period, int(value)))
            return Condition(GuardKind.SCHEDULE, None)
    else:
        assert isinstance(index, Unknown)
        of = index.index
    if other.deps & of:
        if other.deps - of:
            reason = f"`{ast.unparse(node)}` singles out a fixed number of trials"
            context.hazard("CHM411", of, reason, node)
        return Condition(GuardKind.RELATIVE, None, other.deps)
    fixed = isinstance(other, Amount | Literal | Collection)
    if fixed and not (value is not None and value <= 0):
        reason = f"`{ast.unparse(node)}` compares the loop's index with a fixed value"
        context.hazard("CHM411", of, reason, node)
    return Condition(GuardKind.INDEX, None, other.deps)


def _note_limit(context: Context, node: ast.Compare, values: list[Value]) -> None:
    """`if self.active >= 10` while trials change it: the code that they call has a limit.

    What a container holds (`len(entries) >= 10`) stays there when a trial is over.
    """
    held = any(isinstance(n, ast.Call) and code_of(n.func) == "len"
               for n in (node.left, *node.comparators))  # fmt: skip
    for value in values:
        if isinstance(value, Amount) and value.symbol is not None:
            limit = Policy(
                value.symbol, ast.unparse(node), "limit", shared=held, gate=not held, compared=True
            )
            context.policies.append(limit)


def _is_existence(left: Value, operator: ast.cmpop, right: Value) -> bool:
    """`> 0`, `>= 1`, `!= 0`, and "enough for a deviation": `len(samples) > 1`."""
    bound = exact_number(right)
    counted = isinstance(left, Amount | Collection | Unknown | Summary | Duration | Rate)
    if not counted or bound is None:
        return False
    if isinstance(operator, ast.Gt):
        return 0 <= bound <= 1
    if isinstance(operator, ast.NotEq):
        return bound == 0
    return isinstance(operator, ast.GtE) and 1 <= bound <= 2


def read_connective(context: Context, node: ast.BoolOp) -> Value:
    """`a and b`, `a or b`; `x or 1` as a denominator is x."""
    values = [context.evaluate(value) for value in node.values]
    if isinstance(node.op, ast.Or) and len(values) == 2 and exact_number(values[1]) == 1:
        return values[0]
    conditions = [truth_of(context, value) for value in values]
    depends = depends_on(conditions)
    existence = all(condition.existence for condition in conditions)
    kind = max((c.kind for c in conditions), key=lambda k: WEIGHT.get(k, 0))
    return Condition(kind, None, depends, existence)


def read_choice(context: Context, node: ast.IfExp) -> Value:
    """`a if test else b`."""
    condition = condition_of(context, node.test)
    body, orelse = context.evaluate(node.body), context.evaluate(node.orelse)
    if condition.existence and isinstance(orelse, Literal | Amount) and not orelse.deps:
        return body
    if isinstance(body, Amount) and isinstance(orelse, Amount):
        branch = context.next_id()
        arms = [
            Guard(branch, arm, 2, condition.kind, condition.data, condition.draw) for arm in (0, 1)
        ]
        return add(repeated(body, (), (arms[0],)), repeated(orelse, (), (arms[1],)))
    return joined(body, orelse, condition.deps)
