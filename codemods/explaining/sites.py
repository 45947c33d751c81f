"""What there is to say about a number that the planner has looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from chaos_migrate.codemods.plan import Action, Plan, Site

_UNSAFE = "--unsafe-fixes"


def site_sentences(site: Site, plan: Plan) -> tuple[str, ...]:
    """The chain of reasoning: what it is, what it depends on and what on it, why it stays."""
    if site.action is Action.REWRITE:
        return tuple(_moving(site, plan))
    if site.action is Action.KEEP:
        return (site.reason,)
    said = ["it looks like load", site.reason]
    related = dict.fromkeys(map(_related, site.related))
    unsaid = [place for place in related if not re.search(rf"{re.escape(place)}\b", site.reason)]
    lines = [place for place in unsaid if place.startswith("line") and place != f"line {site.line}"]
    if lines:
        said.append(f"see {_listed(lines)}")
    staying = [place for place in unsaid if not place.startswith("line")]
    if staying:
        said.append(f"{_listed(staying)} {'stays' if len(staying) == 1 else 'stay'} with it")
    if site.advice:
        said.append(f"what to do: {site.advice}")
        if _UNSAFE in site.advice:
            said.append("scaling is right only if the assertion holds for any number of trials")
    return tuple(said)


def _moving(site: Site, plan: Plan) -> Iterator[str]:
    yield from _reasons(site, plan)
    if site.values:
        yield _becomes(site, plan)


def _becomes(site: Site, plan: Plan) -> str:
    """What it is at each load, and of how many trials, where it bounds those of one count."""
    trials = _trials(site, plan)
    at = []
    for load, value in site.values.items():
        of = f" of {trials[load]}" if trials and site.code == "CHM201" else ""
        at.append(
            f"{value:.4g}{of} at load {load}" if value % 1 else f"{value:g}{of} at load {load}"
        )
        if trials and site.code == "CHM202":
            at[-1] += _allowance(site, value, trials[load], first=len(at) == 1)
    return f"it becomes {_listed(at)}"


def _allowance(site: Site, value: float, trials: int, first: bool) -> str:
    """` (1 of 6 may be missing)`: a rate in whole trials; the words only with the first."""
    written = site.replacement or ""
    share, strict = Fraction(str(value)) * trials, "strict=True" in written
    if "min_rate(" in written:
        bad = trials - (floor(share) + 1 if strict else ceil(share))
    elif "max_rate(" in written:
        bad = ceil(share) - 1 if strict else floor(share)
    else:
        return ""
    return f" ({bad} of {trials}{' may go wrong' if first else ''})"


def _trials(site: Site, plan: Plan) -> dict[str, int]:
    """The number of trials of which this is a bound at each load; empty if not of one count."""
    if site.code not in ("CHM201", "CHM202") or len(site.depends_on) != 1:
        return {}
    place = site.depends_on[0].partition(" ")[0]
    for other in plan.sites:
        if f"{other.line}:{other.column}" == place and other.values.keys() == site.values.keys():
            return {load: round(value) for load, value in other.values.items()}
    return {}


def _reasons(site: Site, plan: Plan) -> Iterator[str]:
    yield site.reason
    group = [other for other in plan.sites if other.group == site.group and other is not site]
    moving = [other for other in group if other.action is Action.REWRITE]
    if site.depends_on:
        yield f"it depends on {_listed([_related(place) for place in site.depends_on])}"
    here = f"{site.line}:"
    dependent = [s for s in moving if any(place.startswith(here) for place in s.depends_on)]
    beside = [s for s in moving if s not in dependent and not s.depends_on and not site.depends_on]
    if dependent:
        verb = "depends" if len(dependent) == 1 else "depend"
        yield f"{_listed([_named(other) for other in dependent])} {verb} on it"
    if beside:
        yield f"it moves together with {_listed([_named(other) for other in beside])}"
    if site.depends_on:
        return
    for shrink in plan.shrinks:
        if shrink.group == site.group and shrink.function == site.function:
            can = "it can become fewer" if shrink.can_shrink else "it never becomes fewer"
            yield f"{can} on a small machine: {shrink.detail}"


def _named(site: Site) -> str:
    return f"{site.literal} on line {site.line} ({site.code})"


def _related(place: str) -> str:
    """`34:9 10` as `10 on line 34`."""
    position, _, text = place.partition(" ")
    line = position.partition(":")[0]
    return f"{text} on line {line}" if text else f"line {line}"


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:-1]) + (" and " if texts[1:] else "") + texts[-1]
