"""The fixture `chaos_config`, on `self` in test classes, and the line in the header."""

import pytest

from chaos_migrate.fixtures_templates.config import _ChaosLoad
from chaos_migrate.fixtures_templates.machine import (
    _chaos_load_multiplier,
    _chaos_number,
    _chaos_time_factor,
)


class ChaosConfig(_ChaosLoad):
    """What the fixture `chaos_config` gives to a test."""


@pytest.fixture(scope="session")
def chaos_config() -> ChaosConfig:
    """How much load this run puts on, and the bounds that follow from it."""
    workers = _chaos_number("PYTEST_XDIST_WORKER_COUNT", least=1)
    load, _ = _chaos_load_multiplier(int(workers or 1))
    return ChaosConfig(load, _chaos_time_factor(load))


@pytest.fixture(autouse=True)
def _chaos_inject_config(
    request: pytest.FixtureRequest,
    chaos_config: ChaosConfig,
) -> None:
    """Give test classes, unittest's too, `self.chaos_config` if they have none."""
    if request.instance is not None and not hasattr(request.instance, "chaos_config"):
        request.instance.chaos_config = chaos_config


@pytest.hookimpl(specname="pytest_report_header")
def pytest_chaos_report_header(config: pytest.Config) -> str:
    """Say in pytest's header which load was chosen, and why."""
    vars(config)["_chaos_told"] = True
    workers = len(getattr(config.option, "tx", None) or [])  # of pytest-xdist
    load, reason = _chaos_load_multiplier(max(1, workers))
    return f"chaos: load {load:g} ({reason}), time factor {_chaos_time_factor(load):g}"


@pytest.hookimpl(specname="pytest_report_collectionfinish")
def pytest_chaos_report_collected(config: pytest.Config) -> list[str]:
    """Say it later where pytest came to this conftest only after its header."""
    told: bool = vars(config).get("_chaos_told", False)
    return [] if told else [pytest_chaos_report_header(config)]
