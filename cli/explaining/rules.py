"""The rules and their pages, as lines for the eye."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from chaos_migrate.cli.render import diff_lines
from chaos_migrate.cli.terminal import Line, Prose
from chaos_migrate.codemods.rules import RULES, Rule
from chaos_migrate.codemods.rules.case import Case

_FAMILIES = {
    "CHM1": "Counts: how much load",
    "CHM2": "Thresholds: how much of it may go wrong",
    "CHM3": "Times: how long it may take",
    "CHM4": "Left for a person, with the reason",
}
_EXAMPLES = 2


def rule_list() -> Iterator[Line]:
    """All rules, a line each."""
    longest = max(len(rule.name) for rule in RULES.values())
    family = ""
    for code, rule in RULES.items():
        if code[:4] != family:
            if family:
                yield ("",)
            family = code[:4]
            yield ((_FAMILIES[family], "bold"),)
        yield Prose((f"  {code}  ", (rule.name.ljust(longest), "cyan"), f"  {rule.summary}"))
    yield ("",)
    yield ("More about one: ", ("chaos-migrate explain CHM201", "bold cyan"))


def rule_lines(rule: Rule) -> Iterator[Line]:
    """The page of a rule, with examples."""
    yield ((f"{rule.code} {rule.name}", "bold cyan"),)
    yield Prose((rule.summary,))
    for heading, text in rule.page.items():
        yield ("",)
        yield ((heading, "bold"),)
        for line in text.splitlines():
            yield Prose((f"  {line}",))
        if heading == "Why it matters":
            yield from _examples(rule)


def _examples(rule: Rule) -> Iterator[Line]:
    """The first cases of the rule: what is written instead, or what is left alone."""
    refusing = [case for case in rule.cases if case.code == rule.code]
    rewriting = [case for case in rule.cases if case.after is not None and case.code is None]
    for case in (refusing or rewriting)[:_EXAMPLES]:
        yield ("",)
        yield (("Example: ", "bold"), case.name)
        yield from _example(case)


def _example(case: Case) -> Iterator[Line]:
    before = case.before.splitlines()
    if case.after is None:
        for line in before:
            yield (f"    {line}",)
        return
    diff = unified_diff(before, case.after.splitlines(), n=len(before), lineterm="")
    body = "".join(f"{line}\n" for line in list(diff)[3:])
    for coloured in diff_lines(body.encode()):
        yield ("    ", *coloured)
