"""Which numbers move together, or the reason why none of them moves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from chaos_migrate.codemods.functions import Access
from chaos_migrate.codemods.load import Count, find_counts, not_load
from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Term, add, number
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Duration, Opaque, Rate, Unknown
from chaos_migrate.codemods.thresholds import (
    Bound,
    Copy,
    Free,
    Refused,
    Verdict,
    ask,
    decide,
    denominator,
)

# Words of a callee or keyword that bounds how many may come in at once.
_CAPACITY_WORDS = ("max", "limit", "size", "capacity", "pool", "conn", "slots", "quota", "bound")
# Arguments that are no counts, whatever their value.
_OTHER_WORDS = ("timeout", "delay", "interval", "seed", "port", "sleep", "wait", "join", "ttl",
                "seconds", "duration", "randint", "uniform", "latency", "random")  # fmt: skip


@dataclass(eq=False)
class Group:
    """Counts that move in one step, with all that depends on them."""

    counts: list[Count]
    bounds: list[Bound] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    frees: list[tuple[Judgement, Free]] = field(default_factory=list)
    refusal: Refused | None = None
    whole: bool = False

    @property
    def symbols(self) -> frozenset[Symbol]:
        """The counts' symbols."""
        return frozenset(count.symbol for count in self.counts)

    @property
    def first(self) -> Symbol:
        """The count that stands for the group: the first in the text."""
        return min(self.symbols, key=lambda s: (s.node.lineno, s.node.col_offset))


@dataclass(frozen=True)
class Findings:
    """The groups of a test, and the counts that are not load."""

    groups: tuple[Group, ...]
    kept: tuple[tuple[Count, str], ...]


def find_groups(context: Context, options: Options) -> Findings:
    """Form the groups of a test and decide each."""
    counts = find_counts(context)
    kept: list[tuple[Count, str]] = []
    load: list[Count] = []
    for symbol, count in counts.items():
        reason = not_load(count, counts, context.names.get(symbol, ""), options)
        if reason is None:
            load.append(count)
        else:
            kept.append((count, reason))
    groups = [Group(members) for members in _together(load, context)]
    for group in groups:
        _decide(group, groups, context, kept)
    whole = [group for group in groups if group.whole]
    for group in groups:
        group.whole |= _shares_object(group, whole)
    return Findings(tuple(group for group in groups if group.counts), tuple(kept))


# -- which counts belong together


def _together(load: list[Count], context: Context) -> Iterator[list[Count]]:
    """Counts that a judgement, a container or a worked-on object relates."""
    by_symbol = {count.symbol: count for count in load}
    parent = {symbol: symbol for symbol in by_symbol}

    def find(symbol: Symbol) -> Symbol:
        while parent[symbol] is not symbol:
            symbol = parent[symbol]
        return symbol

    def unite(symbols: Iterable[Symbol]) -> None:
        roots = [find(symbol) for symbol in symbols if symbol in parent]
        for root in roots[1:]:
            parent[find(root)] = find(roots[0])

    for judgement in context.judgements:
        if not _identical(judgement):
            unite(judgement.deps)
    for link in context.links:
        unite(link)
    for first in load:
        for second in load:
            if first.symbol.value == second.symbol.value and _share_object(first, second):
                unite([first.symbol, second.symbol])
    together: dict[Symbol, list[Count]] = {}
    for symbol, count in by_symbol.items():
        together.setdefault(find(symbol), []).append(count)
    yield from together.values()


def _identical(judgement: Judgement) -> bool:
    """Whether both sides are one sum of the same counts, whatever their sizes."""
    left, right = judgement.left, judgement.right
    if not isinstance(left, Amount) or not isinstance(right, Amount):
        return False
    return not add(_unguarded(left), _unguarded(right), -1).terms


def _unguarded(amount: Amount) -> Amount:
    return add(Amount(tuple(Term(t.coefficient, t.factors) for t in amount.terms)), number(0))


def _share_object(first: Count, second: Count) -> bool:
    if first is second:
        return False
    mine = {taint.root for frame in first.frames for taint in frame.touched}
    return any(taint.root in mine for frame in second.frames for taint in frame.touched)


