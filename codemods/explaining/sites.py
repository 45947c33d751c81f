"""What there is to say about a number that the planner has looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chaos_migrate.codemods.plan import Action, Plan, Site


def site_sentences(site: Site, plan: Plan) -> tuple[str, ...]:
    """The chain of reasoning: what it is, what it depends on and what on it, why it stays."""
    if site.action is Action.REWRITE:
        return tuple(_moving(site, plan))
    if site.action is Action.KEEP:
        return (site.reason,)
    said = ["it looks like load, and is left for a person", site.reason]
    related = [_related(place) for place in site.related]
    unsaid = [place for place in related if f"{place})" not in site.reason]
    if unsaid:
        said.append(f"this is also about {_listed(unsaid)}")
    if site.advice:
        said.append(f"what to do: {site.advice}")
    return tuple(said)


def _moving(site: Site, plan: Plan) -> Iterator[str]:
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
