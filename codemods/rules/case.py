"""An example of a rule that is its test as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from chaos_migrate.codemods.plan import Options


@dataclass(frozen=True)
class Case:
    """What becomes of a test module: rewritten to `after`, refused with `code`, or left alone.

    `name` is a sentence about the behaviour. `groups` is how many groups `code` refuses. `helpers`
    are other files of the suite, by their names. `runnable` says that the case needs nothing from
    outside: it passes at any load.
    """

    name: str
    before: str
    after: str | None = None
    code: str | None = None
    groups: int = 1
    helpers: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    runnable: bool = False

    def __post_init__(self) -> None:
        """Take the texts out of the indentation of the module that they stand in."""
        for name in ("before", "after"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, dedent(text).lstrip("\n"))
        helpers = {name: dedent(text).lstrip("\n") for name, text in self.helpers.items()}
        object.__setattr__(self, "helpers", helpers)
