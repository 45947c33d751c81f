"""The suite that ships with the project, in a repository of its own that tests may change."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chaos_migrate.codemods.functions import defined_tests, full_name
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite
from tests.program import TIMEOUT, Done, forked, surroundings

SUITE = Path(__file__).parent / "suites" / "chaos"

_SETTINGS = """\
[pytest]
asyncio_default_fixture_loop_scope = function
"""

PYTEST = ("-q", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:xdist")
"""How to run it: without what it does not use, but which takes its time at every test."""

_RUNS = """\
import gc, os, signal, sys, pytest

runs, loads, *options = sys.argv[1:]

class Again:
    def pytest_runtestloop(self, session):
        gc.freeze()  # the tests live to the end, and need not be looked through
        children = []
        for load in loads.split():
            sys.stdout.flush()
            child = os.fork()
            if not child:
                signal.alarm(240)  # a deadlock ends as a failure
                os.environ["CHAOS_LOAD_MULTIPLIER"] = load
                return self.run(session)
            children.append(child)
        ends = [os.waitpid(child, 0)[1] for child in children]
        if any(ends):
            raise session.Failed
        return True

    def run(self, session):
        for seed in range(int(runs)):
            os.environ["CHAOS_SEED"] = str(seed)
            for item, following in zip(session.items, [*session.items[1:], None]):
                for remembered in ("_obj", "_instance"):  # the object of the run before
                    vars(item).pop(remembered, None)
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                print("failed at load", os.environ["CHAOS_LOAD_MULTIPLIER"], f"with {seed=}")
                raise session.Failed
        return True

    def pytest_runtest_call(self, item):
        given = item.funcargs.get("chaos_config"), getattr(item.instance, "chaos_config", None)
        load = float(os.environ["CHAOS_LOAD_MULTIPLIER"])
        assert all(config.load_multiplier == load for config in given if config)

sys.exit(pytest.main(options, plugins=[Again()]))
"""


@dataclass(frozen=True)
class Checkout:
    """A git repository that holds nothing but the suite."""

    path: Path

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as if no test were running it; a deadlock ends as a failure."""
        return subprocess.run(
            command,
            cwd=self.path,
            env={**_surroundings(), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )

    def passes(self, runs: int, *loads: str, tests: Iterable[str] = ("chaos",)) -> None:
        """Run the suite, or some tests, several times at each load, with another seed each time.

        Each load has a process of its own, forked when the tests are collected, because the tests
        spend most of their time asleep. The fixtures of the session end with each run.
        """
        options = (*PYTEST, "--capture=sys")  # what is printed goes to no file that they share
        command = (sys.executable, "-c", _RUNS, str(runs), " ".join(loads), *options, *tests)
        done = self.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr

    def git(self, *arguments: str) -> None:
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = self.run("git", *author, *arguments)
        assert done.returncode == 0, done.stderr

    def program(self, *arguments: str) -> Done:
        return forked(arguments, self.path, _surroundings(), stdin=b"")

    def migrate(self, *options: str) -> Done:
        done = self.program("chaos", *options)
        assert done.code == 0, done.err
        return done

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.path).as_posix(): path.read_bytes()
            for path in self.path.glob("chaos/**/*.py")
        }


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The tests that are not the same in two versions of the suite, which differ in nothing else.

    What is the same needs no runs of its own. No test of the suite is inherited.
    """
    assert one.keys() == other.keys()
    found: list[str] = []
    for path in one:
        before, after = ast.parse(one[path]), ast.parse(other[path])
        was, now = _take_out(before), _take_out(after)
        assert was.keys() == now.keys()
        assert ast.dump(before) == ast.dump(after), f"{path} differs in more than its tests"
        found += [node_id(path, name) for name, test in now.items() if was[name] != test]
    return found


def _take_out(module: ast.Module) -> dict[str, str]:
    """Take the tests out of a module; they are returned by their names."""
    tests: dict[str, str] = {}
    for node, cls in defined_tests(module):
        tests[full_name(node, cls)] = ast.dump(node)
        vars(node).clear()
    return tests


def node_id(path: str, function: str) -> str:
    """What pytest calls a test of a file."""
    return f"{path}::{function.replace('.', '::')}"


def _surroundings() -> dict[str, str]:
    # Bytecode is of use to the next run.
    return {**surroundings("GIT_"), "PYTHONDONTWRITEBYTECODE": ""}


def checkout(path: Path) -> Checkout:
    """A fresh one, as it was before its migration."""
    shutil.copytree(SUITE, path / "chaos", ignore=shutil.ignore_patterns("__pycache__"))
    (path / "pytest.ini").write_text(_SETTINGS)
    made = Checkout(path)
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "The suite as its authors wrote it")
    return made


def migrated(path: Path, *options: str) -> Checkout:
    """One in which all is migrated, and nothing is committed yet."""
    made = checkout(path)
    made.migrate("--apply", *options)
    return made


def half_migrated(path: Path) -> Checkout:
    """One as people begin it: its counts follow the multiplier, its thresholds are literals."""
    made = checkout(path)
    report = json.loads(made.migrate("--apply", "--style=plain", "--format=json").out)
    for file in report["files"]:
        target = made.path / file["path"]
        text = target.read_text(encoding="utf-8")
        for site in file["sites"]:
            if site["action"] == "rewrite" and site["code"] in ("CHM201", "CHM202", "CHM301"):
                text = _with_literal(text, site["replacement"], site["literal"])
        target.write_text(text, encoding="utf-8")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "Scale the loops")
    return made


def _with_literal(text: str, bound: str, literal: str) -> str:
    """The text with a bound taken back: the line that names it goes, its name is the literal."""
    named = re.search(rf"^ *(\w+) = {re.escape(bound)}\n", text, re.MULTILINE)
    if named is None:  # a part of the count, which plain style leaves as it is
        return text
    before, after = text[: named.start()], text[named.end() :]
    here, end, rest = after.partition("def ")
    return before + re.sub(rf"\b{named[1]}\b(?!=)", literal, here) + end + rest


@cache
def plans() -> dict[str, Plan]:
    """The plans of the suite's test modules, by their paths."""
    suite = Suite(cache(_source))
    files = sorted(SUITE.rglob("test_*.py"))
    return {
        path.relative_to(SUITE.parent).as_posix(): plan_source(source, suite, Options())
        for path in files
        if (source := _source(path))
    }


def _source(path: Path) -> Source | None:
    return parse_source(path, path.read_bytes()) if path.is_file() else None
