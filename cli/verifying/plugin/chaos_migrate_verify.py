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

import functools
import inspect
import json
import os
import random
import re
import sys
import threading
import unittest
import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

AT_MOST = 40  # executions of one assertion that are kept; of the rest only their number
_LONGEST = 300  # characters of a value

# What tests patch must not reach us.
_open, _dumps, _getpid = open, json.dumps, os.getpid


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


class Recording:
    """What one test does: its assertions with their operands, its bounds, its sources of chance."""

    def __init__(self) -> None:
        self.outcome = "passed"
        self.message = ""
        self.failed_at: list[Any] | None = None
        self.assertions: dict[str, dict[str, Any]] = {}
        self.bounds: dict[str, list[Any]] = {}
        self.threads = False
        self.chance = False
        self.duration = 0.0
        self.start = self.end = ""
        self.compared = threading.local()  # operands seen since the last assertion, by thread

    def pending(self) -> list[Any]:
        """The operands compared since the last assertion of this thread."""
        if not hasattr(self.compared, "operands"):
            self.compared.operands = []
        return self.compared.operands  # type: ignore[no-any-return]

    def assertion(self, place: list[Any], text: str, values: str) -> None:
        """Note an assertion that was carried out; those of one place together."""
        operands = list(self.pending())
        self.pending().clear()
        seen = self.assertions.setdefault(
            f"{place[0]}:{place[1]}", {"place": place, "text": text, "count": 0, "values": []}
        )
        seen["count"] += 1
        if seen["count"] <= AT_MOST:
            seen["values"].append([_short(values), operands])

    def as_json(self) -> dict[str, Any]:
        """Everything but what only this process can use."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "failed_at": self.failed_at,
            "assertions": list(self.assertions.values()),
            "bounds": list(self.bounds.values()),
            "threads": self.threads,
            "chance": self.chance or self.start != self.end,
            "duration": self.duration,
            "end": self.end,
        }


class Verification:
    """The hooks: a recorder where tests run, a writer where their results arrive.

    Under pytest-xdist these are different processes; a recording travels on the last report of
    its test.
    """

    def __init__(self, config: pytest.Config, orders: dict[str, Any]) -> None:
        self.config = config
        self.orders = orders
        self.current = Recording()  # outside of tests: of nobody
        self.process = _getpid()
        self.root = str(config.rootpath)
        self.is_worker = hasattr(config, "workerinput")
        self.dice: random.Random | None = None  # for what the current test leaves unseeded

    # Writing

    def write(self, event: str, **facts: Any) -> None:
        """Add an event; a fork of this process keeps silent, and a closed descriptor is no loss."""
        if self.is_worker or _getpid() != self.process:
            return
        with _open(self.orders["events"], "a", encoding="utf-8") as stream:
            stream.write(_dumps({"event": event, **facts}) + "\n")

    def pytest_configure_node(self, node: Any) -> None:
        """Hand the orders to a worker of pytest-xdist, which may run on another machine."""
        node.workerinput["chaos_verify"] = self.orders

    pytest_configure_node = pytest.hookimpl(optionalhook=True)(pytest_configure_node)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.write("uncollected", test=report.nodeid, message=_last_lines(report.longreprtext))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write("start", test=nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "???":  # pytest-xdist's word for a test whose worker died
            self.write("crash", test=report.nodeid, message=_last_lines(report.longreprtext))
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
        seed = f"{self.orders['seed']}/{item.nodeid}"
        _seed(seed)
        self.dice = random.Random(f"unseeded/{seed}")
        self.current.start = _state()
        yield

    # Recording

    @pytest.hookimpl(tryfirst=True)
    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        self.current.pending().append([_number(left), op, _number(right)])

    def pytest_assertion_pass(self, lineno: int, orig: str, expl: str) -> None:
        frame: Any = sys._getframe()
        while frame is not None and frame.f_code.co_name != "_call_assertion_pass":
            frame = frame.f_back
        place = self._place(frame.f_back, lineno) if frame is not None else ["", lineno, ""]
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
                now.message = _headline(call.excinfo, report.longreprtext)
                now.failed_at = self._failed_at(call.excinfo)
        elif report.skipped:
            now.outcome = "skipped"
        if report.when == "teardown":
            now.end = _state()
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
            self._record_bounds(type(outcome.get_result()))

    def _record_bounds(self, config: type) -> None:
        for name in ("scaled", "max_count", "min_count", "max_rate", "min_rate", "time_limit"):
            for owner in config.__mro__:
                function = vars(owner).get(name)
                if function is None:
                    continue
                plain = function.__func__ if isinstance(function, staticmethod) else function
                if callable(plain) and not hasattr(plain, "chaos_recorded"):
                    recorded = self._recording_bound(name, plain)
                    static = isinstance(function, staticmethod)
                    setattr(owner, name, staticmethod(recorded) if static else recorded)

    def _recording_bound(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            given = dict(signature.bind(*args, **kwargs).arguments)
            given.pop("self", None)
            facts = [name, {key: _number(value) for key, value in given.items()}, _number(result)]
            self.current.bounds[_dumps(facts)] = facts
            return result

        wrapper.chaos_recorded = True  # type: ignore[attr-defined]
        return wrapper

    def record_unittest(self) -> None:
        """Note the operands of unittest's assertion methods, the outermost call of each."""
        inside = threading.local()
        for name, method in list(vars(unittest.TestCase).items()):
            if name.startswith("assert") and "msg" in inspect.signature(method).parameters:
                setattr(unittest.TestCase, name, self._noting(name, method, inside))

    def _noting(self, name: str, method: Callable[..., Any], inside: Any) -> Callable[..., Any]:
        signature = inspect.signature(method)
        operator = _UNITTEST.get(name)

        @functools.wraps(method)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if getattr(inside, "call", False):
                return method(*args, **kwargs)
            inside.call = True
            given = signature.bind(*args, **kwargs).arguments
            operands = [value for key, value in given.items() if key not in ("self", "msg")]
            pending = self.current.pending()
            pending.clear()
            if operator and len(operands) >= 2:
                pending.append([_number(operands[0]), operator, _number(operands[1])])
            try:
                result = method(*args, **kwargs)
            finally:
                inside.call = False
            caller = sys._getframe(1)
            values = " ".join(_repr(value) for value in operands)
            self.current.assertion(self._place(caller, caller.f_lineno), name, f"{name} {values}")
            return result

        return wrapper

    def record_threads(self) -> None:
        """Note which tests start threads: what happens there is in no certain order."""
        start = threading.Thread.start

        @functools.wraps(start)
        def starting(thread: threading.Thread) -> None:
            self.current.threads = True
            start(thread)

        threading.Thread.start = starting  # type: ignore[method-assign, assignment]

    def seed_the_unseeded(self) -> None:
        """Let `random.Random()` without a seed, too, draw the same in the same test and run."""
        seed = random.Random.seed

        def seeding(dice: random.Random, a: Any = None, version: int = 2) -> None:
            if a is None and self.dice is not None:
                self.current.chance = True
                a = self.dice.getrandbits(64)
            seed(dice, a, version)

        random.Random.seed = seeding  # type: ignore[method-assign, assignment]

    def _place(self, frame: Any, line: int) -> list[Any]:
        path = frame.f_code.co_filename
        if path.startswith(self.root + os.sep):
            path = path[len(self.root) + 1 :]
        return [path, line, frame.f_code.co_name]


