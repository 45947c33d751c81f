"""Suites whose tests are watched, and whose dice are loaded, while they run."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.checkouts import PYTEST, Checkout
from tests.power.bounds import Bound

Chances = dict[str, dict[str, float]]
Ends = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Watched:
    """A checkout of the suite, run with the plugin of this folder."""

    files: Checkout

    def bounds(self, load: str) -> tuple[Bound, ...]:
        """Every bound that the tests compute at a load."""
        return _bounds(self, load)

    def ends(self, load: str, chances: Chances, runs: int) -> Ends:
        """How runs with loaded dice end, by test and by the way in which the dice are loaded."""
        ends: Ends = self.run(load, chances, runs)["ends"]
        return ends

    def run(self, load: str, chances: Chances, runs: int) -> Any:
        """What the plugin has seen: `bounds`, and `ends` of so many runs."""
        order = self.files.path / "dice.json"
        order.write_text(json.dumps({"runs": runs, "chances": chances}), encoding="utf-8")
        options = (*PYTEST, "--assert=plain")
        done = self.files.run(
            sys.executable, "-m", "pytest", *options, "-p", "loaded_dice", "chaos",
            LOADED_DICE=str(order), PYTHONPATH=str(Path(__file__).parent),
            CHAOS_LOAD_MULTIPLIER=load,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(order.with_suffix(".out").read_text(encoding="utf-8"))


@cache  # nearly every test asks for those at load 1
def _bounds(suite: Watched, load: str) -> tuple[Bound, ...]:
    return tuple(Bound(**bound) for bound in suite.run(load, {}, 1)["bounds"])
