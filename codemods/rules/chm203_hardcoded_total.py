'''A literal that repeats the number of trials.

## What it does

Finds totals that must be equal to the trials, `len(results) == 100`, or to a multiple or product
of them, and writes the count's own name in their place. Exact stays exact: the assertion asks for
all of it at any load.

## Why it matters

It is one number written twice. Scale the loop and forget the total, and the test fails on every
machine but the author's; loosen the total, and it no longer proves that nothing is lost.

## When it refuses

Where the total is not certain by the test's own arithmetic, is computed from other literals, or
adds up trials of different sizes. A number that is equal by accident stays: only what is counted
in the trials follows them.

## How to suppress it

End the line of the assertion with `# chaos: keep` and a reason: the trials stay then as well.
'''

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="all of the results must arrive, at any load",
        before="""
        def test_every_event_is_stored(store):
            stored = []
            for i in range(100):
                stored.append(store.save({"id": i}))
            assert len(stored) == 100
        """,
        after="?",
    ),
    Case(
        name="a total of two events each is twice the count",
        before="""
        import queue


        def test_both_sides_are_heard():
            log = queue.Queue()
            for i in range(30):
                log.put(("request", i))
                log.put(("reply", i))
            assert log.qsize() == 60
        """,
        after="?",
    ),
    Case(
        name="workers times their operations",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_all_operations_count():
            done = []

            def worker(name):
                for step in range(25):
                    done.append((name, step))

            with ThreadPoolExecutor() as pool:
                for name in range(8):
                    pool.submit(worker, name)
            assert len(done) == 200
        """,
        after="?",
        runnable=True,
    ),
    Case(
        name="the number of tasks typed in a loop and in two assertions is one number",
        before="""
        import asyncio


        async def test_fan_out(service):
            tasks = [asyncio.create_task(service.fetch(f"p{i}")) for i in range(16)]
            replies = await asyncio.gather(*tasks)
            assert len(replies) == 16
            assert len(set(tasks)) == 16
        """,
        after="?",
    ),
    Case(
        name="successes and failures together are all of the trials",
        before="""
        def test_every_call_is_accounted_for(api):
            succeeded, failed = 0, 0
            for _ in range(20):
                try:
                    api.call()
                    succeeded += 1
                except ConnectionError:
                    failed += 1
            assert succeeded + failed == 20
        """,
        after="?",
    ),
    Case(
        name="an assertion method's first argument is a total as well",
        before="""
        import unittest


        class TestInbox(unittest.TestCase):
            def test_mail_piles_up(self):
                ids = set()
                for i in range(50):
                    ids.add(self.inbox.deliver(f"mail {i}"))
                self.assertEqual(50, len(ids), "an id was given twice")
        """,
        code="CHM404",
    ),
    Case(
        name="an equal number that counts something else stays",
        before="""
        def test_the_page_size_is_ten(api):
            assert api.page_size == 10
            assert len(api.first_page()) == 10
        """,
    ),
    Case(
        name="the length of fixed data is no total of trials",
        before="""
        def test_the_regions():
            regions = ["eu", "us", "ap"]
            names = [region.upper() for region in regions]
            assert len(names) == 3
        """,
    ),
    Case(
        name="a total that not every trial adds to is refused where it is no bound",
        before="""
        def test_exactly_twelve_are_rejected(gate):
            rejected = 0
            for _ in range(50):
                if not gate.enter():
                    rejected += 1
            assert rejected == 12
        """,
        code="CHM404",
    ),
)