_UNITTEST = {
    "assertEqual": "==",
    "assertNotEqual": "!=",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
}


def pytest_configure(config: pytest.Config) -> None:
    """Take the orders, and keep other plugins from hiding failures or changing the dice."""
    orders = getattr(config, "workerinput", {}).get("chaos_verify", _ORDERS)
    os.environ.update(orders["environment"])
    overrides = {"maxfail": 0, "reruns": 0, "randomly_reorganize": False, "stepwise": False}
    for option, value in {**overrides, "randomly_reset_seed": False}.items():
        if hasattr(config.option, option):
            setattr(config.option, option, value)
    verification = Verification(config, orders)
    verification.record_unittest()
    verification.record_threads()
    verification.seed_the_unseeded()
    if orders["inject"]:
        _inject(orders["inject"], orders["seed"])
    config.pluginmanager.register(verification, "chaos-migrate-verification")


def _inject(rate: float, seed: str) -> None:
    """Make draws extreme with this probability, so that what is simulated goes wrong more often.

    Only `random()` is changed: what is drawn by it is compared with a probability. Choices,
    shuffles and numbers in a range are what they were.
    """
    extreme = 0.0 if rate > 0 else 1 - 2**-53
    dice = random.Random(f"inject/{seed}")
    plain = random.Random

    class Injecting(plain):  # type: ignore[misc,valid-type]
        def random(self) -> float:
            drawn: float = super().random()
            return extreme if dice.random() < abs(rate) else drawn

        def getrandbits(self, k: int, /) -> int:  # else `random` would be asked for these, too
            bits: int = super().getrandbits(k)
            return bits

    draw = random.random
    random.Random = Injecting  # type: ignore[misc]
    random.random = lambda: extreme if dice.random() < abs(rate) else draw()


def _seed(text: str) -> None:
    random.seed(text)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(zlib.crc32(text.encode()))


def _state() -> str:
    """A fingerprint of what the next draws will be; the same after the same draws."""
    words: list[str] = [repr(random.getstate()[1])]
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        words.append(repr(numpy.random.get_state()[1].tobytes()))
    return format(zlib.crc32("".join(words).encode()), "08x")


def _number(value: object) -> Any:
    """A number as it is, None for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else None
    return float(value)


def _repr(value: object) -> str:
    try:
        return repr(value)[:_LONGEST]
    except Exception as error:  # whatever a user's __repr__ raises
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def _short(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text)[:_LONGEST]


def _headline(excinfo: Any, shown: str) -> str:
    """An error in one line; what pytest says itself of its own errors, like a missing fixture."""
    kind, message = excinfo.type.__name__, str(excinfo.value)
    if excinfo.type.__module__.startswith("_pytest"):
        message = "\n".join(line[1:] for line in shown.splitlines() if line.startswith("E"))
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return _short(f"{kind}: {' | '.join(lines[:2])}" if lines else kind)


def _last_lines(text: str) -> str:
    """The end of a traceback, where the error is named."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _short(" | ".join(lines[-2:]))
