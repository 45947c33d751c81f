"""The rules: a page and its cases each, beside one another in a module of the rule's own.

The docstring of a rule's module is its page. Its cases are the examples that `explain` shows, and
the tests that hold the planner to them. A rule's module is imported when it is first asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import cleandoc
from types import ModuleType

from chaos_migrate.codemods.rules.case import Case

HEADINGS = ("What it does", "Why it matters", "When it refuses", "How to suppress it")
"""The sections of the page of a rule that rewrites; a rule that refuses says `What to do`."""

_HEADING = re.compile(r"^## (.+)\n\n", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """A rule by its code and name; the rest is read from its module."""

    code: str
    name: str

    @property
    def summary(self) -> str:
        """The rule in one line."""
        return self._text.partition("\n")[0]

    @property
    def page(self) -> dict[str, str]:
        """The sections of the page in order: heading to text."""
        _, *parts = _HEADING.split(self._text)
        return dict(zip(parts[::2], (text.strip() for text in parts[1::2]), strict=True))

    @property
    def cases(self) -> tuple[Case, ...]:
        """What the rule does, refuses and leaves alone, by example."""
        cases: tuple[Case, ...] = self._module.CASES
        return cases

    @property
    def _text(self) -> str:
        return cleandoc(self._module.__doc__ or self.name)  # `python -OO` strips the pages

    @cached_property
    def _module(self) -> ModuleType:
        return import_module(f"{__name__}.{self.code}_{self.name}".lower().replace("-", "_"))


RULES = {
    code: Rule(code, name)
    for code, name in {
        "CHM101": "hardcoded-range",
        "CHM102": "hardcoded-concurrency",
        "CHM103": "hardcoded-volume",
        "CHM201": "hardcoded-count-threshold",
        "CHM202": "hardcoded-rate-threshold",
        "CHM203": "hardcoded-total",
        "CHM301": "hardcoded-time-limit",
        "CHM401": "early-exit",
        "CHM402": "state-between-trials",
        "CHM403": "several-sizes",
        "CHM404": "untraced",
        "CHM405": "fixture-unreachable",
        "CHM406": "kept",
        "CHM407": "extreme-value",
        "CHM408": "fixed-capacity",
        "CHM409": "arithmetic",
        "CHM410": "other-file",
        "CHM411": "index-bound",
        "CHM450": "fails-by-itself",
        "CHM460": "cannot-fail",
    }.items()
}
