"""The function cannot get the fixture.

## What it does

Refuses a count in a function that pytest does not call with fixtures: one that another decorator
wraps, a static or class method, one with `*args`, a helper with the number in its own body.

## Why it matters

A parameter that nobody passes breaks the test at every load. That is worse than a number that
does not scale.

## What to do

Give the helper the count as a parameter, and the number moves at its call. For a wrapped test,
take the fixture by hand if its runner can pass it on.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a runner of its own may not pass fixtures on",
        before="""
        from harness import with_cluster


        @with_cluster(nodes=3)
        def test_every_node_answers(cluster):
            for i in range(100):
                cluster.ask(f"question {i}")
        """,
        code="CHM405",
    ),
    Case(
        name="a property-based test takes what its strategies give",
        before="""
        from hypothesis import given
        from hypothesis import strategies as st


        @given(st.text())
        def test_any_key(store, key):
            for _ in range(50):
                store.put(key)
        """,
        code="CHM405",
    ),
    Case(
        name="a static method has no instance to carry the configuration",
        before="""
        class TestProbe:
            @staticmethod
            def test_probe():
                for i in range(100):
                    probe(f"target {i}")
        """,
        code="CHM405",
    ),
    Case(
        name="a helper with the number in its own body",
        before="""
        def hammer(client):
            for i in range(100):
                client.get(f"/item/{i}")


        def test_survives_hammering(clients):
            for client in clients:
                hammer(client)
        """,
        code="CHM405",
    ),
    Case(
        name="pytest's own marks leave the parameters alone",
        before="""
        import pytest


        @pytest.mark.slow
        @pytest.mark.parametrize("size", [1, 20])
        def test_blocks(disk, size):
            for i in range(100):
                disk.write(f"block {i}", size)
        """,
        after="""
        import pytest


        @pytest.mark.slow
        @pytest.mark.parametrize("size", [1, 20])
        def test_blocks(disk, size, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
                disk.write(f"block {i}", size)
        """,
    ),
    Case(
        name="what patch passes by position stays in front of the fixture",
        before="""
        from unittest.mock import patch


        @patch("shop.clock")
        def test_orders(clock, shop):
            for i in range(100):
                shop.order(f"order {i}")
        """,
        after="""
        from unittest.mock import patch


        @patch("shop.clock")
        def test_orders(clock, shop, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
                shop.order(f"order {i}")
        """,
    ),
    Case(
        name="a class that sets itself up is no test class",
        before="""
        class EndpointTester:
            def __init__(self, client):
                self.client = client

            def test_all_answer(self):
                for number in range(100):
                    assert self.client.get(f"/items/{number}").ok
        """,
        code="CHM405",
    ),
    Case(
        name="a constant that a set-up or a fixture reads as well would stay there",
        before="""
        import threading
        import unittest

        import pytest

        GUESTS = 20
        ROOMS = [f"room {number}" for number in range(GUESTS)]


        def started(work, count):
            threads = [threading.Thread(target=work, args=(i,)) for i in range(count)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()


        def test_all_guests_find_their_rooms(hotel):
            threads = [
                threading.Thread(target=hotel.check_in, args=(ROOMS[i],)) for i in range(GUESTS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert hotel.errors == []


        class SeatsTest(unittest.TestCase):
            SEATS = 30

            def setUp(self):
                self.tickets = [f"seat {number}" for number in range(self.SEATS)]

            def test_all_are_let_in(self):
                refused = []

                def enter(number):
                    if self.tickets[number] != f"seat {number}":
                        refused.append(number)

                threads = [
                    threading.Thread(target=enter, args=(i,)) for i in range(self.SEATS)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                assert not refused


        class TestTables:
            TABLES = 40

            @pytest.fixture
            def cards(self):
                return [f"table {number}" for number in range(self.TABLES)]

            def test_all_are_served(self, cards, kitchen):
                threads = [
                    threading.Thread(target=kitchen.serve, args=(cards[i],))
                    for i in range(self.TABLES)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                assert kitchen.errors == []
        """,
        code="CHM405",
        groups=3,
    ),
    Case(
        name="what the loader of unittest gives to the classes is missing where pytest runs them",
        before="""
        import unittest

        import store


        class TestStore(unittest.TestCase):
            def test_every_entry_is_kept(self):
                entries = []
                for number in range(100):
                    entries.append(self.store.put(number))
                self.assertEqual(len(entries), 100)


        def load_tests(loader, tests, pattern):
            setattr(TestStore, "store", store.Store())
            return loader.loadTestsFromTestCase(TestStore)
        """,
        code="CHM405",
    ),
    Case(
        name="a loader that adds other tests takes nothing away from these",
        before="""
        import doctest
        import unittest

        import store


        class TestStore(unittest.TestCase):
            def test_every_entry_is_kept(self):
                entries = []
                for number in range(100):
                    entries.append(store.put(number))
                self.assertEqual(len(entries), 100)


        def load_tests(loader, tests, pattern):
            setattr(TestStore, "test_documentation", doctest.DocTestCase(store))
            tests.addTest(doctest.DocTestSuite(store))
            return tests
        """,
        after="""
        import doctest
        import unittest

        import store


        class TestStore(unittest.TestCase):
            def test_every_entry_is_kept(self):
                entries = []
                iterations = self.chaos_config.scaled(100, floor=50)
                for number in range(iterations):
                    entries.append(store.put(number))
                self.assertEqual(len(entries), iterations)


        def load_tests(loader, tests, pattern):
            setattr(TestStore, "test_documentation", doctest.DocTestCase(store))
            tests.addTest(doctest.DocTestSuite(store))
            return tests
        """,
    ),
)
