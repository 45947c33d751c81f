'''A literal bound on how often something happened in the trials.

## What it does

Finds bounds on events of trials that scale, `failures <= 3` or `len(successes) >= 8`, and writes
one that follows the number of trials: `max_count(3, of=10, trials=iterations)`. At load 1 it is
the author's number. Elsewhere it lets a healthy test fail no more often by chance than it did,
and it can always fail.

## Why it matters

Three failures of ten is a limit; three of forty is another, and a test with four times the load
would fail on a healthy system. Four times the bound for four times the trials is not the answer
either when there are fewer: the smaller the sample, the more chance there is in it.

## When it refuses

Where the events cannot be traced to trials of one size, or more of them come from a loop that
cannot be counted. Bounds of zero are invariants and stay, and so does `> 0`, for which the trials
never become fewer than the author's.

## How to suppress it

End the line of the assertion with `# chaos: keep` and a reason: the trials stay then as well.
'''

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="at most so many failures becomes a bound that follows the trials",
        before="""
        import random


        def test_few_calls_fail():
            random.seed(11)
            failures = 0
            for _ in range(50):
                try:
                    if random.random() < 0.04:
                        raise TimeoutError
                except TimeoutError:
                    failures += 1
            assert failures <= 10, f"{failures} calls failed"
        """,
        after="?",
        runnable=True,
    ),
    Case(
        name="the operator and the number stay the author's: a strict bound stays strict",
        before="""
        def test_fewer_than_five_errors(api):
            errors = []
            for i in range(20):
                response = api.get(f"/users/{i}")
                if response.status >= 500:
                    errors.append(response)
            assert len(errors) < 5
        """,
        after="?",
    ),
    Case(
        name="at least so many successes",
        before="""
        async def test_most_messages_get_through(link):
            delivered = 0
            for i in range(30):
                try:
                    await link.send({"id": i})
                except ConnectionError:
                    continue
                delivered += 1
            assert delivered >= 24  # four in five
        """,
        after="?",
    ),
    Case(
        name="the number in the message becomes the bound",
        before="""
        def test_errors_stay_below_the_limit(api):
            errors = 0
            for i in range(25):
                if not api.ping():
                    errors += 1
            assert errors <= 5, "more than 5 errors"
        """,
        after="?",
    ),
    Case(
        name="unittest's assertions get the same bounds, whichever side is the number",
        before="""
        import unittest


        class TestFailover(unittest.TestCase):
            def test_most_requests_survive(self):
                survived = 0
                for _ in range(20):
                    if self.cluster.request():
                        survived += 1
                self.assertGreaterEqual(survived, 15)
                self.assertLess(4, survived)
        """,
        after="?",
    ),
    Case(
        name="a named bound keeps its name and scales where it is compared",
        before="""
        def test_lost_updates(store):
            allowed = 6
            lost = 0
            for i in range(60):
                if not store.update(f"key-{i}"):
                    lost += 1
            assert lost <= allowed
        """,
        after="?",
    ),
    Case(
        name="both sides of a window follow, each by its own rule",
        before="""
        import random


        def test_about_half_go_left():
            random.seed(5)
            left = 0
            for _ in range(100):
                if random.random() < 0.5:
                    left += 1
            assert 30 <= left <= 70
        """,
        after="?",
        runnable=True,
    ),
    Case(
        name="results of an executor are counted by a generator expression",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_parallel_reads(replica):
            with ThreadPoolExecutor(max_workers=8) as pool:
                replies = list(pool.map(replica.read, range(40)))
            stale = sum(1 for reply in replies if reply.stale)
            assert stale <= 4
        """,
        after="?",
    ),
    Case(
        name="no failure at all is an invariant and stays",
        before="""
        def test_nothing_is_lost(queue):
            lost = 0
            for i in range(50):
                if not queue.offer(f"item-{i}"):
                    lost += 1
            assert lost == 0
        """,
        after="?",
    ),
    Case(
        name="at least one is never touched, and the trials never become fewer",
        before="""
        def test_some_calls_are_limited(limiter):
            limited = 0
            for _ in range(50):
                if not limiter.allow():
                    limited += 1
            assert limited > 0
        """,
        after="?",
    ),
    Case(
        name="a bound without trials that scale is left alone",
        before="""
        def test_the_pool_is_small(pool):
            assert len(pool.connections) <= 10
            assert pool.idle >= 2
        """,
    ),
    Case(
        name="a bound on a status code is no bound on events",
        before="""
        def test_answers_are_fine(client):
            for i in range(100):
                response = client.get(f"/item/{i}")
                assert response.status < 500
        """,
        after="?",
    ),
)
