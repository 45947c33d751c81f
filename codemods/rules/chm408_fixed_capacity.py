"""Trials contend for a capacity that stays.

## What it does

Refuses a number of concurrent trials when a capacity in sight would not grow with it: a pool or a
limit close to the number of trials, a barrier for another number of them, a lock that they give
up waiting for.

## Why it matters

Ten threads on a pool of ten test that the pool serves them all. Forty threads on the same pool
test how it turns them away, and may wait for ever.

## What to do

Decide whether the capacity is part of the load. If it is, let it follow the count by name; if it
is under test, keep the count.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a mark ends the test after a fixed time, however many trials it has",
        before="""
        import pytest


        @pytest.mark.timeout(60)
        def test_every_call_is_answered(service):
            answers = []
            for number in range(100):
                answers.append(service.call(number))
            assert len(answers) == 100
        """,
        code="CHM408",
    ),
    Case(
        name="the suite's own decorator gives each test so many seconds",
        before="""
        from limits import at_most


        class TestCalls:
            @at_most
            async def test_every_call_is_answered(self, service):
                answers = []
                for number in range(100):
                    answers.append(await service.call(number))
                assert len(answers) == 100
        """,
        helpers={
            "limits.py": """
            import asyncio
            import functools


            def at_most(test, seconds=5):
                @functools.wraps(test)
                def limited(*args, **kwargs):
                    return asyncio.run(asyncio.wait_for(test(*args, **kwargs), seconds))

                return limited
            """
        },
        code="CHM408",
    ),
    Case(
        name="a mark that switches the limit off limits nothing",
        before="""
        import pytest


        @pytest.mark.timeout(0)
        def test_every_call_is_answered(service):
            answers = []
            for number in range(100):
                answers.append(service.call(number))
            assert len(answers) == 100
        """,
        after="""
        import pytest


        @pytest.mark.timeout(0)
        def test_every_call_is_answered(service, chaos_config):
            answers = []
            iterations = chaos_config.scaled(100, floor=50)
            for number in range(iterations):
                answers.append(service.call(number))
            assert len(answers) == iterations
        """,
    ),
    Case(
        name="a pool of as many connections as there are threads",
        before="""
        import threading


        def test_everybody_gets_a_connection(make_pool):
            pool = make_pool(max_connections=10)
            got = []

            def use():
                got.append(pool.acquire())

            threads = [threading.Thread(target=use) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(got) == 10
        """,
        code="CHM408",
    ),
    Case(
        name="a barrier for another number than the threads",
        before="""
        import threading


        def test_waves(server):
            barrier = threading.Barrier(5)

            def wave():
                barrier.wait()
                server.hit()

            threads = [threading.Thread(target=wave) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """,
        code="CHM408",
    ),
    Case(
        name="a lock that trials give up waiting for",
        before="""
        import threading


        def test_contention(resource):
            lock = threading.Lock()
            denied = []

            def worker():
                if lock.acquire(timeout=0.1):
                    resource.use()
                    lock.release()
                else:
                    denied.append(1)

            threads = [threading.Thread(target=worker) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(denied) <= 5
        """,
        code="CHM408",
    ),
    Case(
        name="a barrier for the threads and the test itself grows by one more than they do",
        before="""
        import threading


        def test_start_together(server):
            barrier = threading.Barrier(17)
            served = []

            def hit():
                barrier.wait()
                served.append(server.hit())

            threads = [threading.Thread(target=hit) for _ in range(16)]
            for thread in threads:
                thread.start()
            barrier.wait()
            for thread in threads:
                thread.join()
            assert len(served) == 16
        """,
        after="""
        import threading


        def test_start_together(server, chaos_config):
            num_tasks = chaos_config.scaled(16, floor=8)
            barrier = threading.Barrier(num_tasks + 1)
            served = []

            def hit():
                barrier.wait()
                served.append(server.hit())

            threads = [threading.Thread(target=hit) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            barrier.wait()
            for thread in threads:
                thread.join()
            assert len(served) == num_tasks
        """,
    ),
    Case(
        name="a lock that is waited for bounds nothing",
        before="""
        import threading


        def test_exclusive_access():
            lock = threading.Lock()
            entries = []

            def worker():
                with lock:
                    entries.append(threading.get_ident())

            threads = [threading.Thread(target=worker) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(entries) == 20
        """,
        after="""
        import threading


        def test_exclusive_access(chaos_config):
            lock = threading.Lock()
            entries = []

            def worker():
                with lock:
                    entries.append(threading.get_ident())

            num_tasks = chaos_config.scaled(20, floor=10)
            threads = [threading.Thread(target=worker) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(entries) == num_tasks
        """,
        runnable=True,
    ),
    Case(
        name="a bound that repeats the size of a semaphore holds at any load",
        before="""
        import threading


        def test_no_more_than_three_at_once(service):
            slots = threading.Semaphore(3)
            lock = threading.Lock()
            active = 0
            peak = 0

            def worker():
                nonlocal active, peak
                with slots:
                    with lock:
                        active += 1
                        peak = max(peak, active)
                    service.call()
                    with lock:
                        active -= 1

            threads = [threading.Thread(target=worker) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert peak <= 3
        """,
        after="""
        import threading


        def test_no_more_than_three_at_once(service, chaos_config):
            slots = threading.Semaphore(3)
            lock = threading.Lock()
            active = 0
            peak = 0

            def worker():
                nonlocal active, peak
                with slots:
                    with lock:
                        active += 1
                        peak = max(peak, active)
                    service.call()
                    with lock:
                        active -= 1

            threads = [threading.Thread(target=worker) for _ in range(chaos_config.scaled(20))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert peak <= 3
        """,
    ),
    Case(
        name="an upper bound on what a limiter allows",
        before="""
        def test_rate_limit(make_limiter):
            limiter = make_limiter(rate=10)
            allowed = sum(1 for _ in range(100) if limiter.allow())
            assert allowed <= 12
        """,
        code="CHM408",
    ),
    Case(
        name="what must fail once the trials are done allows so many of them",
        before="""
        import pytest


        def test_the_limiter_lets_a_hundred_through(limiter):
            for _ in range(100):
                limiter.hit("client")
            with pytest.raises(PermissionError):
                limiter.hit("client")
        """,
        code="CHM408",
    ),
    Case(
        name="trials that give up after so many tries contend for what there is",
        before="""
        import asyncio


        async def test_all_get_a_slot_in_the_end(slots):
            async def claim():
                for _ in range(5):
                    if await slots.claim():
                        return True
                    await asyncio.sleep(0.01)
                return False

            results = await asyncio.gather(*[claim() for _ in range(12)])
            assert sum(results) == 12
        """,
        code="CHM408",
    ),
    Case(
        name="what nested loops put in together must have room",
        before="""
        import threading

        from caching import Cache


        def test_threads_do_not_lose_entries():
            cache = Cache(max_entries=256)

            def fill(name):
                for n in range(8):
                    cache.put((name, n), b"")

            threads = [threading.Thread(target=fill, args=(i,)) for i in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(cache) == 128
        """,
        code="CHM408",
    ),
    Case(
        name="what a fixture gives to the object that the trials use is its capacity",
        before="""
        import pytest

        from limiting import Limiter


        @pytest.fixture
        def limiter():
            return Limiter(max_requests=100)


        def test_all_of_them_get_through(limiter):
            for _ in range(60):
                assert limiter.hit("client")
        """,
        code="CHM408",
    ),
    Case(
        name="a test of a quota needs a person: its trials share it",
        before="""
        def test_health_is_not_rate_limited(client):
            answers = []
            for _ in range(60):
                answers.append(client.get("/health").status)
            assert answers.count(200) >= 55
        """,
        code="CHM408",
    ),
    Case(
        name="a container that the trials fill throws the oldest out when it holds so many",
        before="""
        def test_what_was_read_last_stays(store):
            entries = {}
            most = 100

            def put(key, value):
                if len(entries) >= most:
                    del entries[next(iter(entries))]
                entries[key] = value

            for number in range(100):
                put(f"key {number}", store.load(f"key {number}"))
            assert "key 10" in entries
        """,
        code="CHM408",
    ),
    Case(
        name="an attribute of an object is set to the same number",
        before="""
        import threading


        def test_no_ticket_is_sold_twice(show):
            show.seats = 20
            sold = []

            def buy():
                if show.sell(2):
                    sold.append(2)

            threads = [threading.Thread(target=buy) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(sold) > 0
        """,
        code="CHM408",
    ),
    Case(
        name="a text that is a rate, and as many requests",
        before="""
        def test_the_bucket_empties_first(limit, client):
            @limit("10/m", burst=5)
            def view(request):
                return client.answer(request)

            answered = 0
            for number in range(10):
                try:
                    view(f"request {number}")
                    answered += 1
                except PermissionError:
                    pass
            assert answered < 10
        """,
        code="CHM408",
    ),
    Case(
        name="three at a time where the test says that two is all there is room for",
        before="""
        import threading


        def test_exhausted_pool_makes_the_third_wait(pool):
            served = []

            def ask():
                try:
                    served.append(pool.ask())
                except TimeoutError:
                    pass

            threads = [threading.Thread(target=ask) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=10)
            assert len(served) >= 2
        """,
        code="CHM408",
    ),
    Case(
        name="the settings of a pool are found in a dict of options",
        before="""
        import asyncio


        async def test_all_connect(make_engine):
            engine = make_engine(options=dict(pool_size=10, overflow=10))
            await asyncio.gather(*[engine.connect() for _ in range(10)])


        async def test_all_write(make_engine):
            engine = make_engine(config={"max_writers": 50})
            await asyncio.gather(*[engine.write(b"x") for _ in range(20)])
        """,
        code="CHM408",
        groups=2,
    ),
    Case(
        name="the pool of a fixture is found where the conftest has its fixtures from",
        before="""
        import asyncio


        async def test_all_queries_answer(client):
            answers = await asyncio.gather(*[client.query("select 1") for _ in range(20)])
            assert len(answers) == 20
        """,
        helpers={
            "conftest.py": "from pools import pool\n\npytest_plugins = ['clients']\n",
            "pools.py": """
            import pytest

            @pytest.fixture
            def pool():
                return ConnectionPool(min_size=1, max_size=30)
            """,
            "clients.py": """
            import pytest

            @pytest.fixture
            def client(pool):
                return Client(pool)
            """,
        },
        code="CHM408",
    ),
    Case(
        name="all trials write one record of a server, which lets only so many wait for it",
        before="""
        import asyncio
        import threading

        import pytest


        @pytest.fixture
        def store():
            made = vault.Client("localhost:7000").connect()
            yield made
            made.close()


        def test_threads_count_together(store):
            record = ("tests", "visits")
            failures = []

            def visit():
                try:
                    store.increment(record, "count", 1)
                except vault.Error as error:
                    failures.append(error)

            threads = [threading.Thread(target=visit) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert failures == []


        async def test_tasks_count_together(store):
            record = ("tests", "visits")
            await asyncio.gather(*(store.increment(record, "count", 1) for _ in range(20)))
            assert (await store.get(record)) == 20
        """,
        code="CHM408",
        groups=2,
    ),
    Case(
        name="writers of records of their own, and readers beside a writer, wait for no server",
        before="""
        import threading

        import pytest


        @pytest.fixture
        def store():
            made = vault.Client("localhost:7000").connect()
            yield made
            made.close()


        def test_threads_write_side_by_side(store):
            failures = []

            def write(number):
                record = ("tests", number)
                try:
                    store.put(record, {"number": number})
                except vault.Error as error:
                    failures.append(error)

            threads = []
            for number in range(20):
                threads.append(threading.Thread(target=write, args=(number,)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert failures == []


        def test_readers_beside_a_writer(store):
            record = ("tests", "visits")
            failures = []

            def write():
                store.put(record, {"count": 1})

            def read():
                try:
                    store.get(record)
                except vault.Error as error:
                    failures.append(error)

            writer = threading.Thread(target=write)
            writer.start()
            readers = []
            for _ in range(30):
                readers.append(threading.Thread(target=read))
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            writer.join()
            assert failures == []
        """,
        after="""
        import threading

        import pytest


        @pytest.fixture
        def store():
            made = vault.Client("localhost:7000").connect()
            yield made
            made.close()


        def test_threads_write_side_by_side(store, chaos_config):
            failures = []

            def write(number):
                record = ("tests", number)
                try:
                    store.put(record, {"number": number})
                except vault.Error as error:
                    failures.append(error)

            threads = []
            for number in range(chaos_config.scaled(20, floor=10)):
                threads.append(threading.Thread(target=write, args=(number,)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert failures == []


        def test_readers_beside_a_writer(store, chaos_config):
            record = ("tests", "visits")
            failures = []

            def write():
                store.put(record, {"count": 1})

            def read():
                try:
                    store.get(record)
                except vault.Error as error:
                    failures.append(error)

            writer = threading.Thread(target=write)
            writer.start()
            readers = []
            for _ in range(chaos_config.scaled(30, floor=15)):
                readers.append(threading.Thread(target=read))
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            writer.join()
            assert failures == []
        """,
    ),
    Case(
        name="an object of the suite is set to serve fewer than the attempts: a scenario",
        before="""
        import time

        from desk import Desk


        class TestDesk:
            def test_a_short_queue_turns_some_away(self):
                desk = Desk()
                desk.queue_size = 2
                served = 0
                turned_away = 0
                for _ in range(6):
                    try:
                        desk.serve("a guest")
                        served += 1
                        time.sleep(0.01)
                    except ConnectionError:
                        turned_away += 1
                assert served >= turned_away
        """,
        helpers={
            "desk.py": """
            class Desk:
                def __init__(self):
                    self.queue_size = 500

                def serve(self, guest):
                    return guest
            """
        },
        code="CHM408",
    ),
    Case(
        name="an object of the suite that is set to something else has room for all attempts",
        before="""
        import time

        from desk import Desk


        class TestDesk:
            def test_few_guests_are_turned_away(self):
                desk = Desk()
                desk.patience = 2
                turned_away = 0
                for _ in range(60):
                    try:
                        desk.serve("a guest")
                        time.sleep(0.01)
                    except ConnectionError:
                        turned_away += 1
                assert turned_away <= 2


        def test_few_calls_fail(connect):
            client = connect()
            client.protocol = 2
            failures = 0
            for _ in range(100):
                try:
                    client.call()
                except ConnectionError:
                    failures += 1
            assert failures <= 2
        """,
        after="""
        import time

        from desk import Desk


        class TestDesk:
            def test_few_guests_are_turned_away(self):
                desk = Desk()
                desk.patience = 2
                turned_away = 0
                iterations = self.chaos_config.scaled(60, floor=31)
                for _ in range(iterations):
                    try:
                        desk.serve("a guest")
                        time.sleep(0.01)
                    except ConnectionError:
                        turned_away += 1
                max_turned_away = self.chaos_config.max_count(2, of=60, trials=iterations)
                assert turned_away <= max_turned_away


        def test_few_calls_fail(connect, chaos_config):
            client = connect()
            client.protocol = 2
            failures = 0
            iterations = chaos_config.scaled(100, floor=51)
            for _ in range(iterations):
                try:
                    client.call()
                except ConnectionError:
                    failures += 1
            max_failures = chaos_config.max_count(2, of=100, trials=iterations)
            assert failures <= max_failures
        """,
        helpers={
            "desk.py": """
            class Desk:
                def __init__(self):
                    self.queue_size = 500

                def serve(self, guest):
                    return guest
            """
        },
    ),
)
