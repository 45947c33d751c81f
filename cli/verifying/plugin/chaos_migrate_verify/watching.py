"""What pytest has no hook for: unittest's assertions, threads, and the bounds of the fixtures."""

from __future__ import annotations

import functools
import inspect
import json
import sys
import threading
import unittest
from collections.abc import Callable
from typing import Any

from .recording import Recording
from .values import number, place_of, representation

_BOUNDS = ("scaled", "max_count", "min_count", "max_rate", "min_rate", "time_limit")
_OPERATORS = {
    "assertEqual": "==",
    "assertNotEqual": "!=",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
}


def watch_unittest(current: Callable[[], Recording], root: str) -> None:
    """Note the operands of unittest's assertion methods, the outermost call of each."""
    inside = threading.local()

    def watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(method)
        operator = _OPERATORS.get(name)

        @functools.wraps(method)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if getattr(inside, "call", False):
                return method(*args, **kwargs)
            inside.call = True
            given = signature.bind(*args, **kwargs).arguments
            operands = [value for key, value in given.items() if key not in ("self", "msg")]
            pending = current().pending()
            pending.clear()
            if operator and len(operands) >= 2:
                pending.append([number(operands[0]), operator, number(operands[1])])
            try:
                result = method(*args, **kwargs)
            finally:
                inside.call = False
            caller = sys._getframe(1)
            values = " ".join(representation(value) for value in operands)
            place = place_of(caller, caller.f_lineno, root)
            current().assertion(place, name, f"{name} {values}")
            return result

        return wrapper

    for name, method in list(vars(unittest.TestCase).items()):
        if name.startswith("assert") and "msg" in inspect.signature(method).parameters:
            setattr(unittest.TestCase, name, watched(name, method))


def watch_threads(current: Callable[[], Recording]) -> None:
    """Note which tests start threads: what happens there is in no certain order."""
    start = threading.Thread.start

    @functools.wraps(start)
    def starting(thread: threading.Thread) -> None:
        current().threads = True
        start(thread)

    threading.Thread.start = starting  # type: ignore[method-assign, assignment]


def watch_bounds(current: Callable[[], Recording], config: type) -> None:
    """Note every call of `max_count` and the like of the class of a `chaos_config`."""

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            given = dict(signature.bind(*args, **kwargs).arguments)
            given.pop("self", None)
            facts = [name, {key: number(value) for key, value in given.items()}, number(result)]
            current().bounds[json.dumps(facts)] = facts
            return result

        wrapper.watched_by_chaos_migrate = True  # type: ignore[attr-defined]
        return wrapper

    for name in _BOUNDS:
        for owner in config.__mro__:
            function: Any = vars(owner).get(name)
            static = isinstance(function, staticmethod)
            plain = function.__func__ if static else function
            if callable(plain) and not hasattr(plain, "watched_by_chaos_migrate"):
                recorded = watched(name, plain)
                setattr(owner, name, staticmethod(recorded) if static else recorded)
