"""The words of a report, as lines of styled spans; where they go is somebody else's business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.outcome import Outcome, Problem
from chaos_migrate.cli.tally import Tally
from chaos_migrate.cli.terminal import Line, Span
from chaos_migrate.codemods.plan import Action, Site

_INDENT = "    "


def diff_lines(diff: bytes, *, at_most: int | None = None) -> Iterator[Line]:
    """A unified diff for the eye: coloured, and without the bytes that only `git apply` needs."""
    lines = diff.decode("utf-8", "surrogateescape").split("\n")[:-1]
    for line in lines[:at_most]:
        line = line.removesuffix("\r")
        yield ((line, _diff_style(line)),)
    hidden = len(lines[at_most:]) if at_most is not None else 0
    if hidden:
        yield ((f"... {hidden} more lines of the fixtures (--verbose shows them)", "dim"),)


def problem_lines(problem: Problem, *, verbose: bool) -> Iterator[Line]:
    """`path:line: message`, which editors can jump to."""
    place = f"{problem.path}:{problem.line}" if problem.line else str(problem.path)
    yield ((f"{place}: ", "bold"), ("error: ", "bold red"), problem.message)
    for line in problem.traceback.splitlines() if verbose else ():
        yield (_INDENT, line)


def file_lines(
    outcome: Outcome, *, applied: bool, show_kept: bool, verbose: bool
) -> Iterator[Line]:
    """What is to be said about one file, beginning with what happens to it; maybe nothing."""
    if outcome.problem:
        yield from problem_lines(outcome.problem, verbose=verbose)
    if outcome.changed:
        yield ((str(outcome.path), "bold"), ": ", *_what_happens(outcome, applied))
    details = list(_details(outcome, show_kept, verbose))
    if details and not outcome.changed and not outcome.problem:
        yield ((str(outcome.path), "bold"), ": left as it is")
    yield from details
    if verbose and not details and not outcome.changed and not outcome.problem:
        yield ((str(outcome.path), "bold"), ": nothing to do")


def summary_lines(tally: Tally, *, applied: bool) -> Iterator[Line]:
    """The sums of a run, in a few sentences."""
    if not tally.changed:
        yield (("Nothing to change", "bold"), f" in {count(tally.files, 'file')}.")
    else:
        verb = "changed" if applied else "would change"
        moved = count(sum(tally.rewritten.values()), "number")
        yield (
            (f"{tally.changed} of {count(tally.files, 'file')} {verb}", "bold"),
            f": {moved} in {count(tally.groups, 'group')}{by_rule(tally.rewritten)}.",
        )
    if tally.review:
        total = count(sum(tally.review.values()), "number")
        yield (f"{total} left for a person to look at{by_rule(tally.review)}.",)
    if tally.kept:
        yield (f"{count(tally.kept, 'number')} kept: they are not load (--show-kept lists them).",)
    if tally.can_shrink or tally.held:
        total = count(tally.can_shrink + tally.held, "test")
        held = f"; what holds the other {tally.held} is said above" if tally.held else ""
        yield (f"Can shrink on a small machine: {tally.can_shrink} of {total}{held}.",)
    if tally.failed:
        yield ((f"{count(tally.failed, 'file')} could not be handled.", "bold red"),)


def command_line(command: str, note: str = "") -> Iterator[Line]:
    """The very command that carries out what was shown."""
    yield (f"To apply this{note}:",)
    yield (_INDENT, (command, "bold cyan"))


def by_rule(counts: Mapping[str, int]) -> str:
    """The rules in brackets, each with its number; empty for none."""
    listed = ", ".join(f"{_title(code)} x{count}" for code, count in sorted(counts.items()))
    return f" ({listed})" if listed else ""


def count(number: int, noun: str) -> str:
    """A number and what it counts, in the right form."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _what_happens(outcome: Outcome, applied: bool) -> Iterator[Span]:
    if outcome.adds_fixtures:
        yield "gets the fixtures" if outcome.before is not None else "is new, with the fixtures"
    rewrites = Counter(site.code for site in outcome.rewrites)
    if rewrites:
        yield "; " if outcome.adds_fixtures else ""
        done = "rewritten" if applied else "to rewrite"
        yield f"{count(sum(rewrites.values()), 'number')} {done}"
        yield by_rule(rewrites)


def _details(outcome: Outcome, show_kept: bool, verbose: bool) -> Iterator[Line]:
    for site in outcome.sites:
        if site.action is Action.REVIEW:
            yield from _refusal(site, "yellow")
        elif site.action is Action.KEEP and show_kept:
            yield from _refusal(site, "dim")
        elif site.action is Action.REWRITE and verbose:
            yield _rewrite(site)
    if outcome.changed and outcome.fixture and not outcome.needs:
        yield (f"{_INDENT}needs the fixture {outcome.fixture}: migrate the folder to get it",)
    for line in outcome.unused_keeps:
        yield (f"{_INDENT}{line}: ", ("# chaos: keep", "yellow"), " keeps nothing back here")
    for shrink in outcome.shrinks if outcome.changed else ():
        if not shrink.can_shrink or shrink.detects:
            can = "can shrink" if shrink.can_shrink else "cannot shrink"
            yield (f"{_INDENT}{shrink.line}: {shrink.function} {can}: {shrink.detail}",)


def _refusal(site: Site, style: str) -> Iterator[Line]:
    verb = "review" if site.action is Action.REVIEW else "kept"
    place = f"{_INDENT}{site.line}:{site.column}: "
    yield (place, (f"{_title(site.code)} ", style), f"{site.literal} {verb}: {site.reason}")
    if site.advice:
        yield (f"{_INDENT * 2}{site.advice}",)


def _rewrite(site: Site) -> Line:
    becomes = f" -> {site.replacement}" if site.replacement else ""
    at = ", ".join(f"{value:g} at {load}" for load, value in site.values.items())
    values = f" ({at})" if at else ""
    place = f"{_INDENT}{site.line}:{site.column}: "
    return (place, (f"{_title(site.code)} ", "green"), f"{site.literal}{becomes}{values}")


def _title(code: str) -> str:
    name = rule_name(code)
    return f"{code} {name}" if name else code


def _diff_style(line: str) -> str:
    if line.startswith(("diff --git", "--- ", "+++ ", "new file")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan", "\\": "dim"}.get(line[:1], "")
