"""Why a number is rewritten, in a sentence: what it counts, and what it follows."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction

from chaos_migrate.codemods.deciding.load import PLAINLY_LOAD, Count
from chaos_migrate.codemods.deciding.verdicts import Bound, Copy
from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Frame
from chaos_migrate.codemods.reading.quantities import Rate


def count_reason(count: Count, context: Context) -> str:
    """What is repeated so often, and what shows that it is load."""
    frame = next((f for f in count.frames if f.concurrent), count.frames[0])
    n = count.symbol.value
    done = f"starts {n} threads or tasks" if count.concurrent else f"makes {n} attempts"
    if not count.attempts:
        done = f"creates {n} objects"
    reason = f"{_loop(frame, context)} {done}{_evidence(count)}"
    if count.symbol.owner is not context.test.node and count.symbol in context.names:
        reason += f"; the number is that of `{context.names[count.symbol]}`"
    return reason


def kept_reason(count: Count, reason: str, context: Context) -> str:
    """Why a count stays, with the place of its loop where that is another line."""
    frame = count.frames[0]
    if getattr(frame.node, "lineno", 0) == count.symbol.node.lineno:
        return reason
    return reason.replace("its loop", _loop(frame, context), 1)


def bound_reason(bound: Bound, value: ast.expr, context: Context) -> str:
    """What is bounded, and how many of the author's trials that lets go wrong."""
    judged, literal = f"`{ast.unparse(value)}`", ast.unparse(bound.literal)
    if not isinstance(bound.literal, ast.Constant):
        literal = f"`{literal}`"
    if not bound.of.terms:
        return f"{literal} bounds the time of one trial, however many there are"
    trials = trials_of(bound.of.deps, context)
    if bound.method == "time_limit":
        if value is bound.node:
            return f"{literal} is the time that {trials} may take together"
        return f"{judged} is a time that grows with {trials}"
    n, judgement = bound.of.total, bound.judgement
    if any(isinstance(side, Rate) for side in (judgement.left, judgement.right)):
        said = f"{judged} is a rate over {trials}"
    else:
        said = f"{judged} counts {trials}, at most one each"
    if bound.allowed is None:
        return f"{said}, and its bound is known when the test runs"
    if bound.method.startswith("max"):
        but = "less than " if bound.strict else ""
        return f"{said}, so {but}{literal} is at most {bound.allowed} of {n}"
    but = "more than " if bound.strict else ""
    return f"{said}, so {but}{literal} lets {bound.allowed} of {n} be missing"


def copy_reason(copy: Copy, context: Context) -> str:
    """What a number repeats."""
    trials, judgement = trials_of(copy.amount.deps, context), copy.judgement
    n = copy.symbol.value + copy.symbol.offset
    if judgement.right_node is None:
        return f"it is as many as {trials}, and moves along with them"
    for value, node in ((judgement.left, judgement.left_node),
                        (judgement.right, judgement.right_node)):  # fmt: skip
        if isinstance(value, Rate):
            return f"the rate `{ast.unparse(node)}` is over {trials}: {n} is their number"
    own = context.names.get(copy.symbol)
    sides = [judgement.left_node, judgement.right_node]
    others = [s for s in sides if copy.symbol.node not in ast.walk(s) and ast.unparse(s) != own]
    said = f"`{ast.unparse((others or sides)[0])}`"
    if copy.schedule is not None:
        schedule = copy.schedule
        which = "all but those" if schedule.others else "those"
        return f"{said} counts, of {trials}, {which} with {schedule}, so {n} follows their number"
    multiple = _multiple(copy.amount)
    if not multiple:
        return f"{said} counts {trials}, each once, so {n} follows their number"
    return f"{said} is {multiple}{trials}, so {n} follows their number"


def _multiple(amount: Amount) -> str:
    """`1 less than `, `2 for each of `: how an amount differs from the plain number of trials."""
    fixed = sum((term.coefficient for term in amount.terms if not term.factors), Fraction(0))
    times = next((term.coefficient for term in amount.terms if term.factors), Fraction(1))
    words = "" if times == 1 else f"{times} for each of "
    if fixed:
        words = f"{abs(fixed)} {'more' if fixed > 0 else 'less'} than {words or 'the number of '}"
    return words


def trials_of(counts: Iterable[Symbol], context: Context) -> str:
    """`the 10 trials of the loop on line 34`."""
    symbols = sorted(counts, key=lambda symbol: symbol.position)
    sizes = " x ".join(str(symbol.value) for symbol in symbols)
    return f"the {sizes} trials of {_places(symbols, context)}"


def _places(symbols: Iterable[Symbol], context: Context) -> str:
    frames = [next((f for f in context.loops if s in f.symbols), None) for s in symbols]
    loops = [_loop(frame, context) for frame in frames if frame is not None]
    return " and ".join(dict.fromkeys(loops)) or "this test"


def _loop(frame: Frame, context: Context) -> str:
    node, place = frame.node, context.test.line(frame.node, frame.source)
    if isinstance(node, ast.Call):
        return f"`{ast.unparse(node.func)}` on {place}"
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return f"the loop on {place}"
    return f"the comprehension on {place}"


def _evidence(count: Count) -> str:
    """What made a count load, where more than its size did."""
    if count.sampled:
        return ", and an assertion judges them as a sample: by a mean, a rate or a part of them"
    if count.judged:
        return ", and an assertion looks at what all of them give"
    if count.tries:
        return ", each of which may fail and go on"
    if count.draws:
        return ", each of which draws at random"
    if count.symbol.value >= PLAINLY_LOAD:
        return f": from {PLAINLY_LOAD} on that is load"
    return ""
