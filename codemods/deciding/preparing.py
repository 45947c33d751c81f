"""Loops that set the scene for what is asserted after them."""

from __future__ import annotations

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import LOWER, UPPER
from chaos_migrate.codemods.deciding.verdicts import WHOLE, Refused
from chaos_migrate.codemods.reading.context import Context


def preparing(group: Group, context: Context, unsafe: bool) -> Refused | None:
    """Trials, one after another, of which nothing is asserted, and an assertion after them.

    They are there for its sake, and it may need as many of them, out of sight: enough samples to
    be valid, pages to have a middle one. A bound on something else (`cpu_increase < 20`) needs
    none. `unsafe` takes the suggestion that the refusal makes.
    """
    if group.bounds or group.copies or group.frees:
        return None
    if any(count.concurrent or count.draws or count.tries for count in group.counts):
        return None
    if any(judgement.open_symbols & group.symbols for judgement in context.judgements):
        return None
    for judgement in context.judgements:
        if judgement.tick < group.end or isinstance(judgement.operator, UPPER + LOWER):
            continue
        if unsafe:
            group.frees.append((judgement, WHOLE))
            group.hold("what is asserted after them may need as many")
            return None
        place = f"line {judgement.statement.lineno}"
        if judgement.source is not context.test.source:
            place += f" of {judgement.source.path.name}"
        reason = f"nothing is asserted of its trials, and what {place} asserts may need so many"
        advice = "scale the count and leave this assertion as it is (--unsafe-fixes)"
        return Refused("CHM404", reason, judgement.statement, advice, WHOLE)
    return None
