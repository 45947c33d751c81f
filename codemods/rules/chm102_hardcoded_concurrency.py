"""The literal number of threads, processes, tasks or clients.

## What it does

Finds numbers of trials that run at the same time: threads started in a loop or a comprehension,
tasks given to `gather`, calls submitted or mapped to an executor. The number follows the load
multiplier; barriers and pools with a place for every trial, and assertions on what the trials
gave, move with it.

## Why it matters

Contention is what such a test is after, and it grows with the machine: fifty threads overwhelm
two cores and leave thirty-two idle.

## When it refuses

Trials that contend for a capacity which stays the same (CHM408), and all that the other CHM4
rules refuse. Left alone: the size of a pool that is smaller than the number of its tasks, and
handfuls of threads that play fixed parts.

## How to suppress it

End the line with `# chaos: keep` and a reason, or put CHM102 into `ignore`.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="no errors at all, of two kinds of threads, is an invariant of each",
        before="""
        from threading import Thread


        def test_no_errors(store):
            errors = []

            def read():
                try:
                    store.read()
                except OSError as error:
                    errors.append(error)

            def write():
                try:
                    store.write()
                except OSError as error:
                    errors.append(error)

            readers = [Thread(target=read) for _ in range(30)]
            writers = [Thread(target=write) for _ in range(20)]
            for thread in readers + writers:
                thread.start()
            for thread in readers + writers:
                thread.join()
            assert len(errors) == 0
        """,
        after="""
        from threading import Thread


        def test_no_errors(store, chaos_config):
            errors = []

            def read():
                try:
                    store.read()
                except OSError as error:
                    errors.append(error)

            def write():
                try:
                    store.write()
                except OSError as error:
                    errors.append(error)

            readers = [Thread(target=read) for _ in range(chaos_config.scaled(30, floor=15))]
            writers = [Thread(target=write) for _ in range(chaos_config.scaled(20, floor=10))]
            for thread in readers + writers:
                thread.start()
            for thread in readers + writers:
                thread.join()
            assert len(errors) == 0
        """,
    ),
    Case(
        name="ten threads of ten calls each: only the threads scale, and the total follows them",
        before="""
        import threading


        def test_ten_by_ten(store):
            loaded = []

            def work():
                for key in range(10):
                    loaded.append(store.load(key))

            threads = [threading.Thread(target=work) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(loaded) == 100
        """,
        after="""
        import threading


        def test_ten_by_ten(store, chaos_config):
            loaded = []

            def work():
                for key in range(10):
                    loaded.append(store.load(key))

            num_tasks = chaos_config.scaled(10, floor=5)
            threads = [threading.Thread(target=work) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(loaded) == 10 * num_tasks
        """,
    ),
    Case(
        name="threads from a comprehension follow the load, and what they give is counted",
        before="""
        import threading


        def test_counter_under_contention():
            counter = 0
            lock = threading.Lock()

            def worker():
                nonlocal counter
                with lock:
                    counter += 1

            threads = [threading.Thread(target=worker) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert counter == 20
        """,
        after="""
        import threading


        def test_counter_under_contention(chaos_config):
            counter = 0
            lock = threading.Lock()

            def worker():
                nonlocal counter
                with lock:
                    counter += 1

            num_tasks = chaos_config.scaled(20, floor=10)
            threads = [threading.Thread(target=worker) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert counter == num_tasks
        """,
        runnable=True,
    ),
    Case(
        name="the work of each thread stays, and the total is the product",
        before="""
        import threading


        def test_no_increment_is_lost():
            num_threads = 10
            total = 0
            lock = threading.Lock()

            def worker():
                nonlocal total
                for _ in range(100):
                    with lock:
                        total += 1

            threads = []
            for _ in range(num_threads):
                thread = threading.Thread(target=worker)
                threads.append(thread)
                thread.start()
            for thread in threads:
                thread.join()
            assert total == 1000
        """,
        after="""
        import threading


        def test_no_increment_is_lost(chaos_config):
            num_threads = chaos_config.scaled(10, floor=5)
            total = 0
            lock = threading.Lock()

            def worker():
                nonlocal total
                for _ in range(100):
                    with lock:
                        total += 1

            threads = []
            for _ in range(num_threads):
                thread = threading.Thread(target=worker)
                threads.append(thread)
                thread.start()
            for thread in threads:
                thread.join()
            assert total == num_threads * 100
        """,
        runnable=True,
    ),
    Case(
        name="tasks of a gather follow the load",
        before="""
        import asyncio


        async def call(number):
            await asyncio.sleep(0)
            return number * 2


        async def test_all_calls_return():
            results = await asyncio.gather(*[call(i) for i in range(30)])
            assert len(results) == 30
            assert not any(isinstance(result, Exception) for result in results)
        """,
        after="""
        import asyncio


        async def call(number):
            await asyncio.sleep(0)
            return number * 2


        async def test_all_calls_return(chaos_config):
            num_tasks = chaos_config.scaled(30, floor=15)
            results = await asyncio.gather(*[call(i) for i in range(num_tasks)])
            assert len(results) == num_tasks
            assert not any(isinstance(result, Exception) for result in results)
        """,
        runnable=True,
    ),
    Case(
        name="futures taken as they complete are as many as were submitted",
        before="""
        from concurrent.futures import ThreadPoolExecutor, as_completed


        def test_uploads_arrive():
            done = []
            with ThreadPoolExecutor(max_workers=4) as pool:
                futures = [pool.submit(pow, 2, i) for i in range(40)]
                for future in as_completed(futures):
                    done.append(future.result())
            assert len(done) == 40
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor, as_completed


        def test_uploads_arrive(chaos_config):
            done = []
            num_tasks = chaos_config.scaled(40, floor=20)
            with ThreadPoolExecutor(max_workers=4) as pool:
                futures = [pool.submit(pow, 2, i) for i in range(num_tasks)]
                for future in as_completed(futures):
                    done.append(future.result())
            assert len(done) == num_tasks
        """,
        runnable=True,
    ),
    Case(
        name="a mapped range follows the load; the pool, smaller on purpose, stays",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def fetch(number):
            return {"number": number, "status": 200}


        def test_parallel_fetches():
            with ThreadPoolExecutor(max_workers=5) as pool:
                answers = list(pool.map(fetch, range(50)))
            good = sum(1 for answer in answers if answer["status"] == 200)
            assert good == 50
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def fetch(number):
            return {"number": number, "status": 200}


        def test_parallel_fetches(chaos_config):
            num_tasks = chaos_config.scaled(50, floor=25)
            with ThreadPoolExecutor(max_workers=5) as pool:
                answers = list(pool.map(fetch, range(num_tasks)))
            good = sum(1 for answer in answers if answer["status"] == 200)
            assert good == num_tasks
        """,
        runnable=True,
    ),
    Case(
        name="a pool with a worker for every task grows with the tasks",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_everybody_at_once(shop):
            def order():
                return shop.order()

            with ThreadPoolExecutor(max_workers=20) as pool:
                orders = [pool.submit(order) for _ in range(20)]
            assert len({order.result() for order in orders}) == 20
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def test_everybody_at_once(shop, chaos_config):
            def order():
                return shop.order()

            num_tasks = chaos_config.scaled(20, floor=10)
            with ThreadPoolExecutor(max_workers=num_tasks) as pool:
                orders = [pool.submit(order) for _ in range(num_tasks)]
            assert len({order.result() for order in orders}) == num_tasks
        """,
    ),
    Case(
        name="a barrier for every thread moves with the threads",
        before="""
        import threading


        def test_simultaneous_start():
            barrier = threading.Barrier(12)
            started = []

            def runner():
                barrier.wait()
                started.append(threading.get_ident())

            threads = [threading.Thread(target=runner) for _ in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(started) == 12
        """,
        after="""
        import threading


        def test_simultaneous_start(chaos_config):
            num_tasks = chaos_config.scaled(12, floor=6)
            barrier = threading.Barrier(num_tasks)
            started = []

            def runner():
                barrier.wait()
                started.append(threading.get_ident())

            threads = [threading.Thread(target=runner) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(started) == num_tasks
        """,
        runnable=True,
    ),
    Case(
        name="one winner is one winner, however many claim at the same time",
        before="""
        import threading


        def test_only_one_claims_the_lease(lease):
            outcomes = []

            def claim():
                outcomes.append(lease.try_claim())

            threads = [threading.Thread(target=claim) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert outcomes.count(True) == 1
            assert len(outcomes) == 10
        """,
        after="""
        import threading


        def test_only_one_claims_the_lease(lease, chaos_config):
            outcomes = []

            def claim():
                outcomes.append(lease.try_claim())

            num_tasks = chaos_config.scaled(10)
            threads = [threading.Thread(target=claim) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert outcomes.count(True) == 1
            assert len(outcomes) == num_tasks
        """,
    ),
    Case(
        name="a larger number of winners is a capacity of the code under test",
        before="""
        import threading


        def test_three_claim_a_seat(venue):
            outcomes = []

            def claim():
                outcomes.append(venue.try_claim())

            threads = [threading.Thread(target=claim) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert outcomes.count(True) == 3
        """,
        code="CHM404",
    ),
    Case(
        name="two threads that play fixed parts stay",
        before="""
        import threading


        def test_reader_and_writer(store):
            threads = [threading.Thread(target=store.touch) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """,
    ),
    Case(
        name="the size of a connection pool is under test, not load",
        before="""
        def test_the_pool_opens_lazily(make_pool):
            pool = make_pool(pool_size=10)
            assert pool.size == 10
            assert pool.open_connections == 0
        """,
    ),
    Case(
        name="two numbers of threads with one counter are refused as a whole",
        before="""
        import threading


        def test_mixed_traffic(site):
            seen = []

            def visit():
                if site.visit():
                    seen.append(1)

            readers = [threading.Thread(target=visit) for _ in range(20)]
            writers = [threading.Thread(target=visit) for _ in range(10)]
            for thread in readers + writers:
                thread.start()
            for thread in readers + writers:
                thread.join()
            assert len(seen) >= 25
        """,
        code="CHM403",
    ),
    Case(
        name="whoever wins, there is one; and all have seen the same",
        before="""
        def test_one_value_wins(pool, cache, worker):
            futures = [pool.submit(worker, cache) for _ in range(50)]
            seen = [future.result() for future in futures]
            assert cache.get("key") is not None
            assert len(set(seen)) == 1
        """,
        after="""
        def test_one_value_wins(pool, cache, worker, chaos_config):
            futures = [pool.submit(worker, cache) for _ in range(chaos_config.scaled(50))]
            seen = [future.result() for future in futures]
            assert cache.get("key") is not None
            assert len(set(seen)) == 1
        """,
    ),
    Case(
        name="places in a pool bound what is done at once, not one after another",
        before="""
        import pytest


        @pytest.fixture
        def pool():
            return make_pool(max_size=20)


        def test_most_queries_answer(pool):
            answered = 0
            for _ in range(20):
                try:
                    pool.query("select 1")
                    answered += 1
                except TimeoutError:
                    pass
            assert answered >= 15
        """,
        after="""
        import pytest


        @pytest.fixture
        def pool():
            return make_pool(max_size=20)


        def test_most_queries_answer(pool, chaos_config):
            answered = 0
            iterations = chaos_config.scaled(20, floor=11)
            for _ in range(iterations):
                try:
                    pool.query("select 1")
                    answered += 1
                except TimeoutError:
                    pass
            min_answered = chaos_config.min_count(15, of=20, trials=iterations)
            assert answered >= min_answered
        """,
    ),
)
