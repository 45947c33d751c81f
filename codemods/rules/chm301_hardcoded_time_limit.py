"""A literal bound on how long the trials may take.

## What it does

Finds `elapsed < 2.0` where the time passes over trials that scale, and writes
`time_limit(2.0, of=20, trials=iterations)`: more trials may take longer, in proportion, and a slow
machine gets its own factor. It never becomes tighter than the author's limit.

## Why it matters

Four times the load takes about four times as long. A limit that stays fails a healthy system; one
that is raised by hand until the build is green proves nothing on a fast machine.

## When it refuses

Time that covers loops of different sizes, or the longest of several waits (CHM407). Left alone:
lower bounds, sleeps, the timeouts of calls that are expected to time out, and limits on what has
nothing to do with a count that scales.

## How to suppress it

End the line of the assertion with `# chaos: keep` and a reason: the trials stay then as well.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="the time of the whole loop grows with the loop",
        before="""
        import time


        def test_writes_are_fast_enough(store):
            start = time.time()
            for i in range(200):
                store.write(f"row {i}")
            elapsed = time.time() - start
            assert elapsed < 2.0
        """,
        after="""
        import time


        def test_writes_are_fast_enough(store, chaos_config):
            start = time.time()
            iterations = chaos_config.scaled(200)
            for i in range(iterations):
                store.write(f"row {i}")
            elapsed = time.time() - start
            max_elapsed = chaos_config.time_limit(2.0, of=200, trials=iterations)
            assert elapsed < max_elapsed
        """,
    ),
    Case(
        name="a limit that its message repeats is repeated there",
        before="""
        import time


        def test_writes_are_fast_enough(store):
            start = time.time()
            for i in range(200):
                store.write(f"row {i}")
            elapsed = time.time() - start
            assert elapsed < 2.0, f"took {elapsed:.2f}s, more than 2s"
        """,
        after="""
        import time


        def test_writes_are_fast_enough(store, chaos_config):
            start = time.time()
            iterations = chaos_config.scaled(200)
            for i in range(iterations):
                store.write(f"row {i}")
            elapsed = time.time() - start
            max_elapsed = chaos_config.time_limit(2.0, of=200, trials=iterations)
            assert elapsed < max_elapsed, f"took {elapsed:.2f}s, more than {max_elapsed:g}s"
        """,
    ),
    Case(
        name="a message that names the limit in words follows it",
        before="""
        import time


        async def test_calls_are_quick(service):
            started = time.perf_counter()
            for _ in range(50):
                await service.ping()
            took = time.perf_counter() - started
            assert took <= 5, f"took {took:.1f}, not 5 seconds"
        """,
        after="""
        import time


        async def test_calls_are_quick(service, chaos_config):
            started = time.perf_counter()
            iterations = chaos_config.scaled(50)
            for _ in range(iterations):
                await service.ping()
            took = time.perf_counter() - started
            max_took = chaos_config.time_limit(5, of=50, trials=iterations)
            assert took <= max_took, f"took {took:.1f}, not {max_took:g} seconds"
        """,
    ),
    Case(
        name="unittest's assertLess is a limit like any other",
        before="""
        import sqlite3
        import time
        import unittest


        class TestSpeed(unittest.TestCase):
            def test_inserts(self):
                db = sqlite3.connect(":memory:")
                db.execute("create table t (x)")
                begin = time.monotonic()
                for i in range(100):
                    db.execute("insert into t values (?)", (f"row {i}",))
                self.assertLess(time.monotonic() - begin, 30.0)
        """,
        after="""
        import sqlite3
        import time
        import unittest


        class TestSpeed(unittest.TestCase):
            def test_inserts(self):
                db = sqlite3.connect(":memory:")
                db.execute("create table t (x)")
                begin = time.monotonic()
                iterations = self.chaos_config.scaled(100)
                for i in range(iterations):
                    db.execute("insert into t values (?)", (f"row {i}",))
                max_seconds = self.chaos_config.time_limit(30.0, of=100, trials=iterations)
                self.assertLess(time.monotonic() - begin, max_seconds)
        """,
        runnable=True,
    ),
    Case(
        name="tasks at the same time share their limit",
        before="""
        import threading
        import time


        def test_threads_finish(job):
            begin = time.time()
            threads = [threading.Thread(target=job.run) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert time.time() - begin < 10
        """,
        after="""
        import threading
        import time


        def test_threads_finish(job, chaos_config):
            begin = time.time()
            num_tasks = chaos_config.scaled(16)
            threads = [threading.Thread(target=job.run) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            max_seconds = chaos_config.time_limit(10, of=16, trials=num_tasks)
            assert time.time() - begin < max_seconds
        """,
    ),
    Case(
        name="a limit on the mean of the trials stays, and they never become fewer",
        before="""
        import statistics
        import time


        def test_the_usual_latency(service):
            latencies = []
            for _ in range(30):
                begin = time.perf_counter()
                service.ping()
                latencies.append(time.perf_counter() - begin)
            assert statistics.mean(latencies) < 0.05
        """,
        after="""
        import statistics
        import time


        def test_the_usual_latency(service, chaos_config):
            latencies = []
            for _ in range(chaos_config.scaled(30)):
                begin = time.perf_counter()
                service.ping()
                latencies.append(time.perf_counter() - begin)
            assert statistics.mean(latencies) < 0.05
        """,
    ),
    Case(
        name="a wait that must last is under test, not a limit",
        before="""
        import time


        def test_the_backoff_waits(client):
            begin = time.time()
            client.call_with_backoff(retries=3)
            assert time.time() - begin >= 0.15
        """,
    ),
    Case(
        name="the time of a single call has no trials to grow with",
        before="""
        import time


        def test_startup_is_quick(server):
            begin = time.monotonic()
            server.start()
            assert time.monotonic() - begin < 3.0
        """,
    ),
    Case(
        name="a timeout that is expected to run out stays",
        before="""
        import pytest


        def test_a_dead_peer_times_out(client):
            with pytest.raises(TimeoutError):
                client.call("dead", timeout=10)
        """,
    ),
    Case(
        name="a limit on the slowest trial is refused",
        before="""
        import time


        def test_no_call_is_slow(service):
            times = []
            for _ in range(40):
                begin = time.perf_counter()
                service.ping()
                times.append(time.perf_counter() - begin)
            assert max(times) < 0.5
        """,
        code="CHM407",
    ),
    Case(
        name="time over loops of different sizes is refused",
        before="""
        import time


        def test_load_and_drain(queue):
            begin = time.time()
            for i in range(100):
                queue.offer(f"item {i}")
            for _ in range(50):
                queue.take_two()
            assert time.time() - begin < 5
        """,
        code="CHM403",
    ),
    Case(
        name="the time that threads have to end grows with what they have to do",
        before="""
        import threading


        def test_no_thread_hangs(queue):
            def work():
                for i in range(200):
                    queue.put(i % 7)
                    queue.get()

            threads = [threading.Thread(target=work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=10)
                assert not thread.is_alive()
        """,
        after="""
        import threading


        def test_no_thread_hangs(queue, chaos_config):
            iterations = chaos_config.scaled(200, floor=100)

            def work():
                for i in range(iterations):
                    queue.put(i % 7)
                    queue.get()

            threads = [threading.Thread(target=work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                timeout = chaos_config.time_limit(10, of=200, trials=iterations)
                thread.join(timeout=timeout)
                assert not thread.is_alive()
        """,
    ),
    Case(
        name="a thread of one trial waits for no other trial",
        before="""
        import threading


        def test_no_start_hangs(spawn):
            for number in range(200):
                thread = threading.Thread(target=spawn, args=(number,))
                thread.start()
                thread.join(timeout=10)
                assert not thread.is_alive()
        """,
        after="""
        import threading


        def test_no_start_hangs(spawn, chaos_config):
            for number in range(chaos_config.scaled(200, floor=100)):
                thread = threading.Thread(target=spawn, args=(number,))
                thread.start()
                thread.join(timeout=10)
                assert not thread.is_alive()
        """,
    ),
    Case(
        name="the timeout of a map is for all that it maps, unless it takes them in chunks",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_all_are_thumbnailed(thumbnail):
            with ThreadPoolExecutor(20) as pool:
                made = list(pool.map(thumbnail, range(20), timeout=5))
            assert len(made) == 20
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def test_all_are_thumbnailed(thumbnail, chaos_config):
            num_tasks = chaos_config.scaled(20, floor=10)
            with ThreadPoolExecutor(num_tasks) as pool:
                timeout = chaos_config.time_limit(5, of=20, trials=num_tasks)
                made = list(pool.map(thumbnail, range(num_tasks), timeout=timeout))
            assert len(made) == num_tasks
        """,
    ),
    Case(
        name="a message of several lines stays as it is",
        before="""
        import time


        def test_listing(registry):
            start = time.perf_counter()
            for _ in range(800):
                registry.list()
            elapsed = time.perf_counter() - start
            assert elapsed < 3, (
                f"800 listings took {elapsed:.1f}s, more than the 3s that they may take. "
                f"Somebody looks through all of them."
            )
        """,
        after="""
        import time


        def test_listing(registry, chaos_config):
            start = time.perf_counter()
            iterations = chaos_config.scaled(800)
            for _ in range(iterations):
                registry.list()
            elapsed = time.perf_counter() - start
            max_elapsed = chaos_config.time_limit(3, of=800, trials=iterations)
            assert elapsed < max_elapsed, (
                f"800 listings took {elapsed:.1f}s, more than the 3s that they may take. "
                f"Somebody looks through all of them."
            )
        """,
    ),
)
