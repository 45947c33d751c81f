"""Laws that hold for every test that can be written: tests are generated, migrated and run.

`CHAOS_EXAMPLES=5000 pytest tests/codemods/test_generated.py` takes the long way.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaos_migrate.codemods.migration import Migrated, migrate_source
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.fixtures_templates.fixtures import ChaosConfig

EXAMPLES = int(os.environ.get("CHAOS_EXAMPLES", "200"))
PATH = Path("/suite/tests/test_generated.py")
INDENT = "    "

generated = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

counts = st.sampled_from([3, 5, 8, 10, 12, 20, 25, 50, 64, 100])
rates = st.sampled_from(["0.1", "0.25", "0.3", "0.5", "0.7", "0.9"])
comments = st.sampled_from(["", "  # of them", "  # noqa: B007", "\n", "\n# above\n"])

# One trial, in the words of many authors; each counts in `ok`, `bad` or `seen`.
TRIALS = (
    "if random.random() < {p}:\n    bad += 1\nelse:\n    ok += 1",
    "try:\n    if random.random() < {p}:\n        raise OSError\n    ok += 1\n"
    "except OSError:\n    bad += 1",
    "seen.append(random.random())",
    "if random.random() < {p}: bad += 1; continue\nok += 1",
    "seen.append(i)\nif i % 3 == 2:\n    bad += 1",
    "value = random.uniform(0, {p})\nseen.append(value)\nok += value < 0.2",
    "if i == 4:\n    bad += 1",
    "for attempt in range(3):\n    if random.random() > {p}:\n        ok += 1\n        break",
)
LOOPS = (
    "for i in range({n}):\n{body}",
    "n = {n}\nfor i in range(n):\n{body}",
    "for i in range( {n} ):  # noqa\n{body}",
    "for i in range(1, {n}):\n{body}",
    "for i, _ in enumerate([None] * {n}):\n{body}",
    "i = 0\nwhile i < {n}:\n{body}\n    i += 1",
    "for run in range({m}):\n    for i in range({n}):\n{deep}",
)
CHECKS = (
    "assert bad <= {k}",
    "assert bad < {k}, 'at most {k}'",
    "assert ok >= {k}, f'{{ok}} of {n}'",
    "assert len(seen) == {n}",
    "assert ok + bad == {n}",
    "assert ok / {n} >= {p}",
    "assert (ok / {n}\n        >= {p}), (\n    'too few')",
    "assert bad > 0",
    "assert not bad",
    "assert {k} <= ok <= {n}",
    "rate = bad / max(ok + bad, 1)\nassert rate < {p}",
    "assert ok > bad",
    "assert len(set(seen)) == len(seen)",
    "assert seen == list(range({n}))",
    "if bad:\n    assert bad <= {k}",
    "for value in seen:\n    assert value < {n}",
)


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A module with one test: a loop or two, and assertions on what they counted."""
    lines = ["import random", "", "", "def test_it():"]
    body = ["ok = bad = 0", "ok, bad = 0, 0", "ok = 0; bad = 0"]
    text = [draw(st.sampled_from(body)), "seen = []"]
    for _ in range(draw(st.integers(1, 2))):
        n, m, p = draw(counts), draw(st.sampled_from([2, 3, 10])), draw(rates)
        trial = draw(st.sampled_from(TRIALS)).format(p=p)
        loop = draw(st.sampled_from(LOOPS))
        text.append(loop.format(n=n, m=m, body=_in(trial), deep=_in(_in(trial))))
        text[-1] += draw(comments)
    for _ in range(draw(st.integers(0, 3))):
        k = draw(st.integers(1, 60))
        check = draw(st.sampled_from(CHECKS)).format(n=n, k=k, p=p)
        text.append(check + draw(comments))
    lines.append(_in("\n".join(text)))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))


def _in(text: str) -> str:
    return "\n".join(INDENT + line if line.strip() else line for line in text.splitlines())


def migrated(text: str, options: Options) -> Migrated:
    """The migration of a module; it refuses itself where a second run would change something."""

    def planned(source: Source) -> Plan:
        return plan_source(source, Suite(lambda path: None), options)

    source = parse_source(PATH, text.encode())
    return migrate_source(source, planned(source), planned)


def run(text: str, load: float) -> tuple[object, str]:
    """The state of `random` at the end of the test, and how it ended."""
    space: dict[str, object] = {}
    exec(compile(text, str(PATH), "exec"), space)
    test = space["test_it"]
    assert callable(test)
    random.seed(7)
    takes_config = "def test_it(chaos_config)" in text
    try:
        test(*([ChaosConfig(load, 1)] if takes_config else []))
    except AssertionError:
        return random.getstate(), "failed"
    return random.getstate(), "passed"


@generated
@given(modules(), st.sampled_from(["helpers", "plain"]))
def test_at_load_1_the_migrated_test_draws_and_judges_as_the_old_one(text: str, style: str) -> None:
    result = migrated(text, Options(style=style))
    assert result.problem is None
    assert run(result.data.decode(), 1) == run(text, 1)


@generated
@given(modules(), st.sampled_from([0.5, 1.3, 4]), st.sampled_from(["power", "always"]))
def test_at_any_load_the_migrated_test_passes_or_fails_but_never_breaks(
    text: str, load: float, shrink: str
) -> None:
    result = migrated(text, Options(shrink=shrink))
    assert run(result.data.decode(), load)[1] in ("passed", "failed")
