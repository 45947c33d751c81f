"""What scales already in a text, and the state of each test, as a person would count them."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

from chaos_migrate.codemods.converted import find_converted
from chaos_migrate.codemods.library import Library
from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.planner import plan_source
from chaos_migrate.codemods.progress import FileProgress, State, progress_of
from chaos_migrate.codemods.source import parse_source
from chaos_migrate.codemods.suite import Suite


def converted(text: str) -> tuple[list[str], list[str]]:
    """The codes of the counts, and the thresholds as `assertion: bound`."""
    counts, thresholds = find_converted(ast.parse(dedent(text)))
    return [count.code for count in counts], [f"{t.assertion}: {t.code}" for t in thresholds]


def progress(text: str) -> FileProgress:
    source = parse_source(Path("test_it.py"), dedent(text).encode())
    return progress_of(source, plan_source(source, Suite(Library().load), Options()))


def states(text: str) -> dict[str, State]:
    return {test.name: test.state for test in progress(text).tests}


def test_a_bound_is_shown_by_what_computes_it() -> None:
    counts, thresholds = converted("""
        def test_x(chaos_config):
            iterations = chaos_config.scaled(10, floor=7)
            failures = sum(not send() for _ in range(iterations))
            max_failures = chaos_config.max_count(3, of=10, trials=iterations)
            assert failures <= max_failures
    """)
    assert counts == ["chaos_config.scaled(10, floor=7)"]
    assert thresholds == [
        "failures <= max_failures: chaos_config.max_count(3, of=10, trials=iterations)"
    ]


def test_formulas_written_by_hand_count_like_ours() -> None:
    counts, thresholds = converted("""
        class TestX:
            def test_x(self):
                iterations = max(5, int(10 * self.chaos_config.load_multiplier))
                max_failures = int(iterations * 0.4)
                failures = run(iterations)
                assert failures <= max_failures
                assert failures != iterations * 2, f"{iterations}"
    """)
    assert counts == ["max(5, int(10 * self.chaos_config.load_multiplier))"]
    assert thresholds == [
        "failures <= max_failures: int(iterations * 0.4)",
        "failures != iterations * 2: iterations * 2",
    ]


def test_a_total_by_the_name_of_the_count_is_a_threshold_and_the_results_are_none() -> None:
    counts, thresholds = converted("""
        import unittest

        class TestX(unittest.TestCase):
            def test_x(self):
                n = self.chaos_load.scaled(30)
                names = [ask() for _ in range(n)]
                self.assertEqual(len(names), n)
                self.assertEqual(names, [f"x{i}" for i in range(n)])
                self.assertTrue(names)
    """)
    assert counts == ["self.chaos_load.scaled(30)"]
    assert thresholds == [
        "len(names) == n: n",
        "names == [f'x{i}' for i in range(n)]: [f'x{i}' for i in range(n)]",
    ]


def test_fixed_numbers_beside_a_count_belong_to_the_bound_and_counters_do_not() -> None:
    _, thresholds = converted("""
        THREADS = 5

        def test_x(chaos_config):
            n = chaos_config.scaled(20)
            failed = 0
            for _ in range(n):
                failed += ask()
            assert total() == THREADS * n
            assert good() == n - failed
    """)
    assert thresholds == ["total() == THREADS * n: THREADS * n"]


def test_a_time_limit_outside_of_an_assertion_is_a_threshold() -> None:
    counts, thresholds = converted("""
        def test_x(chaos_config):
            thread.join(timeout=chaos_config.time_limit(5))
    """)
    assert counts == []
    assert thresholds == ["chaos_config.time_limit(5): chaos_config.time_limit(5)"]


def test_a_multiplier_in_a_message_or_a_comparison_is_no_count() -> None:
    text = """
        def test_x(chaos_config):
            print(f"load {10 * chaos_config.load_multiplier}")
            assert chaos_config.load_multiplier == 4.0
    """
    assert converted(text) == ([], [])


def test_counts_know_what_they_are_at_other_loads() -> None:
    text = """
        def test_x(chaos_config):
            a = chaos_config.scaled(10, floor=7)
            b = max(5, int(12 * chaos_config.load_multiplier))
            c = chaos_config.scaled(THREADS)
    """
    counts, _ = find_converted(ast.parse(dedent(text)))
    values = [[count.at(multiplier) for multiplier in (0.5, 1, 4)] for count in counts]
    assert values == [[7, 10, 40], [6, 12, 48], [None, None, None]]


def test_each_test_is_in_one_state() -> None:
    found = states("""
        def test_done(client, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
                client.get(f"/{i}")

        def test_waiting(client):
            for i in range(100):
                client.get(f"/{i}")

        def test_half_done(client, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
                client.get(f"/{i}")
            for i in range(200):
                client.put(f"/{i}")

        def test_refused(client):
            for i in range(100):
                if not client.get(f"/{i}"):
                    break

        def test_plain():
            assert get(1) == 200

        def test_kept(client):
            for i in range(100):  # chaos: keep (a hundred shards)
                client.get(f"/{i}")
    """)
    assert found == {
        "test_done": State.ADAPTIVE,
        "test_waiting": State.PENDING,
        "test_half_done": State.PENDING,
        "test_refused": State.PERSON,
        "test_plain": State.NOTHING,
        "test_kept": State.NOTHING,
    }


def test_a_test_scales_by_the_helper_setup_or_constant_that_it_uses() -> None:
    found = states("""
        import pytest

        @pytest.fixture
        def size(chaos_config):
            return chaos_config.scaled(40)

        def flood(chaos_config):
            for _ in range(chaos_config.scaled(40)):
                get()

        def through(chaos_config):
            flood(chaos_config)

        class TestIt:
            def setup_method(self):
                self.n = self.chaos_config.scaled(30)

            def test_by_setup(self):
                get(self.n)

            def test_beside(self):
                get(1)

        def test_by_fixture(size):
            get(size)

        def test_by_helper(chaos_config):
            through(chaos_config)
    """)
    assert found == {
        "TestIt.test_by_setup": State.ADAPTIVE,
        "TestIt.test_beside": State.NOTHING,
        "test_by_fixture": State.ADAPTIVE,
        "test_by_helper": State.ADAPTIVE,
    }


def test_a_constant_that_two_tests_read_makes_both_pending() -> None:
    found = states("""
        COUNT = 100

        def test_one(client):
            for i in range(COUNT):
                client.get(f"/{i}")

        def test_two(client):
            for i in range(COUNT):
                client.put(f"/{i}")
    """)
    assert found == {"test_one": State.PENDING, "test_two": State.PENDING}
