"""The dice: the same in the same test and run, and loaded ones for injected failures."""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Callable
from typing import Any


class Dice:
    """What a test draws.

    Args:
        run: The seed of this run.
        inject: How likely a draw of `random()` is made extreme, see `load`.
        unseeded: Called whenever something is drawn from dice that nobody has seeded.
    """

    def __init__(self, run: str, inject: float, unseeded: Callable[[], None]) -> None:
        self.run = run
        self.inject = inject
        self.unseeded = unseeded
        self.seeds: random.Random | None = None  # for dice that the current test does not seed
        self.injected = random.Random(0)
        self._seed_the_unseeded()
        if inject:
            self._load()

    def begin(self, test: str) -> None:
        """Let a test start with dice of its own."""
        text = f"{self.run}/{test}"
        random.seed(text)
        numpy = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "random"):
            numpy.random.seed(zlib.crc32(text.encode()))
        self.seeds = random.Random(f"unseeded/{text}")
        self.injected.seed(f"injected/{text}")

    def state(self) -> str:
        """A fingerprint of what the next draws will be; the same after the same draws."""
        words = [repr(random.getstate()[1])]
        numpy = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "random"):
            words.append(repr(numpy.random.get_state()[1].tobytes()))
        return format(zlib.crc32("".join(words).encode()), "08x")

    def _seed_the_unseeded(self) -> None:
        """Let `random.Random()` without a seed, too, draw the same in the same test and run."""
        seed = random.Random.seed

        def seeding(dice: random.Random, a: Any = None, version: int = 2) -> None:
            if a is None and self.seeds is not None:
                self.unseeded()
                a = self.seeds.getrandbits(64)
            seed(dice, a, version)

        random.Random.seed = seeding  # type: ignore[method-assign, assignment]

    def _load(self) -> None:
        """Make draws extreme now and then, so that what is simulated goes wrong more often.

        Only `random()` is changed: what is drawn by it is compared with a probability. Choices,
        shuffles and numbers in a range are what they were.
        """
        extreme = 0.0 if self.inject > 0 else 1 - 2**-53
        rate, injected = abs(self.inject), self.injected
        plain, draw = random.Random, random.random

        class Loaded(plain):  # type: ignore[misc,valid-type]
            def random(self) -> float:
                drawn: float = super().random()
                return extreme if injected.random() < rate else drawn

            def getrandbits(self, k: int, /) -> int:  # else `random` would be asked for these, too
                bits: int = super().getrandbits(k)
                return bits

        random.Random = Loaded  # type: ignore[misc]
        random.random = lambda: extreme if injected.random() < rate else draw()
