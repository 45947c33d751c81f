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


def planned(call: str, defined: str, folder: str = "/project/app") -> Plan:
    files = {
        Path(folder, "cache.py"): defined,
        Path("/project/tests/test_cache.py"): TEST.replace("CALL", call),
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