def _shares_object(group: Group, others: list[Group]) -> bool:
    """Whether one of the others, which cannot shrink, works on the same object as this group."""
    return any(
        _share_object(mine, theirs)
        for other in others
        for mine in group.counts
        for theirs in other.counts
    )


# -- what becomes of a group


def _decide(
    group: Group, groups: list[Group], context: Context, kept: list[tuple[Count, str]]
) -> None:
    refusal = (
        _unreachable(group, context)
        or _hazardous(group, context)
        or _coupled(group, context, [count for other in groups for count in other.counts])
        or _partnered(group, kept)
        or _left_behind(group, context, kept)
        or _summed_up(group, groups, kept)
    )
    if refusal is None:
        refusal = _judge(group, context) or _budgets(group, context)
    if refusal is None:
        refusal = _suspicious(group, context) or _typed_again(group, context)
    group.refusal = refusal


def _unreachable(group: Group, context: Context) -> Refused | None:
    test = context.test
    inside = set(ast.walk(test.node))
    for symbol in group.symbols:
        if symbol.source is not test.source:
            reason = "the count stands in another file, which is read but never edited"
            return Refused("CHM410", reason, test.node)
        if isinstance(symbol.owner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if symbol.owner not in inside and not _set_up(symbol):
                reason = "the count stands in a helper function, not in the test"
                advice = "give the helper the count as a parameter"
                return Refused("CHM405", reason, symbol.node, advice)
    if test.access is Access.NONE:
        return Refused("CHM405", test.obstacle, test.node, "pass the configuration in by hand")
    return None


def _set_up(symbol: Symbol) -> bool:
    return False


def _hazardous(group: Group, context: Context) -> Refused | None:
    for hazard in context.hazards:
        if hazard.symbol in group.symbols:
            return Refused(hazard.code, hazard.reason, hazard.node)
    return None


def _coupled(group: Group, context: Context, everyone: list[Count]) -> Refused | None:
    """Barriers and pools with as many places as there are trials move along; others refuse."""
    concurrent = [count for count in group.counts if count.concurrent]
    own = group.symbols
    for symbol, kind in context.couplings:
        if symbol in own or not concurrent:
            continue
        equal = next((c.symbol for c in concurrent if c.symbol.value == symbol.value), None)
        if equal is not None:
            amount = Amount((Term(Fraction(1), (equal,)),))
            group.copies.append(Copy(symbol, amount, _nowhere(context, symbol)))
        elif kind == "barrier":
            more = next((c.symbol for c in concurrent if c.symbol.value + 1 == symbol.value), None)
            if more is None:
                reason = f"a barrier waits for {symbol.value}, another number than the trials"
                return Refused("CHM408", reason, symbol.node)
            amount = Amount((Term(Fraction(1), (more,)), Term(Fraction(1))))
            group.copies.append(Copy(symbol, amount, _nowhere(context, symbol)))
    inside = set(ast.walk(context.test.node))
    crowd = sum({c.symbol: c.symbol.value for c in everyone if c.concurrent}.values())
    for policy in context.policies:
        if policy.symbol in own:
            continue
        near = policy.symbol.node in inside
        words = f"{policy.callee} {policy.keyword}".lower()
        if any(word in words for word in _OTHER_WORDS):
            continue
        value = policy.symbol.value
        called = f"`{policy.callee}({policy.keyword + '=' if policy.keyword else ''}{value})`"
        for count in group.counts:
            least = count.symbol.value
            constructed = policy.callee.rpartition(".")[2][:1].isupper()
            if constructed and near and policy.shared and least < value <= 4 * least:
                reason = f"the trials stay below {called}: four times as many would not"
                return Refused("CHM408", reason, policy.symbol.node)
            if near and value == least:
                reason = f"{called} is given the same number: it may have to move along"
                return Refused("CHM408", reason, policy.symbol.node)
            if any(word in words for word in _CAPACITY_WORDS) and count.symbol.value <= value:
                if value <= 4 * max(crowd, count.symbol.value):
                    reason = f"{called} bounds what the trials may take, and would stay"
                    return Refused("CHM408", reason, policy.symbol.node)
    return None


def _nowhere(context: Context, symbol: Symbol) -> Judgement:
    """A stand-in for a copy that no assertion makes."""
    statement = ast.Pass()
    ast.copy_location(statement, symbol.node)
    return Judgement(
        statement, Unknown(), None, None, symbol.node, None, (), context.test.node,
        symbol.source,
    )  # fmt: skip


def _partnered(group: Group, kept: list[tuple[Count, str]]) -> Refused | None:
    """A kept loop of the same size on the same object would fall behind."""
    for partner, _ in kept:
        if not partner.attempts:
            continue
        symbol = partner.symbol
        for count in group.counts:
            if symbol.value == count.symbol.value and _share_object(count, partner):
                reason = (
                    f"the loop of line {symbol.node.lineno} runs as often on the same object, "
                    "and would stay"
                )
                return Refused("CHM404", reason, symbol.node)
    return None


def _summed_up(group: Group, groups: list[Group], kept: list[tuple[Count, str]]) -> Refused | None:
    """A count that is the sum of two others: what they produce, it takes, out of sight."""
    counts = [count for other in groups for count in other.counts]
    counts += [count for count, _ in kept if count.attempts]
    for total in counts:
        for first in counts:
            for second in counts:
                trio = {first.symbol, second.symbol, total.symbol}
                if len(trio) < 3 or not trio & group.symbols:
                    continue
                if first.sampled or second.sampled or total.sampled:
                    continue  # a sample, with an assertion of its own
                if first.symbol.value + second.symbol.value == total.symbol.value:
                    reason = (
                        f"{total.symbol.value} on line {total.symbol.node.lineno} is the sum of "
                        f"lines {first.symbol.node.lineno} and {second.symbol.node.lineno}"
                    )
                    return Refused("CHM404", reason, total.symbol.node)
    return None


def _left_behind(group: Group, context: Context, kept: list[tuple[Count, str]]) -> Refused | None:
    """What one loop puts in, another takes out or looks up: a kept one would not follow."""
    symbols = {count.symbol: reason for count, reason in kept}
    for link in context.links:
        if not link & group.symbols:
            continue
        nested = frozenset().union(*(f.inside for c in group.counts for f in c.frames))
        for symbol in link - group.symbols - nested:
            if symbol in symbols and symbol.value > 1:
                reason = (
                    f"the loop of line {symbol.node.lineno} shares a container with it, "
                    f"and would stay: {symbols[symbol]}"
                )
                return Refused("CHM404", reason, symbol.node)
    return None


def _judge(group: Group, context: Context) -> Refused | None:
    """Put every judgement to the group; grow it by the copies until nothing changes."""
    concurrent = any(count.concurrent for count in group.counts)
    policies = frozenset(
        policy.symbol.value for policy in context.policies if policy.symbol not in group.symbols
    ) | frozenset(symbol.value for symbol, kind in context.couplings if kind == "semaphore")
    inside = set(ast.walk(context.test.node))
    single = any(
        isinstance(judgement.operator, ast.Eq)
        and judgement.deps & group.symbols
        and number(1) in (judgement.left, judgement.right)
        for judgement in context.judgements
    )
    siblings = tuple(context.judgements)
    for judgement in context.judgements:
        timed = any(isinstance(value, Duration) for value in (judgement.left, judgement.right))
        if not judgement.deps & group.symbols:
            if not timed or not judgement.open_symbols & group.symbols:
                continue
        question = ask(judgement, group.symbols, concurrent, policies, single, siblings)
        verdict: Verdict = decide(question)
        if isinstance(verdict, Refused):
            return verdict
        for value in (judgement.left, judgement.right):
            if isinstance(value, Rate) and not isinstance(verdict, Copy):
                repeated = denominator(value, group.symbols, judgement)
                if isinstance(repeated, Refused):
                    return repeated
                if repeated is not None:
                    group.copies.append(repeated)
        if isinstance(verdict, Free):
            group.frees.append((judgement, verdict))
            group.whole |= verdict.whole
            continue
        if judgement.source is not context.test.source:
            reason = "a helper in another file judges the count by a fixed number"
            return Refused("CHM410", reason, context.test.node)
        if judgement.owner not in inside:
            reason = "a helper function judges the count by a fixed number"
            return Refused("CHM404", reason, judgement.statement)
        if isinstance(verdict, Bound):
            if not isinstance(verdict.node, ast.Constant | ast.Name | ast.Attribute):
                reason = "the bound is computed from fixed numbers"
                return Refused("CHM409", reason, judgement.statement)
            group.bounds.append(verdict)
        else:
            group.copies.append(verdict)
            # `< n` and `!= n` ask for one that did not: with fewer trials there may be none.
            group.whole |= isinstance(judgement.operator, ast.Lt | ast.NotEq)
    return None


def _budgets(group: Group, context: Context) -> Refused | None:
    """Times around all trials become limits that grow with them."""
    inside = set(ast.walk(context.test.node))
    for budget in context.budgets:
        of = sorted(budget.of & group.symbols, key=lambda symbol: symbol.value)
        if not of:
            continue
        node = budget.node
        plain = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if not plain or node not in inside or len({symbol.value for symbol in of}) > 1:
            reason = f"`{ast.unparse(node)}` seconds for all trials cannot be made to follow them"
            return Refused("CHM404", reason, budget.statement)
        judgement = Judgement(
            budget.statement, Unknown(), None, None, node, None, budget.frames, budget.owner,
            budget.source,
        )  # fmt: skip
        trials = Amount((Term(Fraction(1), (of[0],)),))
        limit = Fraction(str(getattr(node, "value", 0)))
        group.bounds.append(Bound("time_limit", node, node, trials, None, False, limit, judgement))
    return None


# Factors of units, not counts: milliseconds, per cent, kibibytes, minutes.
_UNITS = {60, 100, 1000, 1024, 3600}


def _typed_again(group: Group, context: Context) -> Refused | None:
    """The count's number once more, in arithmetic or a comparison that was not followed."""
    known = {copy.symbol.node for copy in group.copies}
    known |= {bound.literal for bound in group.bounds}
    known |= set(_accounted(context)) | {symbol.node for symbol in group.symbols}
    values = {symbol.value for symbol in group.symbols if not symbol.adaptive}
    for parent in ast.walk(context.test.node):
        if isinstance(parent, ast.BinOp):
            sides = [parent.left, parent.right]
        elif isinstance(parent, ast.Compare):
            sides = [parent.left, *parent.comparators]
        elif isinstance(parent, ast.Call):
            data = [*parent.args, *(keyword.value for keyword in parent.keywords)]
            if any(isinstance(d, ast.List | ast.Tuple) and len(d.elts) in values for d in data):
                last = ast.unparse(parent.func).rpartition(".")[2]
                if last not in ("gather", "wait", "Thread", "submit", "isinstance"):
                    reason = f"`{last}(...)` is given as many things as there are trials"
                    return Refused("CHM411", reason, parent)
            continue
        elif isinstance(parent, ast.Slice):
            sides = [n for n in (parent.lower, parent.upper, parent.step) if n is not None]
        else:
            continue
        scale = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult | ast.Div)
        for side in sides:
            if not isinstance(side, ast.Constant) or side in known:
                continue
            if side.value not in values or isinstance(side.value, bool):
                continue
            if (
                scale
                and side.value in _UNITS
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


def _accounted(context: Context) -> Iterator[ast.expr]:
    """Literals of judgements that were followed, or that judge something else."""
    for judgement in context.judgements:
        for node in (judgement.left_node, judgement.right_node):
            if node is not None:
                yield node


def _suspicious(group: Group, context: Context) -> Refused | None:
    """An untraced value that equals the count: most likely the same number, written twice."""
    known = {copy.symbol for copy in group.copies} | group.symbols
    for judgement in context.judgements:
        if judgement.deps & group.symbols:
            continue
        for value, other in ((judgement.left, judgement.right), (judgement.right, judgement.left)):
            if not isinstance(other, Unknown | Opaque) or not isinstance(value, Amount):
                continue
            symbol = value.symbol
            if symbol is None or symbol in known:
                continue
            for count in group.counts:
                n = count.symbol.value
                inner = [prod(s.value for s in frame.symbols) for frame in count.frames]
                if symbol.value in {n, n - 1, n + 1, 2 * n, *inner}:
                    reason = (
                        f"`{ast.unparse(judgement.left_node)}` is judged by the same number, "
                        "and cannot be followed"
                    )
                    return Refused("CHM404", reason, judgement.statement)
    return None
