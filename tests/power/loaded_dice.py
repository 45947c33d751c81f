"""A plugin of pytest: the tests of a suite, many times each, with loaded dice.

The file that LOADED_DICE names says how often, and for each test the chance that a draw of
`random.random()` is extreme; otherwise it is harmless. Whether low draws make things worse or
high ones is for the test to say, so there are these two ways. A test without a chance runs once,
with the dice that it has.

Beside that file another one, `.out`, gets how each run ended, and every bound that the suite's
configuration computed.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

EXTREMES = {"low": 0.0, "high": 1 - 2**-53}
METHODS = ("max_count", "min_count", "max_rate", "min_rate")

_order = json.loads(Path(os.environ["LOADED_DICE"]).read_text(encoding="utf-8"))
_ends: dict[str, dict[str, list[str]]] = {}
_bounds: list[dict[str, object]] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that are asked for; by now the suite's configuration can be watched."""
    if _order["chances"]:
        items[:] = [item for item in items if item.nodeid in _order["chances"]]
        _wait_for_nothing()
    for plugin in config.pluginmanager.get_plugins():
        if hasattr(plugin, "_CHAOS_FIXTURES_VERSION"):
            for method in METHODS:
                watched = _watched(method, getattr(plugin.ChaosConfig, method))
                setattr(plugin.ChaosConfig, method, staticmethod(watched))


def _wait_for_nothing() -> None:
    """It is the dice that are looked at, not the clock."""
    sleep = asyncio.sleep
    asyncio.sleep = lambda _delay, *rest: sleep(0, *rest)  # type: ignore[assignment]
    time.sleep = lambda _seconds: None


def _watched(method: str, bound: Callable[..., Any]) -> Callable[..., Any]:
    def watched(literal: Any, of: int, trials: int, strict: bool = False) -> Any:
        result = bound(literal, of, trials, strict)
        if not _order["chances"]:
            line = sys._getframe(1).f_lineno
            _bounds.append(
                {
                    "test": next(reversed(_ends)), "line": line, "method": method, "of": of,
                    "trials": trials, "strict": strict, "result": result,
                }
            )  # fmt: skip
        return result

    return watched


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test as it is, or as often as is asked for, with dice that are loaded."""
    chances = _order["chances"].get(item.nodeid, {})
    ends = _ends[item.nodeid] = {}
    if chances:  # nearly all runs fail, and tracebacks would take most of the time
        item.repr_failure = lambda excinfo: excinfo.exconly()  # type: ignore[method-assign]
    for way, chance in chances.items():
        ends[way] = [
            _end(item, nextitem, way, chance, random.Random(seed)) for seed in range(_order["runs"])
        ]
    if not chances:
        runtestprotocol(item, nextitem=nextitem)
    return True


def _end(
    item: pytest.Item, nextitem: pytest.Item | None, way: str, chance: float, dice: random.Random
) -> str:
    """How one run ends: "" if it passes, else in what."""
    other = "high" if way == "low" else "low"
    draw, wait = random.random, random.expovariate

    def loaded() -> float:
        return EXTREMES[way] if dice.random() < chance else EXTREMES[other]

    random.random = loaded
    random.expovariate = lambda lambd=1.0: -math.log(1 - loaded()) / lambd
    try:
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    finally:
        random.random, random.expovariate = draw, wait
    failed = [str(report.longrepr) for report in reports if report.failed]
    return failed[0].strip().splitlines()[-1] if failed else ""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write down what was found."""
    found = json.dumps({"ends": _ends, "bounds": _bounds})
    Path(os.environ["LOADED_DICE"]).with_suffix(".out").write_text(found, encoding="utf-8")
