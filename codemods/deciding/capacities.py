"""Barriers, pools and limits: they move along with the trials, or hold them back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import prod

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.kinship import works_on
from chaos_migrate.codemods.deciding.load import RETRIES, SAMPLE_SIZE, Count
from chaos_migrate.codemods.deciding.said import about_a_quota, meant_to_exceed
from chaos_migrate.codemods.deciding.verdicts import Copy, Refused
from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Term, of_symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement, Policy
from chaos_migrate.codemods.reading.quantities import Unknown
from chaos_migrate.codemods.trees import remembered

# Words of a callee or keyword that bounds how many may come in at once.
_CAPACITY_WORDS = ("max", "limit", "size", "capacity", "pool", "conn", "slots", "quota", "bound")
# The word of what each trial gives back when it is over.
_SHARED_WORD = "pool"
# Arguments that are no counts, whatever their value.
_OTHER_WORDS = ("timeout", "delay", "seed", "port", "sleep", "wait", "join", "ttl",
                "seconds", "duration", "randint", "uniform", "latency", "random", "_mb", "_kb",
                "bytes", "_ms", "memory")  # fmt: skip


def coupled(group: Group, context: Context) -> Refused | None:
    """Pools and barriers with as many places as there are trials move along; barriers refuse."""
    concurrent = [count for count in group.counts if count.concurrent]
    own = group.symbols
    for symbol, kind in context.couplings:
        if symbol in own or not concurrent:
            continue
        equal = next((c.symbol for c in concurrent if c.symbol.value == symbol.value), None)
        if equal is not None:
            amount = of_symbol(equal)
            group.copies.append(Copy(symbol, amount, _nowhere(context, symbol)))
        elif kind == "executor":
            if any(c.symbol.value < symbol.value < 4 * c.symbol.value for c in concurrent):
                reason = f"a pool of {symbol.value} has room for all trials, and would stay"
                return Refused("CHM408", reason, symbol.node)
        elif kind == "barrier":
            more = next((c.symbol for c in concurrent if c.symbol.value + 1 == symbol.value), None)
            if more is None:
                reason = f"a barrier waits for {symbol.value}, another number than the trials"
                return Refused("CHM408", reason, symbol.node)
            amount = Amount((Term(Fraction(1), (more,)), Term(Fraction(1))))
            group.copies.append(Copy(symbol, amount, _nowhere(context, symbol)))
    return None


@remembered
def set_capacities(context: Context) -> list[Policy]:
    """The capacities that a test sets: `client.pool_size = 2`."""
    return [setting for setting in context.settings if _says(setting, _CAPACITY_WORDS)]


def _says(policy: Policy, words: tuple[str, ...]) -> bool:
    called = f"{policy.callee} {policy.keyword}".lower()
    return any(word in called for word in words)


def limited(
    group: Group, context: Context, everyone: list[Count], policies: Iterable[Policy]
) -> Refused | None:
    """A number given to other code bounds what the trials may take, or repeats the count."""
    own = group.symbols
    crowd = sum({c.symbol: c.symbol.value for c in everyone if c.concurrent}.values())
    everything = max(_with_nested(count, context) for count in group.counts)
    for policy in policies:
        if policy.symbol in own:
            continue
        near = context.test.holds(policy.symbol.node)
        if not policy.hidden and _says(policy, _OTHER_WORDS):
            continue
        value, called = policy.symbol.value, _called(policy)
        for count in group.counts:
            least = count.symbol.value
            pooled = not near and not policy.compared and _says(policy, (_SHARED_WORD,))
            if (policy.gate or pooled) and not count.concurrent:
                continue
            constructed = _is_constructor(policy.callee) and works_on(count, policy.made)
            bounding = policy.hidden or _says(policy, _CAPACITY_WORDS)
            if near and policy.shared and value < least and (constructed or bounding):
                if least < SAMPLE_SIZE:
                    reason = f"so few are there to be more than {called} has room for"
                    return Refused("CHM408", reason, policy.symbol.node)
                group.hold(f"the trials may be there to go beyond {called}")
            if constructed and near and policy.shared and least < value <= 4 * least:
                reason = f"the trials stay below {called}: four times as many would not"
                return Refused("CHM408", reason, policy.symbol.node)
            if near and policy.shared and value == least:
                has = "holds" if policy.compared else "is given"
                reason = f"{called} {has} the same number: it may have to move along"
                return Refused("CHM408", reason, policy.symbol.node)
            used = near or works_on(count, policy.made)
            if (policy.hidden or not near) and used and least // 2 <= value < least:
                group.hold(f"with fewer, the trials might not reach {called}")
            if bounding and used and least <= value <= 4 * max(crowd, everything):
                reason = f"{called} bounds what the trials may take, and would stay"
                return Refused("CHM408", reason, policy.symbol.node)
    return None


def _called(policy: Policy) -> str:
    """How a policy is called in a reason."""
    value = policy.symbol.value
    if not policy.compared:
        return f"`{policy.callee}({policy.keyword + '=' if policy.keyword else ''}{value})`"
    shown = "" if re.search(rf"\b{value}\b", policy.callee) else f" ({value})"
    where = " in the code under test" if policy.hidden else ""
    return f"`{policy.callee}`{shown}{where}"


def exceeding(group: Group, context: Context) -> Refused | None:
    """A few trials at the same time, to exceed what there is for fewer: a scenario."""
    few = all(c.concurrent and c.symbol.value < SAMPLE_SIZE for c in group.counts)
    if not few or group.adaptive or not meant_to_exceed(context.test):
        return None
    reason = "the test says that it exceeds something, for which so few are just enough"
    return Refused("CHM408", reason, group.first.node)


def rationed(group: Group, context: Context) -> Refused | None:
    """Trials that share a quota, which is what the test is about: more of them use it up."""
    frames = [frame for count in group.counts for frame in count.frames]
    asking = any(frame.touched or frame.attempts for frame in frames)
    if not asking or group.adaptive or not _has_quota(context):
        return None
    reason = "the test is about a limit on requests, which all trials share, and would stay"
    return Refused("CHM408", reason, context.test.node)


@remembered
def _has_quota(context: Context) -> bool:
    return about_a_quota(context.test, context.suite) or _names_rate(context.test.nodes)


_RATE = re.compile(r"\d+ ?(/|per ) ?(s|sec|second|m|min|minute|h|hour|d|day)s?")


def _names_rate(nodes: Iterable[ast.AST]) -> bool:
    """Whether a string of the test is a rate: `"10/m"`."""
    strings = (node.value for node in nodes if isinstance(node, ast.Constant))
    return any(isinstance(text, str) and _RATE.fullmatch(text) for text in strings)


def outlasted(group: Group, kept: list[tuple[Count, str]]) -> Refused | None:
    """Trials at the same time that try so often and no more: with more of them, some give up."""
    for inner, reason in kept:
        if reason != RETRIES or inner.draws:  # what it draws fails whether or not others try
            continue
        if any(count.concurrent and inner.nested_in(count) for count in group.counts):
            line, times = inner.symbol.node.lineno, inner.symbol.value
            words = f"each trial gives up after {times} tries (line {line}), and more would contend"
            return Refused("CHM408", words, inner.symbol.node)
    return None


def _with_nested(count: Count, context: Context) -> int:
    """How often the innermost loop runs in all trials of a count together."""
    nests = (frame.nest for frame in context.loops if count.symbol in frame.nest)
    return max(prod(symbol.value for symbol in nest) for nest in nests)


def _is_constructor(callee: str) -> bool:
    """Whether a call makes an object that may have a capacity; answers and errors have none."""
    last = callee.rpartition(".")[2]
    return last[:1].isupper() and not last.endswith(("Response", "Error", "Exception"))


def reckoned_with(group: Group, context: Context) -> Iterator[Copy]:
    """The numbers that repeat a count of the group, where times and rates are reckoned."""
    for symbol, count in dict(context.repeats).items():
        if count in group.symbols:
            yield Copy(symbol, of_symbol(count), _nowhere(context, symbol))


def _nowhere(context: Context, symbol: Symbol) -> Judgement:
    """A stand-in for a copy that no assertion makes."""
    statement = ast.Pass()
    ast.copy_location(statement, symbol.node)
    return Judgement(
        statement, Unknown(), None, None, symbol.node, None, (), context.test.node,
        symbol.source,
    )  # fmt: skip
