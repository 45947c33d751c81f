"""Every judgement and time limit put to a group."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction

from chaos_migrate.codemods.deciding.asides import lengthened
from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import ask
from chaos_migrate.codemods.deciding.rates import denominator
from chaos_migrate.codemods.deciding.table import decide
from chaos_migrate.codemods.deciding.verdicts import Bound, Copy, Free, Refused, Verdict
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Term, number, of_symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Duration, Opaque, Rate, Unknown
from chaos_migrate.codemods.trees import remembered


def judged(group: Group, context: Context, unsafe: bool) -> Refused | None:
    """Put every judgement to the group, and write down what moves with it.

    `unsafe` takes the suggestions of refusals that make one.
    """
    concurrent = any(count.concurrent for count in group.counts)
    policies = frozenset(
        policy.symbol.value
        for policy in context.policies
        if policy.symbol not in group.symbols
        and policy.shared
        and context.test.holds(policy.symbol.node)
    )
    single = any(
        isinstance(judgement.operator, ast.Eq)
        and judgement.deps & group.symbols
        and number(1) in (judgement.left, judgement.right)
        for judgement in context.judgements
    )
    siblings = tuple(context.judgements)
    nests = tuple(_nests(group, context))
    copied = {copy.symbol for copy in group.copies}
    for judgement in context.judgements:
        timed = any(isinstance(value, Duration) for value in (judgement.left, judgement.right))
        time_of_a_trial = timed and judgement.open_symbols & group.symbols
        if not judgement.deps & group.symbols and not time_of_a_trial:
            refused = lengthened(judgement, group, context)
            if refused is not None:
                return refused
            continue
        question = ask(judgement, group.symbols, concurrent, policies, single, siblings, nests)
        verdict: Verdict = decide(question)
        if isinstance(verdict, Refused):
            if not unsafe or verdict.instead is None:
                return verdict
            verdict = verdict.instead
        if isinstance(verdict, Free) and verdict.whole:
            needs = f": {verdict.note}" if verdict.note else " needs as many as the author's"
            group.hold(f"`{question.text}`{needs}")
        # What foreign code does with fewer may differ: it may have a threshold of its own.
        untraced = isinstance(question.value, Unknown | Opaque)
        if untraced and not judgement.open_symbols & group.symbols:
            group.hold(
                f"`{question.text}` may need as many: where it comes from cannot be followed"
            )
        for value in (judgement.left, judgement.right):
            if isinstance(value, Rate) and not isinstance(verdict, Copy):
                repeated = denominator(value, group.symbols, judgement)
                if isinstance(repeated, Refused):
                    return repeated
                if repeated is not None and repeated.symbol not in copied:
                    group.copies.append(repeated)
        if isinstance(verdict, Free):
            group.frees.append((judgement, verdict))
            if _speaks_of_most(judgement, group):
                group.hold(f"`{question.text}` holds a number that fewer might not reach")
            continue
        if judgement.source is not context.test.source:
            reason = "a helper in another file judges the count by a fixed number"
            return Refused("CHM410", reason, context.test.node)
        if not context.test.holds(judgement.owner):
            reason = "a helper function judges the count by a fixed number"
            return Refused("CHM404", reason, judgement.statement)
        if isinstance(verdict, Bound):
            if not isinstance(verdict.node, ast.Constant | ast.Name | ast.Attribute):
                reason = "the bound is computed from fixed numbers"
                return Refused("CHM409", reason, judgement.statement)
            group.bounds.append(verdict)
            if verdict.method == "time_limit" and verdict.of.terms:
                group.hold("fewer trials would have more time each under a limit that stays")
        else:
            group.copies.append(verdict)
            if isinstance(judgement.operator, ast.Lt | ast.NotEq):
                group.hold(f"`{question.text}` asks for one that did not, and of fewer all might")
    return None


def _nests(group: Group, context: Context) -> Iterator[Amount]:
    """How often what is in the loops of the group's counts is done: ten times a hundred."""
    for nest in _nested(context):
        if len(nest & group.symbols) == 1:
            factors = tuple(sorted(nest, key=lambda symbol: symbol.position))
            yield Amount((Term(Fraction(1), factors),))


@remembered
def _nested(context: Context) -> list[frozenset[Symbol]]:
    """The counts of each nest of loops."""
    nests = (frame.nest for frame in context.loops if frame.count is not None)
    return [nest for nest in nests if len(nest) > 1]


def _speaks_of_most(judgement: Judgement, group: Group) -> bool:
    """Whether it holds a number that half of the trials do not reach: a place among them, say."""
    return any(
        count.symbol.value <= 2 * symbol.value < 2 * count.symbol.value
        for symbol in judgement.deps - group.symbols
        for count in group.counts
    )


def budgeted(group: Group, context: Context) -> Refused | None:
    """Times around all trials become limits that grow with them."""
    for budget in context.budgets:
        of = sorted(budget.of & group.symbols, key=lambda symbol: symbol.value)
        if not of:
            continue
        node, limit = budget.node, budget.limit
        one_size = len({symbol.value for symbol in of}) == 1
        plain = isinstance(node, ast.Constant | ast.Name | ast.Attribute)
        if limit is None or not (plain and one_size and context.test.holds(node)):
            guards_any = budget.patient and not context.test.holds(node)
            if guards_any or (budget.patient and not context.asks_for_life):
                continue  # a helper's limit suits whatever its callers do
            where = "" if budget.source is context.test.source else "a helper elsewhere gives "
            reason = (
                f"{where}`{ast.unparse(node)}` seconds for all trials, which cannot be made to "
                "follow them"
            )
            return Refused("CHM404", reason, budget.statement)
        judgement = Judgement(
            budget.statement, Unknown(), None, None, node, None, budget.frames, budget.owner,
            budget.source,
        )  # fmt: skip
        trials = of_symbol(of[0])
        group.bounds.append(Bound("time_limit", node, node, trials, None, False, limit, judgement))
    return None
