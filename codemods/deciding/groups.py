"""Which numbers move together, or the reason why none of them moves."""

from __future__ import annotations

from chaos_migrate.codemods.deciding.beforehand import used_beforehand
from chaos_migrate.codemods.deciding.capacities import (
    coupled,
    exceeding,
    limited,
    outlasted,
    rationed,
    reckoned_with,
    set_capacities,
)
from chaos_migrate.codemods.deciding.coincidences import (
    rounded_up,
    shown_inside,
    suspicious,
    windowed,
)
from chaos_migrate.codemods.deciding.contention import contending
from chaos_migrate.codemods.deciding.group import Findings, Group
from chaos_migrate.codemods.deciding.hidden import hidden_limits
from chaos_migrate.codemods.deciding.judging import budgeted, judged
from chaos_migrate.codemods.deciding.kinship import akin, shares_object, together, used_again
from chaos_migrate.codemods.deciding.load import SCENARIO, UNSHOWN, Count, find_counts, not_load
from chaos_migrate.codemods.deciding.obstacles import hazardous, unreachable
from chaos_migrate.codemods.deciding.partners import (
    left_behind,
    partnered,
    summed_up,
    supplied,
    twinned,
)
from chaos_migrate.codemods.deciding.preparing import preparing
from chaos_migrate.codemods.deciding.remarks import remarks
from chaos_migrate.codemods.deciding.runners import MEASURED, measured, timed_out
from chaos_migrate.codemods.deciding.said import NESTED, about_nesting, meant_to_exceed
from chaos_migrate.codemods.deciding.typed_again import typed_again
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context

# So many pauses are no accident if they last whole seconds.
_MANY = 100


def find_groups(context: Context, options: Options) -> Findings:
    """Form the groups of a test and decide each."""
    counts = find_counts(context)
    kept: list[tuple[Count, str]] = []
    load: list[Count] = []
    benchmark, nested = measured(context.test), about_nesting(context.test)
    for count in counts.values():
        reason = MEASURED if benchmark else not_load(count, counts, context.names, options)
        if reason is None and nested and not (count.concurrent or count.symbol.adaptive):
            reason = NESTED
        if reason is None:
            load.append(count)
        else:
            kept.append((count, reason))
    for count, reason in list(kept):
        if reason in (SCENARIO, UNSHOWN) and akin(count, load, context):
            kept.remove((count, reason))
            load.append(count)
    groups = [Group(members) for members in together(load, context)]
    for group in groups:
        group.copies += reckoned_with(group, context)
        group.refusal = _refusal(group, groups, context, kept, options.unsafe)
    _refuse_left_behind(groups, context, counts, kept)
    if groups and meant_to_exceed(context.test):
        for group in groups:
            group.hold("its test says that so many are there to exceed something")
    for group in groups:
        if group.symbols & context.must_fail:
            group.hold("one of the trials has to fail, and with fewer none might")
        if group.symbols & context.decisive:
            group.hold("an `if` that fails the test asks what they gave")
        if seconds := next(filter(None, map(_span, group.counts)), None):
            group.hold(f"its pauses last {seconds} s in all, which may be what it needs")
        if used_again(group, context):
            group.hold("what the trials have worked on is used again, and may need so many")
    held = [group for group in groups if group.held]
    for group in groups:
        if shares_object(group, held):
            group.hold("it works on the same object as trials that cannot shrink")
    groups = [group for group in groups if group.counts]
    return Findings(tuple(groups), tuple(kept), tuple(remarks(context, groups)))


def _span(count: Count) -> int | None:
    """The whole seconds that many short pauses last together; None where they do not."""
    for frame in count.frames if count.symbol.value >= _MANY and not count.concurrent else ():
        seconds = frame.pause * count.symbol.value
        if seconds and seconds.denominator == 1:
            return int(seconds)
    return None


def _refusal(
    group: Group,
    groups: list[Group],
    context: Context,
    kept: list[tuple[Count, str]],
    unsafe: bool,
) -> Refused | None:
    """Why the group stays; what moves with it is written down on the way."""
    everyone = [count for other in groups for count in other.counts]
    return (
        unreachable(group, context)
        or used_beforehand(group, context)
        or hazardous(group, context)
        or timed_out(group, context)
        or coupled(group, context)
        or limited(group, context, everyone, [*context.policies, *set_capacities(context)])
        or exceeding(group, context)
        or rationed(group, context)
        or outlasted(group, kept)
        or contending(group, context)
        or partnered(group, kept)
        or left_behind(group, context, kept)
        or summed_up(group, groups, kept)
        or judged(group, context, unsafe)
        or budgeted(group, context)
        or preparing(group, context, unsafe)
        or suspicious(group, context)
        or windowed(group, context)
        or rounded_up(group, context)
        or shown_inside(group, context)
        or limited(group, context, everyone, hidden_limits(context))
    )


def _refuse_left_behind(
    groups: list[Group],
    context: Context,
    counts: dict[Symbol, Count],
    kept: list[tuple[Count, str]],
) -> None:
    """Refuse what may have to move along with a number that no group takes along.

    A refusal leaves the numbers of its group where they are, so the others are asked once more.
    """
    refused = True
    while refused:
        refused = False
        moving = [group for group in groups if group.refusal is None]
        for group in moving:
            group.refusal = (
                supplied(group, moving, kept)
                or twinned(group, moving, context)
                or typed_again(group, moving, context, counts)
            )
            refused |= group.refusal is not None
