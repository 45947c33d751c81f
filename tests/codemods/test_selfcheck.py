"""A rewritten program is accepted only if it is the old one at load 1."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_migrate.codemods.proving.selfcheck import difference
from chaos_migrate.codemods.source import parse_source


def compared(old: str, new: str) -> str | None:
    return difference(*(parse_source(Path("t.py"), dedent(text).encode()) for text in (old, new)))


def function(body: str, parameters: str = "") -> str:
    return f"def test({parameters}):\n{indent(dedent(body).strip(), '    ')}\n"


def in_test(old: str, new: str) -> str | None:
    """Compare two bodies of a function that gains the fixture."""
    return compared(function(old), function(new, "chaos_config"))


SAME = {
    "a scaled range": ("for i in range(10): f(i)", "for i in range(chaos_config.scaled(10)): f(i)"),
    "a floor below the count": (
        "for i in range(10): f(i)",
        "for i in range(chaos_config.scaled(10, floor=7)): f(i)",
    ),
    "a named count and its bound": (
        """
        bad = 0
        for i in range(10):
            bad += f(i)
        # Validate
        assert bad <= 3, "too many"
        """,
        """
        bad = 0
        n = chaos_config.scaled(10)
        for i in range(n):
            bad += f(i)
        # Validate
        top = chaos_config.max_count(3, of=10, trials=n)
        assert bad <= top, f"too many: {bad}/{n}"
        """,
    ),
    "an author's name that now is scaled": (
        "n = 6\nfor i in range(n): f(i)\nassert len(r) == 30",
        "n = chaos_config.scaled(6)\nfor i in range(n): f(i)\nassert len(r) == n * 5",
    ),
    "an author's bound that has a second name": (
        "for i in range(10): bad += f(i)\ni = top = 3\nassert bad <= top",
        "n = chaos_config.scaled(10)\n"
        "for i in range(n): bad += f(i)\n"
        "i = top = 3\n"
        "assert bad <= chaos_config.max_count(3, of=10, trials=n)",
    ),
    "a count in a worker": (
        "def work():\n    for i in range(10): f(i)\nrun(work)\nassert len(r) == 10",
        "n = chaos_config.scaled(10)\n"
        "def work():\n    for i in range(n): f(i)\nrun(work)\nassert len(r) == n",
    ),
    "a strict bound": (
        "assert bad < 3",
        "top = chaos_config.max_count(3, of=10, trials=10, strict=True)\nassert bad < top",
    ),
    "a bound on the left": (
        "assert 0.7 <= rate <= 0.9",
        "assert chaos_config.min_rate(0.7, of=10, trials=10) <= rate"
        " <= chaos_config.max_rate(0.9, of=10, trials=10)",
    ),
    "a rate times the trials": (
        "n = 10\nassert good >= n * 0.7",
        "n = chaos_config.scaled(10)\n"
        "assert good >= n * chaos_config.min_rate(0.7, of=10, trials=n)",
    ),
    "an author's named bound": (
        "limit = 3\nassert bad <= limit",
        "limit = chaos_config.max_count(3, of=10, trials=10)\nassert bad <= limit",
    ),
    "a negated bound": (
        "assert not bad > 3",
        "assert not bad > chaos_config.max_count(3, of=10, trials=10)",
    ),
    "a time limit": ("assert t < 2.0", "assert t < chaos_config.time_limit(2.0)"),
    "a time limit that grows": (
        "assert t < 2.0",
        "n = chaos_config.scaled(10)\nassert t < chaos_config.time_limit(2.0, of=10, trials=n)",
    ),
    "plain style": (
        "for i in range(10): f(i)\nassert bad <= 3",
        """
        n = max(10, int(10 * chaos_config.load_multiplier))
        for i in range(n): f(i)
        assert bad <= max(7 * n // 10 - 4, -(-3 * n // 10))
        """,
    ),
    "a schedule": (
        "for i in range(10): f(i)\nassert odd == 5",
        "n = chaos_config.scaled(10)\nfor i in range(n): f(i)\nassert odd == len(range(1, n, 2))",
    ),
    "a comprehension": (
        "xs = [f(i) for i in range(10)]",
        "n = chaos_config.scaled(10)\nxs = [f(i) for i in range(n)]",
    ),
    "a negative number": ("assert x >= -5", "n = chaos_config.scaled(5)\nassert x >= -n"),
    "an imported constant": (
        "for i in range(COUNT): f(i)",
        "n = chaos_config.scaled(COUNT)\nfor i in range(n): f(i)",
    ),
    "a literal in an f-string message": (
        'assert bad <= 3, f"{bad} of {10} failed"',
        "n = chaos_config.scaled(10)\n"
        "assert bad <= chaos_config.max_count(3, of=10, trials=n), f'{bad} of {n}'",
    ),
    "an argument inside a chain of attributes": (
        "f(10).a.b()",
        "n = chaos_config.scaled(10)\nf(n).a.b()",
    ),
    "a count inside a block": (
        "with lock:\n    for i in range(10): f(i)",
        "with lock:\n    n = chaos_config.scaled(10)\n    for i in range(n): f(i)",
    ),
    "the parts of a rate in the message": (
        "good = f()\nrate = good / 10\nassert rate >= 0.7, 'bad'",
        "n = chaos_config.scaled(10)\ngood = f()\nrate = good / n\n"
        "assert rate >= chaos_config.min_rate(0.7, of=10, trials=n), f'bad: {good}/{n}'",
    ),
    "a length in the message": (
        "assert len(bad) <= 3, 'bad'",
        "assert len(bad) <= chaos_config.max_count(3, of=9, trials=9), f'bad: {len(bad)}'",
    ),
}


@pytest.mark.parametrize(("old", "new"), SAME.values(), ids=SAME)
def test_the_old_program_is_recognised(old: str, new: str) -> None:
    assert in_test(old, new) is None


OTHER = {
    "another number": ("range(10)", "range(chaos_config.scaled(11))", "`10`"),
    "a float for an int": ("range(10)", "range(chaos_config.scaled(10.0))", "`10`"),
    "a name that a tuple in the chain takes for itself": (
        "x = (x, y) = pair\nassert g(x)",
        "x = (x, y) = pair\nassert g(pair)",
        "`pair`",
    ),
    "a floor above the count": ("range(10)", "range(chaos_config.scaled(10, floor=11))", "`10`"),
    "an unknown helper": ("range(10)", "range(chaos_config.shrunk(10))", "`10`"),
    "an unknown keyword": ("range(10)", "range(chaos_config.scaled(10, to=3))", "`10`"),
    "trials that are not the count": (
        "assert bad <= 3",
        "n = chaos_config.scaled(20)\nassert bad <= chaos_config.max_count(3, of=10, trials=n)",
        "`3`",
    ),
    "trials without a count": (
        "assert t < 2",
        "assert t < chaos_config.time_limit(2, of=1)",
        "`2`",
    ),
    "a bound without trials": ("assert x <= 3", "assert x <= chaos_config.max_count(3)", "`3`"),
    "strict for a weak operator": (
        "assert bad <= 3",
        "assert bad <= chaos_config.max_count(3, of=10, trials=10, strict=True)",
        "strict",
    ),
    "a weak bound for a strict operator": (
        "limit = 3\nassert bad < limit",
        "limit = chaos_config.max_count(3, of=10, trials=10)\nassert bad < limit",
        "strict",
    ),
    "an upper bound for a lower one": (
        "assert good >= 3",
        "assert good >= chaos_config.max_count(3, of=10, trials=10)",
        "wrong side",
    ),
    "an upper bound on the left": (
        "assert 3 <= good",
        "assert chaos_config.max_count(3, of=10, trials=10) <= good",
        "wrong side",
    ),
    "a bound that bounds nothing": (
        "f(3)",
        "f(chaos_config.max_count(3, of=10, trials=10))",
        "nothing is compared",
    ),
    "a lost assertion": ("f()\nassert bad <= 3", "f()", "missing"),
    "an added statement": ("f()", "f()\ng()", "not in the old program"),
    "another operator": (
        "assert bad < 3",
        "assert bad <= chaos_config.max_count(3, of=10, trials=10)",
        "exchanged",
    ),
    "a renamed loop variable": ("for i in range(9): f(i)", "for j in range(9): f(j)", "`i`"),
    "a name that was in use": (
        "n = f()\nfor i in range(10): g(n)",
        "n = chaos_config.scaled(10)\nfor i in range(n): g(n)",
        "`f`",
    ),
    "a use above the assignment": (
        "for i in range(10): f(i)\nassert len(r) == 10",
        "for i in range(n): f(i)\nn = chaos_config.scaled(10)\nassert len(r) == n",
        "`n`",
    ),
    "an assignment in another block": (
        "if a:\n    f()\nfor i in range(10): f(i)",
        "if a:\n    n = chaos_config.scaled(10)\n    f()\nfor i in range(n): f(i)",
        "`n`",
    ),
    "an author's name that is bound again": (
        "n = 10\nn = f(n)\nassert len(r) == 10",
        "n = chaos_config.scaled(10)\nn = f(n)\nassert len(r) == n",
        "`n`",
    ),
    "an author's name that a loop binds": (
        "n = 10\nfor n in range(3): f()\nassert len(r) == 10",
        "n = chaos_config.scaled(10)\nfor n in range(3): f()\nassert len(r) == n",
        "`n`",
    ),
    "a name that changes before the worker runs": (
        "n = 10\ndef work():\n    for i in range(10): f(i)\nn = 20\nwork()",
        "n = 10\ndef work():\n    for i in range(n): f(i)\nn = 20\nwork()",
        "`n`",
    ),
    "a name that a worker changes": (
        "n = 10\ndef work():\n    nonlocal n\n    n = 5\nwork()\nassert len(r) == 10",
        "n = 10\ndef work():\n    nonlocal n\n    n = 5\nwork()\nassert len(r) == n",
        "`n`",
    ),
    "a name of the comprehension": (
        "n = 10\nx = [10 for n in y]",
        "n = 10\nx = [n for n in y]",
        "`n`",
    ),
    "a builtin that gets another meaning": (
        "range(10)",
        "max = chaos_config.scaled(10)\nrange(max)",
        "builtin",
    ),
    "an unknown value": ("range(10)", "n = f(10)\nrange(n)", "`n` is at load 1"),
    "a message that calls": (
        "assert q.get() <= 3, 'bad'",
        "assert q.get() <= 3, f'bad: {q.get()}'",
        "q.get()",
    ),
    "a message with an unbound name": ("assert x <= 3, 'bad'", "assert x <= 3, f'{y}'", "`y`"),
    "a message with a name that may be unbound": (
        "if x:\n    y = 1\nassert x, 'bad'",
        "if x:\n    y = 1\nassert x, f'{y}'",
        "`y`",
    ),
    "a message that lost a value": ("assert x, f'{y} {z}'", "assert x, f'{y}'", "lost `z`"),
    "a lost message": ("assert x, 'bad'", "assert x", "added, removed"),
    "an added message": ("assert x", "assert x, 'bad'", "added, removed"),
    "another string": ("f('a')", "f('b')", "`'a'`"),
    "a line above the docstring": (
        "'''Doc.'''\nrange(10)",
        "n = chaos_config.scaled(10)\n'''Doc.'''\nrange(n)",
        "docstring",
    ),
    "a loop variable of the author": (
        "for x in y: range(x)",
        "for x in y: range(10)",
        "`x`",
    ),
    "a shadowed builtin": (
        "max = f\nrange(10)",
        "max = f\nrange(max(10, 5))",
        "`10`",
    ),
}


@pytest.mark.parametrize(("old", "new", "reason"), OTHER.values(), ids=OTHER)
def test_another_program_is_told_apart(old: str, new: str, reason: str) -> None:
    found = in_test(old, new)
    assert found is not None
    assert reason in found


def test_the_line_is_that_of_the_new_text() -> None:
    found = in_test("a()\nb()\nrange(10)", "a()\nb()\nrange(11)")
    assert found == "line 4: `11` is not known to be `10` at load 1"


METHOD = """
class TestPool:
    COUNT = 10

    def test_pool(self):
        for i in range({0}): f(i)
        assert len(r) == {1}
{2}
"""


@pytest.mark.parametrize(
    ("count", "total", "rest"),
    [
        ("self.chaos_config.scaled(10)", "10", ""),
        ("self.chaos_load.scaled(10)", "10", ""),
        ("10", "self.COUNT", ""),
        ("self.chaos_config.scaled(self.COUNT)", "self.COUNT * 1", ""),
    ],
)
def test_methods_read_the_fixture_and_the_constants_of_their_class(
    count: str, total: str, rest: str
) -> None:
    assert compared(METHOD.format(10, 10, rest), METHOD.format(count, total, rest)) is None


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        ("COUNT", ""),
        ("self.OTHER", ""),
        ("chaos_config.scaled(10)", ""),
        ("self.COUNT", "\n    def reset(self):\n        self.COUNT = 3"),
    ],
)
def test_an_attribute_that_may_change_or_is_out_of_sight_is_not_known(
    count: str, rest: str
) -> None:
    assert compared(METHOD.format(10, 10, rest), METHOD.format(count, 10, rest))


def test_a_function_without_self_cannot_use_it() -> None:
    assert compared(function("range(10)"), function("range(self.chaos_config.scaled(10))"))


def test_a_function_must_have_the_fixture_to_use_it() -> None:
    assert compared(function("range(10)"), function("range(chaos_config.scaled(10))"))


def test_a_constant_of_the_module_is_the_base_of_a_count() -> None:
    old = "COUNT = 10\n" + function("range(COUNT)\nassert len(r) == 10")
    body = "n = chaos_config.scaled(COUNT)\nrange(n)\nassert len(r) == n"
    assert compared(old, "COUNT = 10\n" + function(body, "chaos_config")) is None


def test_an_author_s_adaptive_count_is_known() -> None:
    count = "n = max(5, int(10 * chaos_config.load_multiplier))\n"
    top = "chaos_config.max_count(3, of=10, trials=n)"
    old = function(count + "assert bad <= 3", "chaos_config")
    new = function(count + f"assert bad <= {top}", "chaos_config")
    assert compared(old, new) is None


PARAMETERS = [
    ("a, b", "a, b, chaos_config", None),
    ("a, b=1", "a, b=1, *, chaos_config", None),
    ("a, *b", "a, *b, chaos_config", None),
    ("a, *, b, c=1", "a, *, b, chaos_config, c=1", None),
    ("a, b", "chaos_config, a, b", "does not come last"),
    ("a, *b", "a, chaos_config, *b", "does not come last"),
    ("a", "a, other", "`other` is new"),
    ("a", "a, chaos_config: object", "`chaos_config` is new"),
    ("a", "a, chaos_config=1", "does not come last"),
    ("a", "a, *, chaos_config=1", "added or removed"),
    ("a, b", "a, chaos_config", "added or removed"),
    ("a, b=1", "a, b=2", "`1`"),
]


@pytest.mark.parametrize(("old", "new", "reason"), PARAMETERS)
def test_only_the_fixture_is_added_behind_the_parameters(
    old: str, new: str, reason: str | None
) -> None:
    found = compared(function("pass", old), function("pass", new))
    assert found is None if reason is None else reason in (found or "")


@pytest.mark.parametrize("call", ["test()", "def other():\n    return test()"])
def test_a_function_that_is_called_does_not_gain_a_parameter(call: str) -> None:
    old, new = function("pass") + call, function("pass", "chaos_config") + call
    assert "without its new parameter" in (compared(old, new) or "")


UNITTEST = """
class TestPool(TestCase):
    def test_pool(self):
        {0}
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("assertLessEqual(bad, 3)", "assertLessEqual(bad, {max}))", True),
        ("assertLess(bad, 3)", "assertLess(bad, {max}))", False),
        ("assertLess(bad, 3)", "assertLess(bad, {max}, strict=True))", True),
        ("assertGreaterEqual(3, bad)", "assertGreaterEqual({max}), bad)", True),
        ("assertGreaterEqual(bad, 3)", "assertGreaterEqual(bad, {max}))", False),
        ("assertTrue(bad <= 3)", "assertTrue(bad <= {max}))", True),
        ("assertFalse(bad > 3)", "assertFalse(bad > {max}))", True),
        ("assertFalse(bad <= 3)", "assertFalse(bad <= {max}))", False),
        ("assertEqual(bad, 3)", "assertEqual(bad, {max}))", False),
        ("assertEqual(bad, 3, 'x')", "assertEqual(bad, 3, f'x {{bad}}')", True),
        ("assertEqual(bad, 3, msg='x')", "assertEqual(bad, 3, msg=f'x {{bad}}')", True),
        ("assertTrue(bad, 'x')", "assertTrue(bad, f'x {{bad}}')", True),
        ("assertEqual('x', bad)", "assertEqual(f'x {{bad}}', bad)", False),
    ],
)
def test_the_assertions_of_unittest_are_read(old: str, new: str, same: bool) -> None:
    new = new.format(max="self.chaos_config.max_count(3, of=9, trials=9")
    found = compared(UNITTEST.format("self." + old), UNITTEST.format("self." + new))
    assert (found is None) is same


# The law: a literal may become a sum or product of equal value, and none of another.

small = st.integers(min_value=0, max_value=50)


@given(small, small, small)
def test_equal_arithmetic_is_accepted_and_other_is_not(a: int, b: int, c: int) -> None:
    old = function(f"n = {a}\nassert len(r) == {a * b + c}")
    new = "n = chaos_config.scaled({0})\nassert len(r) == n * {1} + {2}"
    assert compared(old, function(new.format(a, b, c), "chaos_config")) is None
    assert compared(old, function(new.format(a, b, c + 1), "chaos_config")) is not None
