"""Mutated files of the suite that ships with the project: whatever they say, nothing breaks.

`python -m tests.laws.fuzz` does the same for hours, on any folder.
"""

from __future__ import annotations

import ast
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.laws.fuzz import cases
from tests.laws.mutations import excerpt, mutated

pytestmark = pytest.mark.long(10)

FILES = sorted((Path(__file__).parents[1] / "suites").rglob("test_*.py"))


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_breaks(seed: int) -> None:
    found = list(islice(cases(FILES, seed), 40))
    assert [case.fault for case in found if case.fault] == []
    assert len([case for case in found if case.result == "rewritten"]) > 10


def test_mutations_are_others_each_time_and_the_same_for_a_seed() -> None:
    text = FILES[0].read_text(encoding="utf-8")
    texts = [mutated(text, Random(seed)) for seed in range(20)]
    assert texts == [mutated(text, Random(seed)) for seed in range(20)]
    assert len(set(texts)) > 15


def test_an_excerpt_is_python_and_shorter() -> None:
    text = "import time\n\n" + "".join(f"def test_{n}():\n    pass\n\n\n" for n in range(100))
    short = excerpt(text, Random(0))
    assert "import time" in short
    assert len(ast.parse(short).body) == 4
