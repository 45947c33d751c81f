"""Tests that are not read: only such as reading finds nothing in."""

from __future__ import annotations

from pathlib import Path

import pytest
import test  # the standard library's

from chaos_migrate.codemods.functions import find_tests
from chaos_migrate.codemods.library import Library
from chaos_migrate.codemods.plan import Options, Plan
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.screening import Screen
from chaos_migrate.codemods.source import Source, parse_source
from chaos_migrate.codemods.suite import Suite

OWN = Path(__file__).parent.parent / "suites"
STANDARD = Path(test.__file__).parent
DEEP_IN_HELPERS = ("test_queue.py", "test_random.py", "test_socket.py", "test_threading.py")
SUITES = [*sorted(OWN.rglob("test_*.py")), *(STANDARD / name for name in DEEP_IN_HELPERS)]


def plan_of(source: Source) -> Plan:
    """The plan of a file with what its suite has on disk."""
    return plan_source(source, Suite(Library().load), Options())


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_reading_everything_finds_no_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = parse_source(path, path.read_bytes())
    screened = plan_of(source)
    monkeypatch.setattr(Screen, "passes", lambda *_: True)
    assert plan_of(source).sites == screened.sites


def passes(code: str, folder: Path = Path()) -> bool:
    """Whether the last test of a module is read."""
    source = parse_source(folder / "test_x.py", code.encode())
    suite = Suite(Library().load)
    screen = Screen(suite)
    return [screen.passes(found) for found in find_tests(source, suite)][-1]


def test_without_a_number_of_trials_or_a_bound_there_is_nothing_to_read() -> None:
    assert not passes("def test_x(get):\n    for name in get('range(3)', 5):\n        use(name)\n")
    assert not passes("def test_x(path):\n    assert open(path / 'x').read(5) == 'x' * 5\n")
    assert not passes("def test_x(version):\n    if version < 3:\n        use(5)\n")


@pytest.mark.parametrize(
    "line",
    [
        "for i in range(5): use(i)",
        "while use(5): pass",
        "for i in [0] * 5: use(i)",
        "for line in use.lines * 5: use(line)",
        "assert good < 5",
        "assert all(time < 5 for time in use())",
        "self.assertLess(good, 5)",
        "self.assertTrue(good < 5)",
    ],
)
def test_both_have_few_beginnings(line: str) -> None:
    assert passes(f"def test_x(self, use, good):\n    {line}\n")


@pytest.mark.parametrize(
    "code",
    [
        "def often(): return range(5)\ndef test_x(): use(often())\n",
        "def often(): return range(5)\ndef more(): use(often())\ndef test_x(): more()\n",
        "MANY = range(5)\ndef test_x(): use(MANY)\n",
        "class Often:\n    def __init__(self): self.n = range(5)\ndef test_x(): use(Often())\n",
        "class Test:\n    def often(self): return range(5)\n    def test_x(self): self.often()\n",
        "class Test:\n    MANY = range(5)\n    def test_x(self): use(self.MANY)\n",
        "class Test:\n    def setUp(self): self.n = range(5)\n    def test_x(self): use(self.n)\n",
        "class Base:\n    def run(self): return range(5)\n"
        "class Test(Base):\n    def run(self): super().run()\n    def test_x(self): self.run()\n",
    ],
)
def test_what_is_named_is_in_reach(code: str) -> None:
    assert passes(code)
    assert not passes(code.replace("range", "chain"))


def test_imported_helpers_are_in_reach(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "helpers.py").write_text("def often(): return more()\ndef more(): return range(5)\n")
    code = "from helpers import often\ndef test_x(): use(often())\n"
    assert passes(code, folder)
    (folder / "helpers.py").write_text("def often(): return 5\ndef more(): return range(5)\n")
    assert not passes(code, folder)
