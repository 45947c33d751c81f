"""A pytest plugin: what every test draws from `random`, and the operands of its assertions.

Run with `-p recording` and RECORDING=file.json; the file then holds, for every test, whether it
started threads, all it drew, and every assertion it passed with the values in it.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import random
import re
import threading
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_records: dict[str, dict[str, Any]] = {}
_current: dict[str, Any] = {"threads": False, "draws": [], "assertions": []}  # outside of tests


class _Recorder(random.Random):
    """Everything that can be drawn from `random` comes out of these two methods."""

    def random(self) -> float:
        value = super().random()
        _current["draws"].append(value)
        return value

    def getrandbits(self, k: int, /) -> int:
        value = super().getrandbits(k)
        _current["draws"].append(value)
        return value


def _note(text: str) -> None:
    _current["assertions"].append(re.sub(r"0x[0-9a-f]+", "0x", text))


def _noting(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @functools.wraps(method)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        operands = signature.bind(*args, **kwargs).arguments
        values = [repr(value) for name, value in operands.items() if name not in ("self", "msg")]
        result = method(*args, **kwargs)
        _note(f"{method.__name__} {' '.join(values)}")
        return result

    return wrapper


def _start(self: threading.Thread, start: Callable[..., None] = threading.Thread.start) -> None:
    _current["threads"] = True
    start(self)


def pytest_configure() -> None:
    recorder = _Recorder()
    for name in random.__all__:
        if inspect.ismethod(getattr(random, name)) or inspect.isbuiltin(getattr(random, name)):
            setattr(random, name, getattr(recorder, name))
    for name, method in vars(unittest.TestCase).items():
        if name.startswith("assert") and "msg" in inspect.signature(method).parameters:
            setattr(unittest.TestCase, name, _noting(method))
    threading.Thread.start = _start  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    global _current
    _current = _records[item.nodeid] = {"threads": False, "draws": [], "assertions": []}
    return (yield)


def pytest_assertion_pass(expl: str) -> None:
    _note(expl)


def pytest_sessionfinish() -> None:
    Path(os.environ["RECORDING"]).write_text(json.dumps(_records))
