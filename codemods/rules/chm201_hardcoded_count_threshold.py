"""A literal bound on how often something happened in the trials.

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
"""

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
        after="""
        import random


        def test_few_calls_fail(chaos_config):
            random.seed(11)
            failures = 0
            iterations = chaos_config.scaled(50, floor=25)
            for _ in range(iterations):
                try:
                    if random.random() < 0.04:
                        raise TimeoutError
                except TimeoutError:
                    failures += 1
            max_failures = chaos_config.max_count(10, of=50, trials=iterations)
            assert failures <= max_failures, f"{failures} calls failed"
        """,
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
        after="""
        def test_fewer_than_five_errors(api, chaos_config):
            errors = []
            iterations = chaos_config.scaled(20, floor=10)
            for i in range(iterations):
                response = api.get(f"/users/{i}")
                if response.status >= 500:
                    errors.append(response)
            max_errors = chaos_config.max_count(5, of=20, trials=iterations, strict=True)
            assert len(errors) < max_errors
        """,
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
        after="""
        async def test_most_messages_get_through(link, chaos_config):
            delivered = 0
            iterations = chaos_config.scaled(30, floor=18)
            for i in range(iterations):
                try:
                    await link.send({"id": i})
                except ConnectionError:
                    continue
                delivered += 1
            min_delivered = chaos_config.min_count(24, of=30, trials=iterations)
            assert delivered >= min_delivered  # four in five
        """,
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
        after="""
        def test_errors_stay_below_the_limit(api, chaos_config):
            errors = 0
            iterations = chaos_config.scaled(25, floor=14)
            for i in range(iterations):
                if not api.ping():
                    errors += 1
            max_errors = chaos_config.max_count(5, of=25, trials=iterations)
            assert errors <= max_errors, f"more than {max_errors} errors"
        """,
    ),
    Case(
        name="unittest's assertions get the same bounds, whichever side is the number",
        before="""
        import unittest


        class TestFailover(unittest.TestCase):
            def test_most_requests_survive(self):
                survived, lost = 0, 0
                for _ in range(20):
                    if self.cluster.request():
                        survived += 1
                    else:
                        lost += 1
                self.assertGreaterEqual(survived, 15)
                self.assertGreater(6, lost)
        """,
        after="""
        import unittest


        class TestFailover(unittest.TestCase):
            def test_most_requests_survive(self):
                survived, lost = 0, 0
                iterations = self.chaos_config.scaled(20, floor=11)
                for _ in range(iterations):
                    if self.cluster.request():
                        survived += 1
                    else:
                        lost += 1
                min_survived = self.chaos_config.min_count(15, of=20, trials=iterations)
                self.assertGreaterEqual(survived, min_survived)
                max_lost = self.chaos_config.max_count(6, of=20, trials=iterations, strict=True)
                self.assertGreater(max_lost, lost)
        """,
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
        after="""
        def test_lost_updates(store, chaos_config):
            allowed = 6
            lost = 0
            iterations = chaos_config.scaled(60, floor=30)
            for i in range(iterations):
                if not store.update(f"key-{i}"):
                    lost += 1
            max_lost = chaos_config.max_count(allowed, of=60, trials=iterations)
            assert lost <= max_lost
        """,
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
        after="""
        import random


        def test_about_half_go_left(chaos_config):
            random.seed(5)
            left = 0
            iterations = chaos_config.scaled(100, floor=54)
            for _ in range(iterations):
                if random.random() < 0.5:
                    left += 1
            min_left = chaos_config.min_count(30, of=100, trials=iterations)
            max_left = chaos_config.max_count(70, of=100, trials=iterations)
            assert min_left <= left <= max_left
        """,
        runnable=True,
    ),
    Case(
        name="results of an executor are counted by a generator expression",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_parallel_reads(replica):
            def read(number):
                return replica.read(f"row {number}")

            with ThreadPoolExecutor(max_workers=8) as pool:
                replies = list(pool.map(read, range(40)))
            stale = sum(1 for reply in replies if reply.stale)
            assert stale <= 4
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def test_parallel_reads(replica, chaos_config):
            def read(number):
                return replica.read(f"row {number}")

            num_tasks = chaos_config.scaled(40, floor=20)
            with ThreadPoolExecutor(max_workers=8) as pool:
                replies = list(pool.map(read, range(num_tasks)))
            stale = sum(1 for reply in replies if reply.stale)
            max_stale = chaos_config.max_count(4, of=40, trials=num_tasks)
            assert stale <= max_stale
        """,
    ),
    Case(
        name="of events on a schedule, at most all happen: the bound must hold for that many",
        before="""
        def test_every_third_write_is_rolled_back(store):
            rolled_back = 0
            for i in range(8):
                try:
                    store.write(i % 2)
                    if i % 3 == 2:
                        raise RuntimeError("conflict")
                except RuntimeError as error:
                    if "conflict" in str(error):
                        rolled_back += 1
                    else:
                        raise
            assert rolled_back <= 3
        """,
        after="""
        def test_every_third_write_is_rolled_back(store, chaos_config):
            rolled_back = 0
            iterations = chaos_config.scaled(8, floor=6)
            for i in range(iterations):
                try:
                    store.write(i % 2)
                    if i % 3 == 2:
                        raise RuntimeError("conflict")
                except RuntimeError as error:
                    if "conflict" in str(error):
                        rolled_back += 1
                    else:
                        raise
            max_rolled_back = chaos_config.max_count(3, of=8, trials=iterations)
            assert rolled_back <= max_rolled_back
        """,
    ),
    Case(
        name="the bound on a count that scales already is finished, whatever its base is called",
        before="""
        WRITES = 40


        def test_writes_while_the_leader_moves(store, chaos_config):
            writes = max(WRITES, int(WRITES * chaos_config.load_multiplier))
            lost = 0
            for i in range(writes):
                if not store.put(f"key {i}"):
                    lost += 1
            assert lost <= 10
        """,
        after="""
        WRITES = 40


        def test_writes_while_the_leader_moves(store, chaos_config):
            writes = max(WRITES, int(WRITES * chaos_config.load_multiplier))
            lost = 0
            for i in range(writes):
                if not store.put(f"key {i}"):
                    lost += 1
            max_lost = chaos_config.max_count(10, of=40, trials=writes)
            assert lost <= max_lost
        """,
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
        after="""
        def test_nothing_is_lost(queue, chaos_config):
            lost = 0
            for i in range(chaos_config.scaled(50, floor=25)):
                if not queue.offer(f"item-{i}"):
                    lost += 1
            assert lost == 0
        """,
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
        after="""
        def test_some_calls_are_limited(limiter, chaos_config):
            limited = 0
            for _ in range(chaos_config.scaled(50)):
                if not limiter.allow():
                    limited += 1
            assert limited > 0
        """,
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
        after="""
        def test_answers_are_fine(client, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
                response = client.get(f"/item/{i}")
                assert response.status < 500
        """,
    ),
    Case(
        name="a message that tells the trials as well follows them",
        before="""
        def test_most_calls_go_well(api):
            good = 0
            for i in range(20):
                try:
                    api.call(i % 5)
                    good += 1
                except OSError:
                    pass
            assert good >= 15, f"only {good}/20 went well"
        """,
        after="""
        def test_most_calls_go_well(api, chaos_config):
            good = 0
            iterations = chaos_config.scaled(20, floor=11)
            for i in range(iterations):
                try:
                    api.call(i % 5)
                    good += 1
                except OSError:
                    pass
            min_good = chaos_config.min_count(15, of=20, trials=iterations)
            assert good >= min_good, f"only {good}/{iterations} went well"
        """,
    ),
    Case(
        name="what is no exception is good, and a window is one of a rate",
        before="""
        import asyncio


        async def test_most_of_them_answer(client):
            answers = await asyncio.gather(
                *[client.get(f"/{number}") for number in range(50)], return_exceptions=True
            )
            assert len([a for a in answers if not isinstance(a, Exception)]) >= 45


        def test_about_half_are_let_in(gate):
            entered = 0
            for number in range(60):
                if gate.lets_in(f"guest {number}"):
                    entered += 1
            assert 20 <= entered <= 40
        """,
        after="""
        import asyncio


        async def test_most_of_them_answer(client, chaos_config):
            num_tasks = chaos_config.scaled(50, floor=26)
            answers = await asyncio.gather(
                *[client.get(f"/{number}") for number in range(num_tasks)], return_exceptions=True
            )
            min_count = chaos_config.min_count(45, of=50, trials=num_tasks)
            assert len([a for a in answers if not isinstance(a, Exception)]) >= min_count


        def test_about_half_are_let_in(gate, chaos_config):
            entered = 0
            iterations = chaos_config.scaled(60, floor=32)
            for number in range(iterations):
                if gate.lets_in(f"guest {number}"):
                    entered += 1
            min_entered = chaos_config.min_count(20, of=60, trials=iterations)
            max_entered = chaos_config.max_count(40, of=60, trials=iterations)
            assert min_entered <= entered <= max_entered
        """,
    ),
    Case(
        name="what ends a loop that tries a trial again counts once a trial",
        before="""
        import random
        import time


        def test_messages_get_through_in_the_end(link):
            delivered = 0
            for number in range(40):
                for attempt in range(3):
                    try:
                        link.send(f"message {number}")
                        delivered += 1
                        break
                    except ConnectionError:
                        time.sleep(0.01 * attempt)
            assert delivered >= 30


        def test_more_is_saved_than_lost():
            random.seed(5)
            saved = 0
            conflicts = 0
            for _ in range(30):
                tries = 0
                done = False
                while tries < 4 and not done:
                    try:
                        if tries == 0 and random.random() < 0.2:
                            raise RuntimeError("conflict")
                        saved += 1
                        done = True
                    except RuntimeError:
                        tries += 1
                        conflicts += 1
            assert saved > 20
            assert conflicts <= saved
        """,
        after="""
        import random
        import time


        def test_messages_get_through_in_the_end(link, chaos_config):
            delivered = 0
            iterations = chaos_config.scaled(40, floor=22)
            for number in range(iterations):
                for attempt in range(3):
                    try:
                        link.send(f"message {number}")
                        delivered += 1
                        break
                    except ConnectionError:
                        time.sleep(0.01 * attempt)
            min_delivered = chaos_config.min_count(30, of=40, trials=iterations)
            assert delivered >= min_delivered


        def test_more_is_saved_than_lost(chaos_config):
            random.seed(5)
            saved = 0
            conflicts = 0
            iterations = chaos_config.scaled(30)
            for _ in range(iterations):
                tries = 0
                done = False
                while tries < 4 and not done:
                    try:
                        if tries == 0 and random.random() < 0.2:
                            raise RuntimeError("conflict")
                        saved += 1
                        done = True
                    except RuntimeError:
                        tries += 1
                        conflicts += 1
            min_saved = chaos_config.min_count(20, of=30, trials=iterations, strict=True)
            assert saved > min_saved
            assert conflicts <= saved
        """,
    ),
    Case(
        name="what comes before the last step of a try may happen in each of them",
        before="""
        def test_most_messages_leave(link):
            sent = 0
            for number in range(40):
                for attempt in range(3):
                    try:
                        sent += 1
                        link.send(f"message {number}")
                        break
                    except ConnectionError:
                        pass
            assert sent >= 30
        """,
        code="CHM404",
    ),
    Case(
        name="how often a trial is tried again has no bound that follows the trials",
        before="""
        def test_few_conflicts(store):
            conflicts = 0
            for number in range(40):
                done = False
                while not done:
                    try:
                        store.save(number)
                        done = True
                    except RuntimeError:
                        conflicts += 1
            assert conflicts <= 15
        """,
        code="CHM404",
    ),
    Case(
        name="a constant of a base class is the count of its tests",
        before="""
        class StoreTests:
            ROUNDS = 80


        class TestReads(StoreTests):
            def test_most_are_found(self, store):
                found = 0
                for number in range(self.ROUNDS):
                    if store.read(f"key {number}"):
                        found += 1
                assert found >= 75
        """,
        after="""
        class StoreTests:
            ROUNDS = 80


        class TestReads(StoreTests):
            def test_most_are_found(self, store):
                found = 0
                rounds = self.chaos_config.scaled(self.ROUNDS, floor=42)
                for number in range(rounds):
                    if store.read(f"key {number}"):
                        found += 1
                min_found = self.chaos_config.min_count(75, of=80, trials=rounds)
                assert found >= min_found
        """,
    ),
)
