"""Running a generated program, and all that can be seen of the run."""

from __future__ import annotations

import asyncio
import inspect
import random
import warnings
from dataclasses import dataclass
from typing import Any

import pytest

from chaos_migrate.fixtures_templates.fixtures import ChaosConfig
from tests.laws.programs import Program


@dataclass(frozen=True)
class Trace:
    """How a run ended, what it drew (as the state of `random` behind it), and what it called."""

    outcome: str
    draws: object
    calls: tuple[int, ...]


def trace(program: Program, text: bytes, load: float) -> Trace:
    """Run the test of `program` in the version `text`, as pytest would, with a fixed seed."""
    space: dict[str, Any] = {"__name__": "generated"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # marks that nobody has registered
        exec(compile(text, "generated.py", "exec", dont_inherit=True), space)
    config = ChaosConfig(load, max(1, 1 / load))
    cls, _, name = program.name.rpartition(".")
    if cls:
        instance = space[cls]()
        instance.chaos_config = config
        test = getattr(instance, name)
    else:
        test = space[name]
    random.seed(7)
    try:
        outcome = _called(test, config)
    except (AssertionError, pytest.fail.Exception):
        outcome = "failed"
    except ZeroDivisionError as error:  # a rate of nothing, in the words of its author
        outcome = str(error)
    return Trace(outcome, random.getstate(), tuple(sorted(space["CALLS"])))


def _called(test: Any, config: ChaosConfig) -> str:
    given = {"chaos_config": config, "x": 1}
    asked = inspect.signature(test).parameters
    result = test(**{name: given[name] for name in asked})
    if inspect.iscoroutine(result):
        asyncio.run(result)
    return "passed"
