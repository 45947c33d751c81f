"""Loops that set the scene for what is asserted after them."""

from __future__ import annotations

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.questions import LOWER, SUGGESTION, UPPER
from chaos_migrate.codemods.deciding.verdicts import WHOLE, Refused
from chaos_migrate.codemods.reading.context import Context


def preparing(group: Group, context: Context, unsafe: bool) -> Refused | None:
    """Trials, one after another, of which nothing is asserted, and an assertion after them.

    They are there for its sake, and it may need as many of them, out of sight: enough samples to
    be valid, pages to have a middle one. A bound on something else (`cpu_increase < 20`) needs
    none. `unsafe` takes the suggestion that the refusal makes.
    """
    if not group.unjudged:
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
        place = context.test.line(judgement.statement, judgement.source)
        reason = f"nothing is asserted of its trials, and what {place} asserts may need so many"
        return Refused("CHM404", reason, judgement.statement, SUGGESTION, WHOLE)
    return None
