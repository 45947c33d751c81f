"""Generated modules: one test with its load and assertions, in all that may stand around it."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.laws.assertions import assertions, nested
from tests.laws.trials import HELPERS, indented, loads

IMPORTS = """\
import asyncio, contextlib, random, statistics, threading, time
import unittest
from concurrent.futures import ThreadPoolExecutor

import pytest

CALLS = []
ROUNDS = 12
"""
STARTS = (
    "ok = bad = 0\nseen, log, counts = [], [], {}",
    "ok, bad = 0, 0\nseen = []; log = []; counts = {}",
    "seen: list = []\nlog, counts = list(), dict()\nok = 0; bad = 0",
)
DECORATORS = (
    "",
    "",
    "@pytest.mark.slow\n",
    "@pytest.mark.chaos\n@pytest.mark.timeout(60)\n",
    "@pytest.mark.parametrize('x', [1, 10])\n",
)
PARAMETERS = ("", "", "", "x=None", "*, x=3", "x=(\n    10\n)")
CLASSES = ("class TestIt:", "class TestIt(object):", "class Test(unittest.TestCase):")
SETUP = (
    "",
    "def setup_method(self):\n    self.rounds = 10\n\n",
    "LIMIT = 10\n\n",
    '"""All of it."""\n\n',
)


@dataclass(frozen=True)
class Program:
    """The text of a module with one test, `name` or `class.name`."""

    text: str
    name: str
    asynchronous: bool


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A module with one test: a load or two, and assertions on what they counted."""
    in_class, asynchronous = draw(st.booleans()), draw(st.booleans())
    head = draw(st.sampled_from(CLASSES)) if in_class else ""
    unittest = "unittest" in head
    body = [draw(st.sampled_from(("", "", '"""Ten of 10 shall pass."""')))]
    body += [draw(st.sampled_from(STARTS)), "lock = threading.Lock()\nstarted = time.monotonic()"]
    for _ in range(draw(st.integers(1, 2))):
        load = draw(loads(asynchronous))
        body.append(nested(draw, load.text))
        for _ in range(draw(st.integers(0, 3))):
            body.append(nested(draw, draw(assertions(load, unittest))))
    decorators = "" if unittest else draw(st.sampled_from(DECORATORS))
    parameters = "" if unittest else draw(st.sampled_from(PARAMETERS))
    if "parametrize" in decorators:
        parameters = "x"
    text = _function(decorators, asynchronous, in_class, parameters, "\n".join(filter(None, body)))
    if in_class:
        text = (
            f"{head}\n{indented('' if unittest else draw(st.sampled_from(SETUP)))}{indented(text)}"
        )
    name = f"{head.split()[1].partition('(')[0].rstrip(':')}.test_it" if in_class else "test_it"
    parts = [IMPORTS, HELPERS, text]
    return Program("\n\n".join(parts) + "\n", name, asynchronous)


def _function(decorators: str, asynchronous: bool, method: bool, parameters: str, body: str) -> str:
    given = ", ".join(filter(None, ("self" if method else "", parameters)))
    prefix = "async " if asynchronous else ""
    return f"{decorators}{prefix}def test_it({given}):\n{indented(body)}"
