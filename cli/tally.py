"""The sums over a run: one account for the summary, the JSON and the exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.codemods.plan import Action


@dataclass
class Tally:
    """What a run met and did; `rewritten` counts numbers by rule code, `review` as well.

    `without_pytest` are the changed files that unittest runs as well, without any fixture.
    """

    files: int = 0
    changed: int = 0
    failed: int = 0
    groups: int = 0
    rewritten: Counter[str] = field(default_factory=Counter)
    review: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    can_shrink: int = 0
    held: int = 0
    without_pytest: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one file in."""
        self.files += 1
        self.changed += outcome.changed
        self.failed += outcome.problem is not None
        rewrites = outcome.rewrites
        self.rewritten.update(site.code for site in rewrites)
        self.groups += len({site.group for site in rewrites})
        for site in outcome.sites:
            if site.action is Action.REVIEW:
                self.review[site.code] += 1
            elif site.action is Action.KEEP:
                self.kept += 1
        if outcome.changed:
            self.without_pytest += bool(rewrites) and b"unittest.main(" in outcome.after
            shrinking = sum(shrink.can_shrink for shrink in outcome.shrinks)
            self.can_shrink += shrinking
            self.held += len(outcome.shrinks) - shrinking
