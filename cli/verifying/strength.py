"""Whether an assertion can still fail: what its bound lets pass, out of all that could come."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chaos_migrate.cli.verifying.records import Bound, Comparison, TestRun

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_RATES = ("max_rate", "min_rate")


@dataclass(frozen=True)
class Strength:
    """What one assertion lets pass at a load; `problem` is why that makes it worthless."""

    test: str
    load: float
    where: str
    text: str
    lets_pass: str
    problem: str = ""


def strengths(test: str, load: float, runs: Sequence[TestRun]) -> list[Strength]:
    """Every assertion of a test with a bound from the fixture, each once."""
    found: dict[tuple[str, str, str], Strength] = {}
    for run in runs:
        for where, text, comparison in _comparisons(run):
            for bound in run.bounds:
                strength = _strength(test, load, where, text, comparison, bound)
                if strength:
                    found.setdefault((where, strength.lets_pass, strength.problem), strength)
    return list(found.values())


def _comparisons(run: TestRun) -> Iterator[tuple[str, str, Comparison]]:
    for assertion in run.assertions:
        for _, comparisons in assertion.values:
            for comparison in comparisons:
                yield str(assertion.place), assertion.text, comparison
    if run.failure:
        for comparison in run.failure.comparisons:
            yield str(run.failure.place), run.failure.text, comparison


def _strength(
    test: str, load: float, where: str, text: str, comparison: Comparison, bound: Bound
) -> Strength | None:
    left, word, right = comparison
    trials, limit = bound.arguments.get("trials"), bound.result
    if word not in _HOLDS or limit is None or bound.method == "scaled":
        return None
    if left == limit and right != limit:
        word = _MIRRORED[word]
    elif right != limit:
        return None

    def passes(operand: float) -> bool:
        return _HOLDS[word](operand, limit)

    if bound.method == "time_limit":
        worthless = "" if not passes(math.inf) else "no time is too long for it"
        return Strength(test, load, where, text, f"up to {limit:g} s", worthless)
    if not isinstance(trials, int):
        return None
    possible = [n / trials for n in range(trials + 1)] if bound.method in _RATES else None
    passing = [n for n in range(trials + 1) if passes(possible[n] if possible else n)]
    if not passing:
        return Strength(test, load, where, text, "nothing", f"nothing of {trials} can pass it")
    fewest, most = min(passing), max(passing)
    says = f"{fewest} or more of {trials}" if word in (">", ">=") else f"up to {most} of {trials}"
    problem = f"none of 0 to {trials} can fail it" if len(passing) > trials else ""
    return Strength(test, load, where, text, says, problem)
