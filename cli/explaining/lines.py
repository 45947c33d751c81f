"""The numbers of a line explained, as lines for the eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.terminal import Line, Prose
from chaos_migrate.codemods.explaining.explanation import Explanation
from chaos_migrate.codemods.plan import Action

_STYLES = {Action.REWRITE: "green", Action.REVIEW: "yellow", Action.KEEP: "dim"}
_VERDICTS = {
    Action.REWRITE: "would be rewritten",
    Action.REVIEW: "left for a person",
    Action.KEEP: "stays",
}


def explanation_lines(
    path: Path, line: int, text: str, explanations: Sequence[Explanation]
) -> Iterator[Line]:
    """The line itself, and under it each of its numbers."""
    yield ((f"{path}:{line}", "bold"), *([f"  in {f}"] if (f := _function(explanations)) else []))
    yield (f"    {text.strip()}",)
    if not explanations:
        yield ("",)
        yield ("There is no number on this line.",)
    for explanation in explanations:
        yield ("",)
        yield _verdict(explanation)
        for sentence in explanation.sentences:
            yield Prose((f"    {_sentence(sentence)}",))
        yield from _outlook(explanation)


def _function(explanations: Sequence[Explanation]) -> str:
    return next((each.function for each in explanations if each.function), "")


def _verdict(explanation: Explanation) -> Line:
    site = explanation.site
    place = f"  (column {explanation.column})"
    if site is None:
        return ((f"  {explanation.literal}", "bold"), (" stays", "dim"), place)
    rule = f"{site.code} {rule_name(site.code) or ''}".strip()
    style = _STYLES[site.action]
    if site.action is Action.KEEP and site.code != "CHM406":
        rule = ""  # it is no case of the rule under which it was looked at
    said = f" {_VERDICTS[site.action]}{': ' if rule else ''}{rule}"
    return ((f"  {explanation.literal}", "bold"), (said, style), place)


def _outlook(explanation: Explanation) -> Iterator[Line]:
    site = explanation.site
    if site is not None and site.replacement:
        yield ("    Written as ", (site.replacement, "cyan"))
    if site is not None and site.action is Action.REVIEW:
        yield ("    More about this: ", (f"chaos-migrate explain {site.code}", "cyan"))


def _sentence(text: str) -> str:
    """With a capital, unless it begins with code or a number, and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
