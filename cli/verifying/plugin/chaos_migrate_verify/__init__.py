"""The pytest plugin of `chaos-migrate verify`: it runs in the user's environment, beside his tests.

It needs pytest and the standard library alone, changes nothing on disk but its own file of events,
and finds its orders in the file that the environment variable CHAOS_VERIFY names (JSON):

- `events`: the file (absolute) that gets one JSON object a line for whatever happens;
- `bytecode`: the folder in which compiled modules may be kept;
- `environment`: variables to set where tests run, which may be another machine;
- `seed`: of this run; every test starts with its own `random` and NumPy state, made from it;
- `leave_out`: tests that are not to run; `only`: if not null, those that are;
- `inject`: how likely a draw of `random.random()` is made extreme: towards 0 if positive, 1 if not.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest


def _read_orders() -> dict[str, Any]:
    """The orders; none in a worker on another machine, which gets them from its controller."""
    path = Path(os.environ.get("CHAOS_VERIFY", ""))
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


_ORDERS = _read_orders()
if _ORDERS:
    # What pytest compiles from here on has our hook in it, and must not get into the caches of the
    # environment. Until here Python was told to write none.
    sys.pycache_prefix = _ORDERS["bytecode"]
    sys.dont_write_bytecode = False

from .hooks import Verification  # noqa: E402  (compiled after the settings above)


def pytest_configure(config: pytest.Config) -> None:
    """Take the orders, and keep other plugins from hiding failures or changing the dice."""
    orders = getattr(config, "workerinput", {}).get("chaos_verify", _ORDERS)
    os.environ.update(orders["environment"])
    overrides = {"maxfail": 0, "reruns": 0, "stepwise": False}
    overrides.update(randomly_reorganize=False, randomly_reset_seed=False)
    for option, value in overrides.items():
        if hasattr(config.option, option):
            setattr(config.option, option, value)
    config.pluginmanager.register(Verification(config, orders), "chaos-migrate-verification")
