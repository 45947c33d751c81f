"""The loop indexes fixed data, or compares its index with a literal.

## What it does

Refuses a loop whose index means something: it picks from data of a fixed length, or decides by a
number what a pass does, `if i < 5`, `if i == 7`. A few early passes of many that do nothing but be
counted are no obstacle where exactly their number is expected, and that of all the others.

## Why it matters

A longer loop runs past the data; a shorter one never reaches the pass that the test is about.
And if five of the passes are special, their share of all is another at every load.

## What to do

Decide by the phase (`i % 10 == 0`) or relative to the count (`i < count // 2`): both fit any
number of passes. Iterate over the data itself.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="the first passes are special by a number",
        before="""
        def test_recovers_after_a_bad_start(service):
            failed = 0
            for i in range(50):
                if i < 5:
                    failed += 1
                else:
                    service.call()
            assert failed <= 5
        """,
        code="CHM411",
    ),
    Case(
        name="a pass that does more than be counted is a step of a scenario",
        before="""
        def test_survives_a_crash(cluster):
            crashes = 0
            answered = 0
            for i in range(20):
                if i == 3:
                    cluster.crash()
                    crashes += 1
                else:
                    cluster.call()
                    answered += 1
            assert crashes == 1
            assert answered == 19
        """,
        code="CHM411",
    ),
    Case(
        name="half of the passes by a number are a phase",
        before="""
        def test_the_second_half_succeeds(service):
            refused = 0
            served = 0
            for i in range(10):
                try:
                    if i < 5:
                        raise ConnectionRefusedError
                    service.call()
                    served += 1
                except ConnectionRefusedError:
                    refused += 1
            assert refused == 5
            assert served == 5
        """,
        code="CHM411",
    ),
    Case(
        name="early passes that a later one looks back at",
        before="""
        def test_reconnects_after_three_failures(client):
            failures = 0
            reconnected = 0
            for i in range(30):
                if i < 3:
                    failures += 1
                elif failures >= 3:
                    client.reconnect()
                    reconnected += 1
            assert failures == 3
            assert reconnected == 27
        """,
        code="CHM411",
    ),
    Case(
        name="early passes that are only counted are as many in any loop",
        before="""
        def test_cold_calls_are_counted(service):
            cold = 0
            for i in range(50):
                if i < 5:
                    cold += 1
                service.call()
            assert cold == 5
        """,
        after="""
        def test_cold_calls_are_counted(service, chaos_config):
            cold = 0
            for i in range(chaos_config.scaled(50, floor=25)):
                if i < 5:
                    cold += 1
                service.call()
            assert cold == 5
        """,
    ),
    Case(
        name="an index into fixed data",
        before="""
        PAYLOADS = [*"abcdefghijklmnopqrstuvwx"]


        def test_payloads(service):
            replies = []
            for i in range(24):
                replies.append(service.send(PAYLOADS[i]))
            assert len(replies) == 24
        """,
        code="CHM411",
    ),
    Case(
        name="an index that is used for its phase fits any number of passes",
        before="""
        NODES = ["north", "south", "east"]


        def test_round_robin(service):
            replies = []
            for i in range(60):
                replies.append(service.send(NODES[i % len(NODES)]))
            assert len(replies) == 60
        """,
        after="""
        NODES = ["north", "south", "east"]


        def test_round_robin(service, chaos_config):
            replies = []
            iterations = chaos_config.scaled(60, floor=30)
            for i in range(iterations):
                replies.append(service.send(NODES[i % len(NODES)]))
            assert len(replies) == iterations
        """,
    ),
    Case(
        name="to iterate over the data itself has nothing to scale",
        before="""
        PAYLOADS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"]


        def test_payloads(service):
            replies = []
            for payload in PAYLOADS:
                replies.append(service.send(payload))
            assert len(replies) == 12
        """,
    ),
    Case(
        name="a wait that grows with the index",
        before="""
        import time


        def test_patient_clients(cluster):
            worked = 0
            for i in range(20):
                time.sleep(i * 0.01)
                if cluster.call():
                    worked += 1
            assert worked >= 15
        """,
        code="CHM411",
    ),
    Case(
        name="half of the passes, whatever their number",
        before="""
        def test_survives_the_loss_of_a_node(cluster):
            num_calls = 30
            worked = 0
            for i in range(num_calls):
                if i == num_calls // 2:
                    cluster.lose_a_node()
                if cluster.call():
                    worked += 1
            assert worked >= 25
        """,
        after="""
        def test_survives_the_loss_of_a_node(cluster, chaos_config):
            num_calls = chaos_config.scaled(30, floor=16)
            worked = 0
            for i in range(num_calls):
                if i == num_calls // 2:
                    cluster.lose_a_node()
                if cluster.call():
                    worked += 1
            min_worked = chaos_config.min_count(25, of=30, trials=num_calls)
            assert worked >= min_worked
        """,
    ),
    Case(
        name="a function mapped over two ranges ends with the shorter one",
        before="""
        def add(one, other):
            return one + other


        def test_sums_come_in_order(pool):
            sums = list(pool.imap(add, range(20), range(20, 40)))
            assert sums == list(range(20, 60, 2))
        """,
        code="CHM411",
    ),
    Case(
        name="places that half of the trials would not reach hold back their shrinking",
        before="""
        def test_slices_agree(ranking):
            ranking.begin()
            entries = []
            for number in range(100):
                entries.append(ranking.add(f"player {number}"))
            assert all(ranking[:stop] == entries[:stop] for stop in (-75, 0, 75))
        """,
        after="""
        def test_slices_agree(ranking, chaos_config):
            ranking.begin()
            entries = []
            for number in range(chaos_config.scaled(100)):
                entries.append(ranking.add(f"player {number}"))
            assert all(ranking[:stop] == entries[:stop] for stop in (-75, 0, 75))
        """,
    ),
    Case(
        name="a range that goes as far as the count, in steps",
        before="""
        def test_every_tenth_is_found(index, vector):
            vectors = [vector() for _ in range(100)]
            for number, each in enumerate(vectors):
                index.put(f"user {number}", each)
            found = 0
            for number in range(0, 100, 10):
                found += index.nearest(vectors[number]) == f"user {number}"
            assert found >= 9
        """,
        code="CHM411",
    ),
    Case(
        name="a function mapped over a range beside an iterable of some length",
        before="""
        def join(number, name):
            return f"{name} {number}"


        def test_names_are_numbered(pool, names):
            numbered = list(pool.map(join, range(30), names))
            assert len(numbered) == 30
        """,
        code="CHM411",
    ),
    Case(
        name="as many as a set-up has prepared are there to use all of it",
        before="""
        import threading
        import unittest


        class LockersTest(unittest.TestCase):
            def setUp(self):
                self.keys = [f"key {number}" for number in range(40)]

            def test_every_key_fits(self):
                stuck = []

                def unlock(number):
                    if self.keys[number] != f"key {number}":
                        stuck.append(number)

                threads = [threading.Thread(target=unlock, args=(i,)) for i in range(40)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                assert not stuck
        """,
        code="CHM411",
    ),
)
