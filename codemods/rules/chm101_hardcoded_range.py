"""The literal bound of a loop that is load.

## What it does

Finds `range(100)` and its like where every pass of the loop attempts something, and makes the
number a count that follows the load multiplier. What the test asserts about that count moves in
the same step. Where an assertion needs the count, it gets a name; elsewhere it stays in place.

## Why it matters

A hundred attempts are what one author's machine could bear. A big machine could find rarer
failures in the same time; a small one times out, and its red builds say nothing about the code.

## When it refuses

Loops that leave early, that hand state from pass to pass, or that index fixed data are refused,
and so is a loop whose assertions cannot be followed (the CHM4 rules say why). Loops that are not
load are left alone without a word: retries and polls, loops that only build data, everything
within another loop that scales, counts of one or two, and other counts below ten unless the test
samples with them.

## How to suppress it

End the line with `# chaos: keep` and a reason, or put CHM101 into `ignore`.
"""

from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="where one of two equal counts has no room on its line, both get the name",
        before="""
        from statistics import mean


        def test_it_recovers(service):
            first = []
            for _ in range(30):
                first.append(service.call())
            later = []
            for a_much_longer_name_than_needed in range(30):
                later.append(service.call())
            assert mean(later) < mean(first) * 2
        """,
        after="""
        from statistics import mean


        def test_it_recovers(service, chaos_config):
            first = []
            iterations = chaos_config.scaled(30)
            for _ in range(iterations):
                first.append(service.call())
            later = []
            for a_much_longer_name_than_needed in range(iterations):
                later.append(service.call())
            assert mean(later) < mean(first) * 2
        """,
        options=Options(line_length=60),
    ),
    Case(
        name="a loop of attempts runs as often as the machine can bear",
        before="""
        def test_every_page_answers(client):
            for page in range(100):
                client.get(f"/pages/{page}")
        """,
        after="""
        def test_every_page_answers(client, chaos_config):
            for page in range(chaos_config.scaled(100, floor=50)):
                client.get(f"/pages/{page}")
        """,
    ),
    Case(
        name="an assertion on the loop makes it a count with a name",
        before="""
        import random


        def test_most_writes_survive_a_lossy_link():
            random.seed(7)
            lost = 0
            for _ in range(40):
                try:
                    if random.random() < 0.05:
                        raise ConnectionError("link down")
                except ConnectionError:
                    lost += 1
            assert lost <= 8, f"too many writes lost: {lost}"
        """,
        after="""
        import random


        def test_most_writes_survive_a_lossy_link(chaos_config):
            random.seed(7)
            lost = 0
            iterations = chaos_config.scaled(40, floor=22)
            for _ in range(iterations):
                try:
                    if random.random() < 0.05:
                        raise ConnectionError("link down")
                except ConnectionError:
                    lost += 1
            max_lost = chaos_config.max_count(8, of=40, trials=iterations)
            assert lost <= max_lost, f"too many writes lost: {lost}"
        """,
        runnable=True,
    ),
    Case(
        name="a method reaches the configuration through self, on unittest's classes too",
        before="""
        import sqlite3
        import unittest


        class TestLedger(unittest.TestCase):
            def setUp(self):
                self.ledger = sqlite3.connect(":memory:")
                self.ledger.execute("create table transfer (number integer)")

            def test_every_transfer_is_booked(self):
                booked = []
                for number in range(60):  # one transfer a pass
                    self.ledger.execute("insert into transfer values (?)", (number,))
                    booked.append(number)
                self.assertEqual(60, len(booked))
        """,
        after="""
        import sqlite3
        import unittest


        class TestLedger(unittest.TestCase):
            def setUp(self):
                self.ledger = sqlite3.connect(":memory:")
                self.ledger.execute("create table transfer (number integer)")

            def test_every_transfer_is_booked(self):
                booked = []
                iterations = self.chaos_config.scaled(60, floor=30)
                for number in range(iterations):  # one transfer a pass
                    self.ledger.execute("insert into transfer values (?)", (number,))
                    booked.append(number)
                self.assertEqual(iterations, len(booked))
        """,
        runnable=True,
    ),
    Case(
        name="a range that starts at one goes on doing so",
        before="""
        def test_sequence_numbers_have_no_gap(broker):
            received = []
            for number in range(1, 51):
                received.append(broker.deliver(number))
            assert len(received) == 50
        """,
        after="""
        def test_sequence_numbers_have_no_gap(broker, chaos_config):
            received = []
            iterations = chaos_config.scaled(50, floor=25)
            for number in range(1, iterations + 1):
                received.append(broker.deliver(number))
            assert len(received) == iterations
        """,
    ),
    Case(
        name="expected values that were built from the count follow it",
        before="""
        import queue


        def test_the_journal_keeps_the_order():
            pipe = queue.SimpleQueue()
            journal = []
            for i in range(200):
                pipe.put(f"entry-{i}")
                journal.append(pipe.get(timeout=5))
            assert journal == [f"entry-{i}" for i in range(200)]
        """,
        after="""
        import queue


        def test_the_journal_keeps_the_order(chaos_config):
            pipe = queue.SimpleQueue()
            journal = []
            iterations = chaos_config.scaled(200, floor=100)
            for i in range(iterations):
                pipe.put(f"entry-{i}")
                journal.append(pipe.get(timeout=5))
            assert journal == [f"entry-{i}" for i in range(iterations)]
        """,
        runnable=True,
    ),
    Case(
        name="an async test takes the fixture like any other",
        before="""
        async def test_the_service_recovers_from_dropped_calls(service, flaky):
            recovered = 0
            for attempt in range( 20 ):      # odd spacing stays
                try:
                    await service.call(attempt)
                    recovered += 1
                except ConnectionError:
                    pass
            assert recovered >= 16
        """,
        after="""
        async def test_the_service_recovers_from_dropped_calls(service, flaky, chaos_config):
            recovered = 0
            iterations = chaos_config.scaled(20, floor=10)
            for attempt in range( iterations ):      # odd spacing stays
                try:
                    await service.call(attempt)
                    recovered += 1
                except ConnectionError:
                    pass
            min_recovered = chaos_config.min_count(16, of=20, trials=iterations)
            assert recovered >= min_recovered
        """,
    ),
    Case(
        name="only the outermost loop of a nest scales",
        before="""
        def test_rounds_of_inserts(table):
            for round_number in range(50):
                for row in range(20):
                    table.insert(f"{round_number}:{row}")
        """,
        after="""
        def test_rounds_of_inserts(table, chaos_config):
            for round_number in range(chaos_config.scaled(50, floor=25)):
                for row in range(20):
                    table.insert(f"{round_number}:{row}")
        """,
    ),
    Case(
        name="a constant of the module stays, as the base of a count in the test",
        before="""
        PINGS = 100


        def test_the_peer_answers_every_ping(peer):
            answers = [peer.ping() for _ in range(PINGS)]
            assert len(answers) == PINGS
        """,
        after="""
        PINGS = 100


        def test_the_peer_answers_every_ping(peer, chaos_config):
            pings = chaos_config.scaled(PINGS, floor=50)
            answers = [peer.ping() for _ in range(pings)]
            assert len(answers) == pings
        """,
    ),
    Case(
        name="a retry loop stays: it leaves on the first success",
        before="""
        def test_connects_in_the_end(client):
            for attempt in range(50):
                if client.connect():
                    break
            assert client.connected
        """,
    ),
    Case(
        name="a small count without failures is a scenario, and stays",
        before="""
        def test_three_restarts(server):
            for _ in range(3):
                server.restart()
            assert server.healthy()
        """,
    ),
    Case(
        name="a loop that only builds data is no load",
        before="""
        def test_a_large_document_is_stored(store):
            rows = []
            for i in range(1000):
                rows.append({"id": i})
            store.save(rows)
        """,
    ),
    Case(
        name="a count that is adaptive already is left as it is",
        before="""
        def test_every_page_answers(client, chaos_config):
            for page in range(chaos_config.scaled(100, floor=50)):
                client.get(f"/pages/{page}")
        """,
    ),
    Case(
        name="a while loop that counts up is a loop like any other",
        before="""
        def test_most_pings_return(peer):
            sent = 0
            returned = 0
            while sent < 50:
                if peer.ping():
                    returned += 1
                sent += 1
            assert returned >= 45
        """,
        after="""
        def test_most_pings_return(peer, chaos_config):
            sent = 0
            returned = 0
            iterations = chaos_config.scaled(50, floor=26)
            while sent < iterations:
                if peer.ping():
                    returned += 1
                sent += 1
            min_returned = chaos_config.min_count(45, of=50, trials=iterations)
            assert returned >= min_returned
        """,
    ),
    Case(
        name="the length of a text is no load, however it is drawn",
        before="""
        import random
        import string


        def test_long_names_are_accepted(store):
            name = "".join(random.choice(string.ascii_letters) for _ in range(64))
            for _ in range(2):
                store.put(name, b"")
            assert store.get(name) == b""
        """,
    ),
    Case(
        name="an index that seeds each trial goes through chosen cases",
        before="""
        import random


        def test_every_shuffle_is_a_permutation(shuffle):
            for seed in range(60):
                deck = shuffle(random.Random(seed))
                assert sorted(deck) == list(range(52))
        """,
    ),
    Case(
        name="a comment that says what limit the number reaches is believed",
        before="""
        def test_the_oldest_entry_goes(cache):
            for i in range(120):  # more than max_entries, which is 100
                cache.put(f"key-{i}", i)
            assert "key-0" not in cache
        """,
    ),
    Case(
        name="data that is drawn and handed over whole is a payload",
        before="""
        import random


        def test_a_batch_is_stored(store):
            batch = [random.random() for _ in range(80)]
            store.save_all(batch)
            assert store.last_batch is not None
        """,
    ),
    Case(
        name="a loop that only waits lets others go on",
        before="""
        import asyncio


        async def test_the_worker_gets_its_turn(worker):
            worker.start()
            for _ in range(50):
                await asyncio.sleep(0)
            assert worker.done
        """,
    ),
    Case(
        name="a helper that asks until something is there polls",
        before="""
        import time


        def until_ready(service):
            for _ in range(50):
                if service.ready():
                    return True
                time.sleep(0.1)
            return False


        def test_the_service_comes_up(service):
            assert until_ready(service)
        """,
    ),
    Case(
        name="what each round wraps once more is a depth",
        before="""
        from nesting import Box, unwrap


        def test_deep_boxes_are_unwrapped():
            box = Box(None)
            for _ in range(500):
                box = Box(box)
            assert unwrap(box) is None
        """,
    ),
    Case(
        name="a grid of chosen values is checked cell by cell",
        before="""
        from pricing import price, slow_price


        def test_price_agrees_on_a_small_grid():
            for units in range(1, 16):
                for rebate in range(2, 16):
                    exact, rest = price(units, rebate)
                    assert (exact, rest) == slow_price(units, rebate)
        """,
    ),
    Case(
        name="a loop that only draws data for other code is no load",
        before="""
        import random


        class Trend:
            def __init__(self, prices):
                self.prices = prices
                self.name = "unknown"


        def prices(count):
            random.seed(4)
            price, drawn = 100.0, []
            for _ in range(count):
                price += random.gauss(0, 1)
                drawn.append({"open": price, "close": price + 1})
            return drawn


        def test_a_trend_has_a_name():
            assert Trend(prices(200)).name == "unknown"
        """,
    ),
    Case(
        name="one more than a round number passes a limit",
        before="""
        def test_old_entries_go(log):
            for number in range(1001):
                log.write(f"entry {number}")
        """,
    ),
    Case(
        name="counters in a list, one of which each pass adds to",
        before="""
        def test_the_better_arm_is_preferred(bandit):
            pulls = [0, 0]
            for _ in range(60):
                arm = bandit.choose()
                pulls[arm] += 1
            assert pulls[0] > pulls[1]
        """,
        after="""
        def test_the_better_arm_is_preferred(bandit, chaos_config):
            pulls = [0, 0]
            for _ in range(chaos_config.scaled(60)):
                arm = bandit.choose()
                pulls[arm] += 1
            assert pulls[0] > pulls[1]
        """,
    ),
    Case(
        name="boxes that are put into one another are a depth",
        before="""
        def test_too_deep_a_box_is_refused(opener):
            outer = {}
            inner = outer
            for _ in range(70):
                box = {}
                inner["box"] = box
                inner = box
            assert opener.open(outer) == "too deep"
        """,
    ),
    Case(
        name="what a registered handler collects may be anything",
        before="""
        def test_some_signals_arrive(bus):
            seen = []

            @bus.on("signal")
            def handler(signal):
                seen.append(signal)

            for number in range(60):
                bus.send("signal", f"number {number}")
            assert len(seen) > 0
        """,
        after="""
        def test_some_signals_arrive(bus, chaos_config):
            seen = []

            @bus.on("signal")
            def handler(signal):
                seen.append(signal)

            for number in range(chaos_config.scaled(60)):
                bus.send("signal", f"number {number}")
            assert len(seen) > 0
        """,
    ),
    Case(
        name="the number may stand before the list that it repeats",
        before="""
        def test_every_client_connects(client):
            for each in 60 * [client]:
                each.connect()
        """,
        after="""
        def test_every_client_connects(client, chaos_config):
            for each in chaos_config.scaled(60, floor=30) * [client]:
                each.connect()
        """,
    ),
    Case(
        name="an if that fails the test needs as many as the author's",
        before="""
        from collections import Counter


        def looks_even(values):
            histogram = Counter(int(value) for value in values)
            expected = len(values) / len(histogram)
            odd = [n for n in histogram.values() if abs(n - expected) > expected * 0.2]
            if odd:
                raise AssertionError(f"not even: {odd}")


        def test_delays_are_spread_evenly(backoff):
            delays = [backoff.delay() for _ in range(10_000)]
            looks_even(delays)
        """,
        after="""
        from collections import Counter


        def looks_even(values):
            histogram = Counter(int(value) for value in values)
            expected = len(values) / len(histogram)
            odd = [n for n in histogram.values() if abs(n - expected) > expected * 0.2]
            if odd:
                raise AssertionError(f"not even: {odd}")


        def test_delays_are_spread_evenly(backoff, chaos_config):
            delays = [backoff.delay() for _ in range(chaos_config.scaled(10_000))]
            looks_even(delays)
        """,
    ),
    Case(
        name="a parameter called like a builtin hides it in its own function only",
        before="""
        def rounded(value, int=int):
            return int(value)


        def test_every_call_answers(client):
            for number in range(60):
                assert client.get(f"/{number}").ok
        """,
        after="""
        def rounded(value, int=int):
            return int(value)


        def test_every_call_answers(client, chaos_config):
            for number in range(max(60, int(60 * chaos_config.load_multiplier))):
                assert client.get(f"/{number}").ok
        """,
        options=Options(style="plain"),
    ),
    Case(
        name="an index that is a size, a setting or a progression makes its loop a sweep",
        before="""
        import random
        import sys


        def test_queues_of_every_size(make_queue):
            for size in range(60):
                queue = make_queue()
                for number in range(size):
                    queue.put(number)
                assert queue.drain() == size


        def test_payloads_of_every_size(wire):
            for size in range(50):
                assert wire.echo(b"x" * size) is not None


        def test_every_interval(race):
            for step in range(1, 100):
                sys.setswitchinterval(step * 0.0002)
                race.run()
                assert race.winner is not None


        def test_longer_and_longer_numbers(parse):
            digits = 7
            for _ in range(1000):
                assert parse(str(digits + random.randrange(3)))
                digits *= 10
        """,
    ),
    Case(
        name="many short pauses that last whole seconds together do not become fewer",
        before="""
        import time


        def test_no_tick_is_lost(clock):
            for _ in range(2500):
                clock.read()
                time.sleep(0.0004)
        """,
        after="""
        import time


        def test_no_tick_is_lost(clock, chaos_config):
            for _ in range(chaos_config.scaled(2500)):
                clock.read()
                time.sleep(0.0004)
        """,
    ),
    Case(
        name="an index that is written out as part of a number is data, in a name it is none",
        before="""
        def test_every_coefficient(parse):
            for coefficient in range(1000):
                assert parse("%s%dE%d" % ("-", coefficient, 3)) is not None
        """,
    ),
    Case(
        name="what is cut inside of a trial is of that trial",
        before="""
        def test_every_batch_is_short(batches):
            whole = 0
            for _ in range(60):
                batch = batches.next() if batches.ready() else []
                if batches.takes(batch[:10]):
                    whole += 1
            assert whole >= 40
        """,
        after="""
        def test_every_batch_is_short(batches, chaos_config):
            whole = 0
            iterations = chaos_config.scaled(60, floor=30)
            for _ in range(iterations):
                batch = batches.next() if batches.ready() else []
                if batches.takes(batch[:10]):
                    whole += 1
            min_whole = chaos_config.min_count(40, of=60, trials=iterations)
            assert whole >= min_whole
        """,
    ),
    Case(
        name="rounds that go on from a text that grows, or that nest, make a size or a depth",
        before="""
        def test_room_is_made_ahead(buffer_of):
            text = buffer_of()
            for _ in range(120):
                text += b"x"
                assert text.room() > len(text)


        def test_excessive_nesting(stack_of):
            with stack_of() as stack:
                for _ in range(5000):
                    stack.push(int)
        """,
    ),
    Case(
        name="what is only printed is no text that the rounds go on from",
        before="""
        def test_few_requests_fail(db):
            failures, dots = 0, ""
            for _ in range(100):
                dots += "."
                print(dots)
                try:
                    db.request("/")
                except OSError:
                    failures += 1
            assert failures <= 10
        """,
        after="""
        def test_few_requests_fail(db, chaos_config):
            failures, dots = 0, ""
            iterations = chaos_config.scaled(100, floor=51)
            for _ in range(iterations):
                dots += "."
                print(dots)
                try:
                    db.request("/")
                except OSError:
                    failures += 1
            max_failures = chaos_config.max_count(10, of=100, trials=iterations)
            assert failures <= max_failures
        """,
    ),
    Case(
        name="in plain style a bound is told by a name for another name as well",
        before="""
        def test_few_requests_fail(db):
            failures = 0
            limit = 2 * 5
            allowed = limit
            for _ in range(100):
                try:
                    db.request("/")
                except OSError:
                    failures += 1
            assert failures <= allowed
        """,
        after="""
        def test_few_requests_fail(db, chaos_config):
            failures = 0
            limit = 2 * 5
            allowed = limit
            iterations = max(100, int(100 * chaos_config.load_multiplier))
            for _ in range(iterations):
                try:
                    db.request("/")
                except OSError:
                    failures += 1
            max_failures = -(-10 * iterations // 100)
            assert failures <= max_failures
        """,
        options=Options(style="plain"),
    ),
)
