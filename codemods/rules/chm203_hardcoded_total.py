"""A literal that repeats the number of trials.

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
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a total typed as a product: the factor that repeats the count follows it",
        before="""
        import threading


        def test_all_are_stored(store):
            stored = []

            def work():
                for key in range(5):
                    stored.append(store.put(key))

            threads = [threading.Thread(target=work) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(stored) == 10 * 5
        """,
        after="""
        import threading


        def test_all_are_stored(store, chaos_config):
            stored = []

            def work():
                for key in range(5):
                    stored.append(store.put(key))

            num_tasks = chaos_config.scaled(10, floor=5)
            threads = [threading.Thread(target=work) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(stored) == num_tasks * 5
        """,
    ),
    Case(
        name="all of the results must arrive, at any load",
        before="""
        def test_every_event_is_stored(store):
            stored = []
            for i in range(100):
                stored.append(store.save({"id": i}))
            assert len(stored) == 100
        """,
        after="""
        def test_every_event_is_stored(store, chaos_config):
            stored = []
            iterations = chaos_config.scaled(100, floor=50)
            for i in range(iterations):
                stored.append(store.save({"id": i}))
            assert len(stored) == iterations
        """,
    ),
    Case(
        name="a total of two events each is twice the count",
        before="""
        def test_both_sides_are_heard(api):
            log = []
            for i in range(30):
                log.append(f"request {i}")
                log.append(api.reply(f"request {i}"))
            assert len(log) == 60
        """,
        after="""
        def test_both_sides_are_heard(api, chaos_config):
            log = []
            iterations = chaos_config.scaled(30, floor=15)
            for i in range(iterations):
                log.append(f"request {i}")
                log.append(api.reply(f"request {i}"))
            assert len(log) == iterations * 2
        """,
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
                for name in range(12):
                    pool.submit(worker, name)
            assert len(done) == 300
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def test_all_operations_count(chaos_config):
            done = []

            def worker(name):
                for step in range(25):
                    done.append((name, step))

            num_tasks = chaos_config.scaled(12, floor=6)
            with ThreadPoolExecutor() as pool:
                for name in range(num_tasks):
                    pool.submit(worker, name)
            assert len(done) == 25 * num_tasks
        """,
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
        after="""
        import asyncio


        async def test_fan_out(service, chaos_config):
            num_tasks = chaos_config.scaled(16, floor=8)
            tasks = [asyncio.create_task(service.fetch(f"p{i}")) for i in range(num_tasks)]
            replies = await asyncio.gather(*tasks)
            assert len(replies) == num_tasks
            assert len(set(tasks)) == num_tasks
        """,
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
        after="""
        def test_every_call_is_accounted_for(api, chaos_config):
            succeeded, failed = 0, 0
            iterations = chaos_config.scaled(20, floor=10)
            for _ in range(iterations):
                try:
                    api.call()
                    succeeded += 1
                except ConnectionError:
                    failed += 1
            assert succeeded + failed == iterations
        """,
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
        after="""
        import unittest


        class TestInbox(unittest.TestCase):
            def test_mail_piles_up(self):
                ids = set()
                iterations = self.chaos_config.scaled(50, floor=25)
                for i in range(iterations):
                    ids.add(self.inbox.deliver(f"mail {i}"))
                self.assertEqual(iterations, len(ids), "an id was given twice")
        """,
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
    Case(
        name="a schedule becomes its own formula",
        before="""
        def test_every_tenth_call_is_dropped(proxy):
            dropped = 0
            for i in range(100):
                if i % 10 == 0:
                    dropped += 1
                    continue
                proxy.call()
            assert dropped == 10
        """,
        after="""
        def test_every_tenth_call_is_dropped(proxy, chaos_config):
            dropped = 0
            iterations = chaos_config.scaled(100, floor=50)
            for i in range(iterations):
                if i % 10 == 0:
                    dropped += 1
                    continue
                proxy.call()
            assert dropped == len(range(0, iterations, 10))
        """,
    ),
    Case(
        name="a fixed few that fail are as many at any load, and all the others follow",
        before="""
        import json


        def test_the_first_two_documents_are_torn():
            torn = 0
            read = 0
            for i in range(10):
                try:
                    if i < 2:
                        raise ValueError(f"document {i} ends in the middle")
                    json.loads(json.dumps({"id": f"document {i}"}))
                    read += 1
                except ValueError:
                    torn += 1
            assert torn == 2
            assert read == 8
        """,
        after="""
        import json


        def test_the_first_two_documents_are_torn(chaos_config):
            torn = 0
            read = 0
            iterations = chaos_config.scaled(10, floor=5)
            for i in range(iterations):
                try:
                    if i < 2:
                        raise ValueError(f"document {i} ends in the middle")
                    json.loads(json.dumps({"id": f"document {i}"}))
                    read += 1
                except ValueError:
                    torn += 1
            assert torn == 2
            assert read == iterations - 2
        """,
        runnable=True,
    ),
    Case(
        name="what every thread did is compared with the indexes themselves",
        before="""
        from concurrent.futures import ThreadPoolExecutor


        def test_every_task_ran():
            seen = []
            with ThreadPoolExecutor(max_workers=4) as pool:
                list(pool.map(lambda number: seen.append(number), range(80)))
            assert sorted(seen) == list(range(80))
        """,
        after="""
        from concurrent.futures import ThreadPoolExecutor


        def test_every_task_ran(chaos_config):
            seen = []
            num_tasks = chaos_config.scaled(80, floor=40)
            with ThreadPoolExecutor(max_workers=4) as pool:
                list(pool.map(lambda number: seen.append(number), range(num_tasks)))
            assert sorted(seen) == list(range(num_tasks))
        """,
        runnable=True,
    ),
    Case(
        name="two loops that cancel out have the same length at any load",
        before="""
        def test_all_leases_are_returned(pool):
            leases = 0
            for _ in range(50):
                pool.lease()
                leases += 1
            for _ in range(50):
                pool.give_back()
                leases -= 1
            assert leases == 0
        """,
        after="""
        def test_all_leases_are_returned(pool, chaos_config):
            leases = 0
            for _ in range(chaos_config.scaled(50, floor=25)):
                pool.lease()
                leases += 1
            for _ in range(chaos_config.scaled(50, floor=25)):
                pool.give_back()
                leases -= 1
            assert leases == 0
        """,
    ),
    Case(
        name="nose's assertions are assertions",
        before="""
        from asserting import eq_


        def test_every_job_is_done(pool):
            done = []
            for i in range(40):
                done.append(pool.run(f"job-{i}"))
            eq_(len(done), 40)
        """,
        after="""
        from asserting import eq_


        def test_every_job_is_done(pool, chaos_config):
            done = []
            iterations = chaos_config.scaled(40, floor=20)
            for i in range(iterations):
                done.append(pool.run(f"job-{i}"))
            eq_(len(done), iterations)
        """,
    ),
    Case(
        name="what is read back from a file that the trials write follows their number",
        before="""
        import json
        import threading


        def lines_of(path):
            if not path.exists():
                return []
            return [json.loads(line) for line in path.read_text().splitlines() if line]


        def test_no_line_is_torn(ledger, tmp_path):
            path = tmp_path / "ledger"
            threads = [threading.Thread(target=ledger.add, args=(path,)) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(lines_of(path)) == 20
        """,
        after="""
        import json
        import threading


        def lines_of(path):
            if not path.exists():
                return []
            return [json.loads(line) for line in path.read_text().splitlines() if line]


        def test_no_line_is_torn(ledger, tmp_path, chaos_config):
            path = tmp_path / "ledger"
            num_tasks = chaos_config.scaled(20)
            threads = [threading.Thread(target=ledger.add, args=(path,)) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(lines_of(path)) == num_tasks
        """,
    ),
    Case(
        name="a counter out of sight that comes to the product of the nested counts",
        before="""
        import threading


        def test_every_beat_is_counted(watchdog):
            def work():
                for _ in range(100):
                    watchdog.beat()

            threads = [threading.Thread(target=work) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert watchdog.stats.total == 1000
        """,
        after="""
        import threading


        def test_every_beat_is_counted(watchdog, chaos_config):
            def work():
                for _ in range(100):
                    watchdog.beat()

            num_tasks = chaos_config.scaled(10)
            threads = [threading.Thread(target=work) for _ in range(num_tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert watchdog.stats.total == 100 * num_tasks
        """,
    ),
    Case(
        name="the count once more in a throughput, a mean time or a rate that is printed",
        before="""
        import time


        def test_the_pump_is_fast(pump):
            start = time.perf_counter()
            for _ in range(500):
                pump.turn()
            elapsed = time.perf_counter() - start
            print(f"{500 / elapsed:.0f}/s, {elapsed * 1000 / 500:.2f} ms each")
            assert 500 / elapsed > 50, f"only {500 / elapsed:.1f} turns a second"
            assert elapsed / 500 < 0.02


        def test_most_turns_give_water(pump):
            wet = 0
            for _ in range(200):
                if pump.turn():
                    wet += 1
            print(f"{wet / 200:.1%} of them wet")
            assert wet / 200 >= 0.9, f"only {wet / 200:.1%}"
        """,
        after="""
        import time


        def test_the_pump_is_fast(pump, chaos_config):
            start = time.perf_counter()
            iterations = chaos_config.scaled(500)
            for _ in range(iterations):
                pump.turn()
            elapsed = time.perf_counter() - start
            print(f"{iterations / elapsed:.0f}/s, {elapsed * 1000 / iterations:.2f} ms each")
            assert iterations / elapsed > 50, f"only {iterations / elapsed:.1f} turns a second"
            assert elapsed / iterations < 0.02


        def test_most_turns_give_water(pump, chaos_config):
            wet = 0
            iterations = chaos_config.scaled(200, floor=100)
            for _ in range(iterations):
                if pump.turn():
                    wet += 1
            print(f"{wet / iterations:.1%} of them wet")
            min_rate = chaos_config.min_rate(0.9, of=200, trials=iterations)
            assert wet / iterations >= min_rate, f"only {wet / iterations:.1%}"
        """,
    ),
    Case(
        name="a thousand is a unit where a time is multiplied by it; a message holds nothing back",
        before="""
        import time


        def test_a_thousand_turns(pump):
            failures = []
            start = time.perf_counter()
            for _ in range(1000):
                try:
                    pump.turn()
                except OSError as error:
                    failures.append(error)
            milliseconds = (time.perf_counter() - start) * 1000
            assert not failures, f"first failures: {failures[:5]}"
            assert milliseconds < 500
        """,
        after="""
        import time


        def test_a_thousand_turns(pump, chaos_config):
            failures = []
            start = time.perf_counter()
            iterations = chaos_config.scaled(1000)
            for _ in range(iterations):
                try:
                    pump.turn()
                except OSError as error:
                    failures.append(error)
            milliseconds = (time.perf_counter() - start) * 1000
            assert not failures, f"first failures: {failures[:5]}"
            max_milliseconds = chaos_config.time_limit(500, of=1000, trials=iterations)
            assert milliseconds < max_milliseconds
        """,
    ),
)
