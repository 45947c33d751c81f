"""All that a verification has found, or has found so far: what every report is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from chaos_migrate.cli.verifying.identity import Difference
from chaos_migrate.cli.verifying.injection import Caught
from chaos_migrate.cli.verifying.strength import Strength
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict


@dataclass(frozen=True)
class Findings:
    """The numbers and what they mean.

    `compared` tests had their operands compared at load 1, which `differences` lists; `wavering`
    are those that differ between two runs of the old version. `lost_time` is why no more was found.
    """

    titles: tuple[str, str]
    loads: tuple[float, ...]
    cells: tuple[Cell, ...]
    compared: int
    differences: tuple[Difference, ...]
    wavering: tuple[str, ...]
    strengths: tuple[Strength, ...]
    injected: float
    caught: tuple[Caught, ...]
    notes: tuple[str, ...]
    runs: int
    seconds: float
    interrupted: bool = False

    @cached_property
    def by_verdict(self) -> Counter[Verdict]:
        """How many cells got each verdict."""
        return Counter(cell.verdict for cell in self.cells)

    @cached_property
    def by_test(self) -> dict[str, list[Cell]]:
        """The cells of each test in the order of the loads."""
        tests: dict[str, list[Cell]] = {}
        for cell in self.cells:
            tests.setdefault(cell.test, []).append(cell)
        return tests

    @property
    def worthless(self) -> list[Strength]:
        """Assertions that nothing can fail, or nothing can pass."""
        return [strength for strength in self.strengths if strength.problem]

    @property
    def weaker(self) -> list[Caught]:
        """Tests that notice less than before."""
        return [each for each in self.caught if each.weaker]

    @property
    def worse(self) -> bool:
        """Whether anything became worse."""
        return bool(
            self.by_verdict[Verdict.WORSE] or self.differences or self.worthless or self.weaker
        )
