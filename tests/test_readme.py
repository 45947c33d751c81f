"""The README shows what the program really does."""

from __future__ import annotations

import os
import re
from pathlib import Path

from chaos_migrate.fixtures_templates.fixtures import ChaosConfig
from tests.program import started

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def lines(text: str) -> str:
    """The text without the blanks at line ends, which editors take away."""
    return "\n".join(line.rstrip() for line in text.splitlines())


def test_the_example_is_from_the_suite_that_ships_with_the_project() -> None:
    done = started(["tests/suites/chaos/network", "--dry-run"], ROOT, os.environ, stdin=b"")
    assert done.code == 0, done.err
    (example,) = re.findall("```diff\n(.*?)```", README, re.DOTALL)
    assert lines(example) in lines(done.text)


def test_the_table_below_it_is_what_the_fixture_computes() -> None:
    loads, _, packets, failures = (
        re.findall(r"[\d.]+", row) for row in README[README.index("| load mult") :].splitlines()[:4]
    )
    assert len(loads) == 4
    for load, sent, allowed in zip(loads, packets, failures, strict=True):
        config = ChaosConfig(float(load), time_factor=1)
        assert config.scaled(10, floor=7) == int(sent)
        assert config.max_count(3, of=10, trials=int(sent)) == int(allowed)


def test_the_finding_is_what_check_says() -> None:
    done = started(["check", "network"], ROOT / "tests/suites/chaos", os.environ, stdin=b"")
    at = README.index("    network/test_packet_loss.py:")
    example = " ".join(README[at : README.index("\n\n", at)].split())
    assert example in done.text.splitlines()


def test_ci_runs_the_tests_as_the_readme_does() -> None:
    (arguments,) = re.findall(r"\.venv/bin/pytest(.*)", README)
    assert f'"$venv/bin/pytest"{arguments}\n' in (ROOT / ".ci/run").read_text(encoding="utf-8")
