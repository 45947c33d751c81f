"""The hooks of pytest: choose and seed tests, record what they do, write it down."""

from __future__ import annotations

import os
import sys
from builtins import open as open_file
from collections.abc import Generator, Iterator
from json import dumps
from os import getpid
from typing import Any

import pytest

from .chance import Dice
from .recording import Recording
from .values import headline, last_lines, number, place_of
from .watching import watch_bounds, watch_threads, watch_unittest


class Verification:
    """The hooks: a recorder where tests run, a writer where their results arrive.

    Under pytest-xdist these are different processes; a recording travels on the last report of
    its test.
    """

    def __init__(self, config: pytest.Config, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.current = Recording()  # outside of tests: of nobody
        self.process = getpid()
        self.root = str(config.rootpath)
        self.is_worker = hasattr(config, "workerinput")
        self.dice = Dice(orders["seed"], orders["inject"], self._drew)
        watch_unittest(lambda: self.current, self.root)
        watch_threads(lambda: self.current)

    def _drew(self) -> None:
        self.current.chance = True

    # Writing

    def write(self, event: str, **facts: Any) -> None:
        """Add an event; a fork of this process keeps silent, and a closed descriptor is no loss."""
        if self.is_worker or getpid() != self.process:
            return
        # Tests may patch open, json or os, and leave them patched: our own names are older.
        with open_file(self.orders["events"], "a", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(dumps({"event": event, **facts}) + "\n")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the orders to a worker of pytest-xdist, which may run on another machine."""
        node.workerinput["chaos_verify"] = self.orders

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.write("collected", found=len(ids), tests=list(ids))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.write("uncollected", test=report.nodeid, message=last_lines(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write("start", test=nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "???":  # pytest-xdist's word for a test whose worker died
            self.write("crash", test=report.nodeid, message=last_lines(report.longreprtext))
        recording = getattr(report, "chaos_verify", None)
        if recording is not None:
            self.write("finish", test=report.nodeid, **recording)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self.write("end", code=int(exitstatus))

    # Choosing and seeding

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        only, leave_out = self.orders["only"], set(self.orders["leave_out"])
        wanted = None if only is None else set(only)
        chosen = [
            item
            for item in items
            if item.nodeid not in leave_out and (wanted is None or item.nodeid in wanted)
        ]
        for item in chosen:  # a failure that is tried again until it passes is what we look for
            item.own_markers = [mark for mark in item.own_markers if mark.name != "flaky"]
        found = len(items)
        if len(chosen) < found:
            config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
            items[:] = chosen
        self.write("collected", found=found, tests=[item.nodeid for item in items])

    @pytest.hookimpl(tryfirst=True, hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.current = Recording()
        self.dice.begin(item.nodeid)
        self.current.start = self.dice.state()
        yield

    # Recording

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        self.current.pending().append([number(left), op, number(right)])

    def pytest_assertion_pass(self, lineno: int, orig: str, expl: str) -> None:
        frame: Any = sys._getframe()
        while frame is not None and frame.f_code.co_name != "_call_assertion_pass":
            frame = frame.f_back
        place = place_of(frame.f_back, lineno, self.root) if frame is not None else ["", lineno, ""]
        self.current.assertion(place, orig, expl.split("\n", 1)[0])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, None]:
        outcome = yield
        report = outcome.get_result()
        now = self.current
        now.duration += report.duration
        if report.when == "call" and not report.failed:
            now.outcome = report.outcome
            if hasattr(report, "wasxfail"):
                now.outcome = "xpassed" if report.passed else "xfailed"
        elif report.failed and now.outcome in ("passed", "skipped", "xfailed", "xpassed"):
            now.outcome = "failed" if report.when == "call" else "error"
            if call.excinfo is not None:
                now.message = headline(call.excinfo, report.longreprtext)
                now.failed_at = self._failed_at(call.excinfo)
        elif report.skipped:
            now.outcome = "skipped"
        if report.when == "teardown":
            now.end = self.dice.state()
            report.chaos_verify = now.as_json()

    def _failed_at(self, excinfo: Any) -> list[Any] | None:
        """Where in the suite it failed, the text there, and the operands if that is an assertion.

        The innermost frame below the root that is no library: helpers of the suite count.
        """
        frames = [e for e in excinfo.traceback if str(e.path).startswith(self.root + os.sep)]
        if not frames:
            return None
        entry = frames[-1]
        try:
            text = str(entry.statement).strip()
        except Exception:  # the source may be anywhere, or nowhere
            text = ""
        place = [str(entry.path)[len(self.root) + 1 :], entry.lineno + 1, entry.frame.code.name]
        return [place, text, list(self.current.pending())]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, None]:
        outcome = yield
        if fixturedef.argname in ("chaos_config", "chaos_load") and outcome.excinfo is None:
            watch_bounds(lambda: self.current, type(outcome.get_result()))
