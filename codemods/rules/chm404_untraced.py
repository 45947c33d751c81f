"""A bound or a value that cannot be followed.

## What it does

Refuses a count when something that depends on it cannot be read off the test: a value that went
through code out of sight, an object that all trials have worked on, a number of events that is
expected exactly, an assertion under a condition that more trials make likelier.

## Why it matters

All that depends on a count moves with it, or nothing does. A count that moved without such an
assertion would leave behind a test that fails, or one that no longer tests anything.

## What to do

Count in the test what the assertion is about, and judge the counter. The reason names the
assertion and its line.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="memory adds up over all trials, and its bound would stay",
        before="""
        import psutil


        def test_calls_leave_no_memory_behind(service):
            process = psutil.Process()
            before = process.memory_info().rss
            for _ in range(100):
                service.call()
            growth = process.memory_info().rss - before
            assert growth < 50 * 1024 * 1024
        """,
        code="CHM404",
    ),
    Case(
        name="an object that the trials have worked on is judged by a number",
        before="""
        def test_the_log_is_compacted(log):
            for i in range(100):
                log.append(f"entry {i}")
            assert log.segments() == 4
        """,
        code="CHM404",
    ),
    Case(
        name="the events of a trial that may be any number",
        before="""
        def test_few_retries(client):
            retries = 0
            for _ in range(60):
                while not client.send():
                    retries += 1
            assert retries <= 20
        """,
        code="CHM404",
    ),
    Case(
        name="an assertion under a condition that more trials make likelier",
        before="""
        def test_errors_are_reported(service):
            errors = []
            for _ in range(30):
                try:
                    service.call()
                except OSError as error:
                    errors.append(error)
            if len(errors) > 10:
                assert service.alarm
        """,
        code="CHM404",
    ),
    Case(
        name="a bound on what has nothing to do with the trials holds back only their shrinking",
        before="""
        def test_idle_cost(client, monitor):
            for i in range(100):
                client.get(f"/items/{i}")
            assert monitor.cpu_increase() < 20
        """,
        after="""
        def test_idle_cost(client, monitor, chaos_config):
            for i in range(chaos_config.scaled(100)):
                client.get(f"/items/{i}")
            assert monitor.cpu_increase() < 20
        """,
    ),
    Case(
        name="an invariant of the object holds at any load",
        before="""
        def test_nothing_stays_open(make_pool):
            pool = make_pool()
            for i in range(100):
                pool.use(f"job {i}")
            assert pool.open_connections == 0
        """,
        after="""
        def test_nothing_stays_open(make_pool, chaos_config):
            pool = make_pool()
            for i in range(chaos_config.scaled(100)):
                pool.use(f"job {i}")
            assert pool.open_connections == 0
        """,
    ),
    Case(
        name="what a decorator wraps may be measured, or run several times",
        before="""
        from measuring import counts_calls


        def test_loading_is_cheap(session):
            @counts_calls
            def load():
                for i in range(100):
                    session.load(i % 3)

            load()
        """,
        code="CHM404",
    ),
    Case(
        name="the time of one call on what the trials have filled may grow with them",
        before="""
        import time


        def test_broadcast_is_quick(hub):
            for i in range(100):
                hub.connect(f"client-{i}")
            start = time.monotonic()
            hub.broadcast("hello")
            elapsed = time.monotonic() - start
            assert elapsed < 0.5
        """,
        code="CHM404",
    ),
    Case(
        name="an assertion that stands before the trials does not judge them",
        before="""
        def test_the_pool_serves_everyone(pool):
            assert not pool.closed
            for _ in range(60):
                pool.run("select 1")
        """,
        after="""
        def test_the_pool_serves_everyone(pool, chaos_config):
            assert not pool.closed
            for _ in range(chaos_config.scaled(60, floor=30)):
                pool.run("select 1")
        """,
    ),
    Case(
        name="what three loops send, one of their total takes: out of sight, so all stay",
        before="""
        def test_every_message_arrives(first, second, third, consumer):
            for i in range(100):
                first.send(f"a{i}")
            for i in range(100):
                second.send(f"b{i}")
            for i in range(100):
                third.send(f"c{i}")
            for _ in range(300):
                consumer.receive()
        """,
        code="CHM404",
        groups=4,
    ),
    Case(
        name="the number of all trials inside of data that nothing leads to is no coincidence",
        before="""
        import threading


        def test_every_write_is_counted(usage, report):
            def write():
                for _ in range(10):
                    usage.note("acme")

            threads = [threading.Thread(target=write) for _ in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert report.rows() == [{"tenant": "acme", "notes": 120}]
        """,
        code="CHM404",
    ),
    Case(
        name="what one loop names by its index, an equal one that stays looks up",
        before="""
        def test_every_file_is_written(writer, folder):
            for i in range(20):
                try:
                    writer.write(folder / f"{i}.txt", "text")
                except OSError:
                    writer.retry()
            for n in range(20):
                assert (folder / f"{n}.txt").read_text() == "text"
        """,
        code="CHM404",
    ),
    Case(
        name="a mock in the place of what the code under test calls sees all trials",
        before="""
        from unittest.mock import patch

        from decoding import decode


        @patch("decoding.logger")
        def test_warnings_become_rarer(logger):
            for _ in range(100):
                decode(b"bad")
            assert logger.warning.call_count == 7
        """,
        code="CHM404",
    ),
    Case(
        name="trials of which nothing is asserted may be what a later assertion needs so many of",
        before="""
        from forecasting import Forecaster


        def test_enough_samples_make_a_forecast(folder, record):
            (folder / "shop.yaml").write_text("model: weekly")
            for _ in range(60):
                record("shop", 0.5, 0.9)
            assert Forecaster(folder).run() == "ready"
        """,
        code="CHM404",
    ),
    Case(
        name="nothing asserted after them, or of each of them, leaves trials free",
        before="""
        def test_every_message_is_taken(broker, watch):
            assert watch.state == "idle"
            for _ in range(60):
                broker.publish("tick")


        def test_every_message_gets_an_answer(broker, watch):
            for _ in range(60):
                assert broker.publish("tick").ok
            assert watch.state == "idle"
        """,
        after="""
        def test_every_message_is_taken(broker, watch, chaos_config):
            assert watch.state == "idle"
            for _ in range(chaos_config.scaled(60, floor=30)):
                broker.publish("tick")


        def test_every_message_gets_an_answer(broker, watch, chaos_config):
            for _ in range(chaos_config.scaled(60, floor=30)):
                assert broker.publish("tick").ok
            assert watch.state == "idle"
        """,
    ),
    Case(
        name="a time after the trials may be that of work on what they have left",
        before="""
        import time


        def test_a_full_catalogue_answers_fast(catalogue, stopwatch):
            for number in range(500):
                catalogue.store.add(name=f"item {number}")
            with stopwatch() as watch:
                first, total = catalogue.page(1)
            assert watch.elapsed_ms < 50


        def test_a_full_queue_empties_fast(start_worker, enqueue):
            for number in range(100):
                enqueue(f"job {number}")
            worker, total = start_worker(), 0
            start = time.perf_counter()
            while batch := worker.drain():
                total += batch
            elapsed = time.perf_counter() - start
            assert total == 100
            assert elapsed < 2
        """,
        code="CHM404",
        groups=2,
    ),
    Case(
        name="nested loops that come to as many, and would stay, may be there to be compared",
        before="""
        def test_folders_cost_little(disk, scan, write):
            for number in range(100):
                write(disk, f"flat/{number}")
            for folder in range(10):
                for number in range(10):
                    write(disk, f"deep/{folder}/{number}")
            assert scan("deep").cost < scan("flat").cost * 1.2
        """,
        code="CHM404",
    ),
    Case(
        name="how many keys differ falls behind their number where keys collide",
        before="""
        def test_hardly_any_keys_collide(new_key):
            keys = [new_key() for _ in range(10_000)]
            assert len(set(keys)) >= 9_990
        """,
        code="CHM404",
    ),
    Case(
        name="a pile gives back what was started in it",
        before="""
        import greenery


        def answer(number):
            return number


        def test_answers_come_in_order():
            pile = greenery.Pile(4)
            for number in range(10):
                pile.spawn(answer, number)
            answers = list(pile)
            assert answers == list(range(10))
        """,
        code="CHM404",
    ),
    Case(
        name="a list of as many as there are trials, and nobody sees what it comes from",
        before="""
        def test_every_start_opens_a_window(pool, screen, start):
            names = [f"agent {number}" for number in range(20)]
            started = list(pool.map(start, names))
            assert all(started)
            assert sorted(window.index for window in screen.windows()) == list(range(20))
        """,
        code="CHM404",
    ),
    Case(
        name="a list of parts that add up to the number of trials",
        before="""
        from unittest.mock import patch

        from market import Name, load


        def test_names_are_asked_for_in_batches():
            names = []
            for number in range(250):
                names.append(Name.parse(f"paper {number}"))
            with patch("market.ask") as ask:
                load(names)
            assert [len(call.args[0]) for call in ask.call_args_list] == [100, 100, 50]
        """,
        code="CHM404",
    ),
    Case(
        name="whether foreign code finds any may take so many",
        before="""
        def test_a_long_recipe_is_warned_of(recipe, checker):
            for _ in range(60):
                recipe.stir()
            report = checker.check(recipe)
            assert any(issue.rule == "too many steps" for issue in report.issues)
        """,
        code="CHM404",
    ),
    Case(
        name="a window of places that is as wide as there are trials",
        before="""
        def test_one_of_the_second_wave_wins(pool, ledger):
            futures = [pool.submit(ledger.write, number + 100) for number in range(10)]
            for future in futures:
                future.result()
            winner = int(open("ledger").read())
            assert 100 <= winner < 110
        """,
        code="CHM404",
    ),
    Case(
        name="a limit on the left of a time bounds it as well",
        before="""
        def test_a_full_catalogue_answers_fast(catalogue, stopwatch):
            for number in range(500):
                catalogue.store.add(name=f"item {number}")
            with stopwatch() as watch:
                first, total = catalogue.page(1)
            assert 50 > watch.elapsed_ms
        """,
        code="CHM404",
    ),
    Case(
        name="counts under keys that add up to the number of trials",
        before="""
        def test_answers_are_counted_by_status(pool, fetch, report):
            futures = [pool.submit(fetch, number) for number in range(50)]
            for future in futures:
                future.result()
            assert report.by_status() == {200: 40, 500: 10}
        """,
        code="CHM404",
    ),
    Case(
        name="a bound of which the message says for how many trials it holds",
        before="""
        def test_memory_stays_small(service, memory):
            before = memory.used()
            for number in range(1000):
                service.handle(f"request {number}")
            growth = memory.used() - before
            assert growth < 5.0, f"grew by {growth} MB in 1000 requests"
        """,
        code="CHM404",
    ),
    Case(
        name="a constant below the test that reads it",
        before="""
        def test_every_call_answers(client):
            for number in range(CALLS):
                assert client.get(f"/{number}").ok


        CALLS = 60
        """,
        code="CHM404",
    ),
    Case(
        name="a record that is expected holds the number of all trials, or twice that",
        before="""
        def test_nothing_is_cached(cached, Info):
            for _ in (0, 1):
                assert [cached(i % 10) for i in range(150)] == [i % 10 for i in range(150)]
            assert cached.info() == Info(hits=0, misses=300)
        """,
        code="CHM404",
    ),
    Case(
        name="a timeout beside a chunk size may be for a chunk or for all",
        before="""
        def test_each_chunk_has_time(pool, crunch):
            crunched = pool.map(crunch, range(20), chunksize=5, timeout=1.8)
            assert len(list(crunched)) == 20
        """,
        code="CHM404",
    ),
    Case(
        name="a stock that others take from must last",
        before="""
        def test_the_mixer_takes_what_it_needs(mixer, press):
            juices = [press.squeeze() for _ in range(60)]
            mixer.source = juices.pop
            mixer.mix("orange")
            mixer.mix("apple")
        """,
        code="CHM404",
    ),
    Case(
        name="what a helper counts before it fails may happen in every try",
        before="""
        def test_few_failures(link):
            failures = 0

            def send():
                nonlocal failures
                if not link.send():
                    failures += 1
                    raise ConnectionError

            done = 0
            for _ in range(100):
                for _ in range(3):
                    try:
                        send()
                        done += 1
                        break
                    except ConnectionError:
                        pass
            assert failures <= 60
        """,
        code="CHM404",
    ),
    Case(
        name="a budget that all trials share is no limit of each",
        before="""
        def test_messages_get_through(link):
            done = 0
            tries = 0
            for _ in range(50):
                sent = False
                while tries < 100 and not sent:
                    tries += 1
                    try:
                        link.send()
                        done += 1
                        sent = True
                    except ConnectionError:
                        pass
            assert done >= 45


        def test_until_the_budget_is_used(link):
            done = 0
            budget = 20
            for _ in range(50):
                while True:
                    try:
                        link.send()
                        done += 1
                        break
                    except ConnectionError:
                        budget -= 1
                        if budget == 0:
                            break
            assert done >= 45
        """,
        code="CHM404",
        groups=2,
    ),
)
