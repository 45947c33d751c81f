"""What holds for every test, wherever it is run."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.program import ADDED

# None is timed, for a machine may be busy with something else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell that runs the tests in the background has them ignore interrupts, and so would all the
# programs that they start, those included that they interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each CPU, since a suite that is executed is asleep now and then."""
    return min(2 * (os.cpu_count() or 1), 8)  # beyond, one file of tests takes longest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The tests of a file go to one worker, in our order: they share suites that are migrated."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no worker is left alone with one at the end."""

    def seconds(item: pytest.Item) -> int:
        marker = item.get_closest_marker("long")
        return marker.args[0] if marker else 0

    items.sort(key=seconds, reverse=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage only in what comes later: the tests live to the end."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _lean_processes() -> Iterator[None]:
    """Let the pytest that tests start begin without Hypothesis, which takes it half a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDED, "-p no:hypothesispytest")
        yield
