"""What there is to say about one number."""

from __future__ import annotations

from dataclasses import dataclass

from chaos_migrate.codemods.plan import Site


@dataclass(frozen=True)
class Explanation:
    """A number of a line; `column` is 1-based, in code points, and `function` the test it is in.

    `site` is what a migration thinks of it, None for a number that it does not look at.
    `sentences` are the chain of reasoning, from what the number is to what becomes of it.
    """

    line: int
    column: int
    literal: str
    function: str
    sentences: tuple[str, ...]
    site: Site | None = None
