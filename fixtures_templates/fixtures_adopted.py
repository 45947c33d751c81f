"""The fixture `chaos_load`, beside the suite's own `chaos_config`, and on `self`."""

import math as _chaos_math

import pytest

from chaos_migrate.fixtures_templates.config import _ChaosLoad
from chaos_migrate.fixtures_templates.machine import (
    _chaos_load_multiplier,
    _chaos_number,
    _chaos_time_factor,
)


@pytest.fixture
def chaos_load(chaos_config: object) -> _ChaosLoad:
    """The load of the suite's own `chaos_config`, and the bounds that follow.

    A `chaos_config` without a load multiplier is about something else: then the load
    is chosen as anywhere, by the environment or the machine.
    """
    workers = _chaos_number("PYTEST_XDIST_WORKER_COUNT", least=1)
    load, source = _chaos_load_multiplier(int(workers or 1))
    if source != "CHAOS_LOAD_MULTIPLIER" and hasattr(chaos_config, "load_multiplier"):
        load = chaos_config.load_multiplier
        if not isinstance(load, int | float) or not 0 < load < _chaos_math.inf:
            message = "chaos_config.load_multiplier must be a number above 0"
            raise pytest.UsageError(f"{message}, not {load!r}")
    return _ChaosLoad(load, _chaos_time_factor(load))


class _ChaosOnDemand:
    """`self.chaos_load`: asks for the fixture when a test first uses it, not before.

    So a test that does not use it needs no `chaos_config`, and never sets one up.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def __getattr__(self, name: str) -> object:
        return getattr(self._request.getfixturevalue("chaos_load"), name)


@pytest.fixture(autouse=True)
def _chaos_inject_load(request: pytest.FixtureRequest) -> None:
    """Give test classes, unittest's too, `self.chaos_load` if they have none."""
    if request.instance is not None and not hasattr(request.instance, "chaos_load"):
        request.instance.chaos_load = _ChaosOnDemand(request)


@pytest.hookimpl(specname="pytest_report_header")
def pytest_chaos_report_header(config: pytest.Config) -> str:
    """Say in pytest's header where the load comes from."""
    vars(config)["_chaos_told"] = True
    load = _chaos_number("CHAOS_LOAD_MULTIPLIER")
    if load is None:
        return "chaos: load from this suite's own chaos_config, if it has one"
    factor = _chaos_time_factor(load)
    return f"chaos: load {load:g} (CHAOS_LOAD_MULTIPLIER), time factor {factor:g}"


@pytest.hookimpl(specname="pytest_report_collectionfinish")
def pytest_chaos_report_collected(config: pytest.Config) -> list[str]:
    """Say it later where pytest came to this conftest only after its header."""
    told: bool = vars(config).get("_chaos_told", False)
    return [] if told else [pytest_chaos_report_header(config)]
