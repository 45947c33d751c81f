"""Every case of every rule does what it says, twice, and passes at any load where it can run."""

from __future__ import annotations

import asyncio
import inspect
import re
import subprocess
import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chaos_migrate.codemods
from chaos_migrate.codemods.migration import Migrated, migrate_source
from chaos_migrate.codemods.plan import Action, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.rules import HEADINGS, RULES, Rule
from chaos_migrate.codemods.rules.case import Case
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.fixtures_templates.fixtures import ChaosConfig

FOLDER = Path("/suite/tests")
CASES = {f"{rule.code}-{case.name}": case for rule in RULES.values() for case in rule.cases}
RUNNABLE = {name: case for name, case in CASES.items() if case.runnable}
LOADS = (0.5, 1, 4)

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def planner(case: Case) -> Callable[..., Plan]:
    """Plan files as part of the suite of a case, and all of them when they are planned again."""
    helpers = {FOLDER / name: source(text, name) for name, text in case.helpers.items()}
    return lambda test, *_: plan_source(test, Suite(helpers.get), case.options)


def source(text: str, name: str = "test_case.py") -> Source:
    return parse_source(FOLDER / name, text.encode())


def migrated(case: Case, text: str) -> tuple[Plan, Migrated]:
    replan = planner(case)
    old = source(text)
    plan = replan(old)
    return plan, migrate_source(old, plan, replan)


# -- what the cases say


@every_case
def test_a_case_holds(case: Case) -> None:
    plan, result = migrated(case, case.before)
    assert result.problem is None
    assert result.data.decode() == (case.before if case.after is None else case.after)
    refused = [site for site in plan.sites if site.action is Action.REVIEW or _kept(site.code)]
    assert [site.code for site in refused] == ([case.code] * case.groups if case.code else [])
    assert all(_is_sentence(site.reason) for site in plan.sites)


@every_case
def test_a_second_run_changes_nothing(case: Case) -> None:
    after = case.before if case.after is None else case.after
    plan, result = migrated(case, after)
    assert result.data.decode() == after
    assert not plan.by_action(Action.REWRITE)


def _kept(code: str) -> bool:
    return code == "CHM406"


def _is_sentence(reason: str) -> bool:
    return len(reason.split()) >= 3 and not reason.endswith((".", " "))


# -- what the cases do when they are run


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("case", RUNNABLE.values(), ids=RUNNABLE)
def test_a_rewritten_test_passes_at_any_load(case: Case, load: float) -> None:
    run(case.before, None)
    assert case.after is not None
    run(case.after, ChaosConfig(load, max(1, 1 / load)))


def run(text: str, config: ChaosConfig | None) -> None:
    """Run the tests of a module as pytest would; they may ask for nothing but the fixture."""
    module: dict[str, Any] = {"__name__": "test_case"}
    exec(compile(text, "test_case.py", "exec"), module)
    tests = 0
    for name, value in list(module.items()):
        if inspect.isclass(value) and issubclass(value, unittest.TestCase):
            value.chaos_config = config  # type: ignore[attr-defined]
            result = unittest.TestResult()
            unittest.defaultTestLoader.loadTestsFromTestCase(value).run(result)
            assert not result.errors + result.failures, result
            tests += result.testsRun
        elif name.startswith("test"):
            needed = inspect.signature(value).parameters
            outcome = value(**({"chaos_config": config} if needed else {}))
            if inspect.iscoroutine(outcome):
                asyncio.run(outcome)
            tests += 1
    assert tests


# -- what the rules are


@every_rule
def test_a_rule_shows_what_it_does_and_what_it_leaves_alone(rule: Rule) -> None:
    refuses = rule.code >= "CHM4"
    if refuses:
        found = [case for case in rule.cases if case.code == rule.code]
        missed = [case for case in rule.cases if case.code is None]
    else:
        found = [case for case in rule.cases if rule.code in _rewritten(case)]
        missed = [case for case in rule.cases if rule.code not in _rewritten(case)]
    assert found
    assert missed


def _rewritten(case: Case) -> set[str]:
    plan = planner(case)(source(case.before))
    return {site.code for site in plan.by_action(Action.REWRITE)}


@every_rule
def test_a_rule_has_a_page(rule: Rule) -> None:
    assert rule.summary[0].isupper()
    assert rule.summary.endswith(".")
    limits = "What to do" if rule.code >= "CHM4" else "When it refuses"
    what, why, _, suppress = HEADINGS
    assert list(rule.page) == [what, why, limits, suppress]
    assert all(rule.page.values())


@every_rule
def test_no_two_cases_of_a_rule_have_the_same_name(rule: Rule) -> None:
    names = [case.name for case in rule.cases]
    assert len(names) == len(set(names))


def test_the_rules_are_the_codes_of_the_planner() -> None:
    folder = Path(next(iter(chaos_migrate.codemods.__path__)))
    modules = [path for path in folder.rglob("*.py") if path.parent.name != "rules"]
    texts = [path.read_text(encoding="utf-8") for path in modules]
    assert set(re.findall(r"CHM\d{3}", "".join(texts))) == set(RULES)


def test_every_module_of_the_folder_is_a_rule() -> None:
    folder = Path(next(iter(chaos_migrate.codemods.__path__))) / "rules"
    modules = {path.stem for path in folder.glob("chm*.py")}
    assert modules == {f"{r.code}_{r.name}".lower().replace("-", "_") for r in RULES.values()}


def test_the_names_are_known_without_loading_a_page() -> None:
    code = (
        "import sys; from chaos_migrate.codemods.rules import RULES; RULES['CHM101'].name; "
        "sys.exit(any('.chm' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
