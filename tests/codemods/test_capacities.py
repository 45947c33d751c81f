"""Capacities that stand in no test: defaults of the classes under test."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite

TEST = """
from app.cache import Cache


def test_entries_are_found_again():
    cache = Cache(CALL)
    for i in range(60):
        cache.put(f"key-{i}", b"")
    for i in range(60):
        assert cache.get(f"key-{i}") is not None
"""
CLASSES = {
    "a parameter of __init__": """
class Cache:
    def __init__(self, name="c", max_entries=100):
        pass
""",
    "a field of a dataclass": """
from dataclasses import dataclass


@dataclass
class Cache:
    name: str = "c"
    max_entries: int = 100
""",
}


def planned(
    call: str, defined: str, folder: str = "/project/app", constructor: str = "Cache"
) -> Plan:
    test_text = TEST.replace("Cache(CALL)", f"{constructor}({call})")
    files = {
        Path(folder, "cache.py"): defined,
        Path("/project/tests/test_cache.py"): test_text,
    }
    sources = {path: parse_source(path, text.encode()) for path, text in files.items()}
    suite = Suite(sources.get)
    test: Source = sources[Path("/project/tests/test_cache.py")]
    return plan_source(test, suite, Options())


@pytest.mark.parametrize("defined", CLASSES.values(), ids=CLASSES)
def test_the_default_of_a_class_under_test_bounds_its_trials(defined: str) -> None:
    sites = planned("", defined).sites
    assert {site.code for site in sites} == {"CHM408"}
    assert all("Cache(max_entries=100)" in site.reason for site in sites)


def test_a_class_is_found_below_src_as_well() -> None:
    sites = planned("", CLASSES["a parameter of __init__"], "/project/src/app").sites
    assert {site.code for site in sites} == {"CHM408"}


@pytest.mark.parametrize("call", ["max_entries=10_000", '"c", 10_000'])
def test_a_default_that_the_test_overrides_says_nothing(call: str) -> None:
    plan = planned(call, CLASSES["a parameter of __init__"])
    assert {site.action.value for site in plan.sites} == {"rewrite"}


def test_a_default_is_found_behind_another_constructor() -> None:
    defined = """
class Cache:
    def __init__(self, host, max_entries=100):
        pass

    @classmethod
    def from_url(cls, url):
        return cls(url.host)
"""
    sites = planned('"cache://here"', defined, constructor="Cache.from_url").sites
    assert {site.code for site in sites} == {"CHM408"}
    assert all("Cache(max_entries=100)" in site.reason for site in sites)


HIDDEN = {
    "what a container may hold": """
class Cache:
    def put(self, key, value):
        if len(self.entries) >= 100:
            self.entries.popitem()
""",
    "a constant of the module": """
_MAX_ENTRIES = 100


class Cache:
    def put(self, key, value):
        if len(self.entries) >= _MAX_ENTRIES:
            self.entries.popitem()
""",
    "an attribute": """
class Cache:
    def __init__(self, name="c"):
        self.max_entries = 100
""",
    "a bounded container": """
from collections import deque


class Cache:
    def __init__(self, name="c"):
        self.entries = deque(maxlen=100)
""",
    "an object that it makes": """
class Store:
    def put(self, key, value):
        if len(self.entries) >= 100:
            self.entries.popitem()


class Cache:
    def __init__(self, name="c"):
        self.store = Store()
""",
}


@pytest.mark.parametrize("defined", HIDDEN.values(), ids=HIDDEN)
def test_a_limit_inside_of_a_class_under_test_bounds_its_trials(defined: str) -> None:
    sites = planned("", defined).sites
    assert {site.code for site in sites} == {"CHM408"}
    assert all("100" in site.reason for site in sites)
    assert all("in the code under test" in site.reason for site in sites)


def test_trials_that_pass_a_limit_inside_of_a_class_do_not_shrink() -> None:
    (site, _) = planned("", HIDDEN["what a container may hold"].replace("100", "50")).sites
    assert site.values is not None
    assert site.values["0.5"] == 60


@pytest.mark.parametrize(
    "limit",
    [
        "self.max_operations = 100",
        "self.usage_quota = 100",
        "self.rate_limit = 100",
        "self.requests_per_minute = 100",
        "if len(self.waiters) >= 100: raise RuntimeError",
        "if self._count > 100: raise RuntimeError",
        "if 100 < len(self.pools[key]): raise RuntimeError",
        "self.entries = Bounded(maxsize=100)",
    ],
)
def test_limits_inside_of_a_class_are_known_by_their_words(limit: str) -> None:
    sites = planned("", f"class Cache:\n    def put(self, key, value):\n        {limit}\n").sites
    assert {site.code for site in sites} == {"CHM408"}


def test_a_constant_of_another_module_is_a_limit_as_well() -> None:
    defined = "from app.settings import MAX_ENTRIES\n\n\nclass Cache:\n    room = MAX_ENTRIES\n"
    files = {
        Path("/project/app/settings.py"): "from typing import Final\n\nMAX_ENTRIES: Final = 100\n",
        Path("/project/app/cache.py"): defined,
        Path("/project/tests/test_cache.py"): TEST.replace("CALL", ""),
    }
    sources = {path: parse_source(path, text.encode()) for path, text in files.items()}
    test = sources[Path("/project/tests/test_cache.py")]
    sites = plan_source(test, Suite(sources.get), Options()).sites
    assert {site.code for site in sites} == {"CHM408"}


@pytest.mark.parametrize(
    "harmless",
    [
        "self.session_minutes = 100",
        "self.admin_role = 100",
        "if self.discount > 100: raise ValueError",
        "if len(text) > 100: raise ValueError(text)",
        "if elapsed_seconds > 100: raise TimeoutError",
        "self.max_length = 100",
        "self.port = 100",
        "if len(self.entries) > 1000: self.entries.clear()",
    ],
)
def test_other_numbers_inside_of_a_class_say_nothing(harmless: str) -> None:
    plan = planned("", f"class Cache:\n    def put(self, key, value):\n        {harmless}\n")
    assert {site.action.value for site in plan.sites} == {"rewrite"}


def test_a_limit_inside_of_a_function_under_test_bounds_its_trials() -> None:
    files = {
        Path("/project/app/rounds.py"): "LIMIT = 50\n\n\ndef draw(found):\n"
        "    return found if len(found) > LIMIT else []\n",
        Path("/project/tests/test_rounds.py"): "from app.rounds import draw\n\n\n"
        "def test_draws():\n    for i in range(60):\n        assert draw(f'{i}') is not None\n",
    }
    sources = {path: parse_source(path, text.encode()) for path, text in files.items()}
    test = sources[Path("/project/tests/test_rounds.py")]
    (site,) = plan_source(test, Suite(sources.get), Options()).sites
    assert site.values is not None
    assert site.values["0.5"] == 60
