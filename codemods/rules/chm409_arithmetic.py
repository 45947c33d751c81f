"""The count is also a step, a divisor, an index or a budget.

## What it does

Refuses a count that the test computes with: `count // 10`, `range(0, 100, 10)`, the 18th of 20
sorted times, a bound that is put together from fixed numbers.

## Why it matters

Such numbers fit one another: a batch size divides the total, a place lies within the list. What
fits at 100 need not fit at 130.

## What to do

Write the arithmetic in terms of one name, or judge something simpler: all of it, or none.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a count that is divided by the size of a batch",
        before="""
        def test_batches(sink):
            num_rows = 200
            for row in range(num_rows):
                sink.write(f"row {row}")
            assert sink.batches == num_rows // 50
        """,
        code="CHM409",
    ),
    Case(
        name="a fixed place in the sorted results",
        before="""
        import time


        def test_nearly_the_slowest(service):
            times = []
            for _ in range(20):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert sorted(times)[18] < 0.5
        """,
        code="CHM409",
    ),
    Case(
        name="a loop that goes over the count in fixed steps",
        before="""
        def test_pages(table):
            num_rows = 500
            for row in range(num_rows):
                table.insert(f"row {row}")
            for offset in range(0, num_rows, 50):
                assert table.page(offset).complete
        """,
        code="CHM409",
    ),
    Case(
        name="the middle of the sorted results is found from their own length",
        before="""
        def test_all_are_kept(service):
            times = []
            for _ in range(20):
                times.append(service.call())
            assert len(times) == 20
            assert sorted(times)[len(times) // 2] > 0
        """,
        after="""
        def test_all_are_kept(service, chaos_config):
            times = []
            iterations = chaos_config.scaled(20, floor=10)
            for _ in range(iterations):
                times.append(service.call())
            assert len(times) == iterations
            assert sorted(times)[len(times) // 2] > 0
        """,
    ),
    Case(
        name="as many canned answers as there are calls",
        before="""
        from unittest.mock import Mock


        def test_most_sends_work():
            send = Mock(side_effect=[True] * 50)
            worked = 0
            for _ in range(50):
                if send():
                    worked += 1
            assert worked >= 45
        """,
        code="CHM409",
    ),
    Case(
        name="a list with a place for each trial grows with them",
        before="""
        def test_most_commands_work(client):
            commands = ["get"] * 50
            worked = 0
            for command in commands:
                if client.call(command):
                    worked += 1
            assert worked >= 45
        """,
        after="""
        def test_most_commands_work(client, chaos_config):
            iterations = chaos_config.scaled(50, floor=26)
            commands = ["get"] * iterations
            worked = 0
            for command in commands:
                if client.call(command):
                    worked += 1
            min_worked = chaos_config.min_count(45, of=50, trials=iterations)
            assert worked >= min_worked
        """,
    ),
    Case(
        name="a call that is told how many there are",
        before="""
        def double(number):
            return 2 * number


        def test_every_chunk_comes_back(pool):
            doubled = pool.map(double, (number for number in range(20)), iterable_len=20)
            assert len(doubled) == 20
        """,
        code="CHM409",
    ),
    Case(
        name="a time in milliseconds for one of a hundred trials",
        before="""
        import time


        def test_unpacking_is_fast(packet):
            start = time.time()
            for _ in range(100):
                packet.unpack()
            milliseconds_each = (time.time() - start) * 10
            assert milliseconds_each < 10
        """,
        code="CHM409",
    ),
    Case(
        name="one number for the threads and for what each of them does",
        before="""
        import threading

        ROUNDS = 40


        def test_nobody_gets_stuck(queue):
            def work():
                for number in range(ROUNDS):
                    queue.put(f"job {number}")

            threads = [threading.Thread(target=work) for _ in range(ROUNDS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """,
        code="CHM409",
    ),
    Case(
        name="a loop that runs as often as two counts of it together",
        before="""
        def test_everybody_is_served(pool, shop):
            customers = 12
            orders = 20
            served = []
            futures = [pool.submit(shop.serve) for _ in range(customers * orders)]
            for future in futures:
                served.append(future.result())
            assert len(served) > 0
        """,
        code="CHM409",
    ),
    Case(
        name="the room that so many take is no room for more",
        before="""
        import struct


        def test_the_ring_doubles(ring, check_size):
            for _ in range(1000):
                ring.put(object())
            check_size(ring, 64 + struct.calcsize(1024 * "P"))
        """,
        code="CHM409",
    ),
    Case(
        name="a number in a short list is a size as well",
        before="""
        def test_cells(grid):
            cells = [grid.measure(i % 4) for i in range(40)]
            assert len(cells) == 40
            grid.show(cells, shape=[40])
        """,
        code="CHM409",
    ),
    Case(
        name="a time divided by what may be the count or a unit, or by the product of a nest",
        before="""
        import time


        def test_a_thousand_is_a_unit_as_well(pump):
            start = time.perf_counter()
            for _ in range(1000):
                pump.turn()
            milliseconds = (time.perf_counter() - start) * 1000
            assert milliseconds / 1000 < 20


        def test_turns_of_all_pumps(pump):
            start = time.perf_counter()
            for _ in range(50):
                for _ in range(20):
                    pump.turn()
            elapsed = time.perf_counter() - start
            assert 1000 / elapsed > 50
        """,
        code="CHM409",
        groups=2,
    ),
    Case(
        name="a bound that is only known when the test runs, in plain style",
        before="""
        import random


        def test_fewer_packets_are_lost_than_probes_answer(probe):
            lost = 0
            answers = [probe() for _ in range(2)]
            for _ in range(30):
                if random.random() < 0.001:
                    lost += 1
            answered = len(answers)
            assert lost < answered
        """,
        code="CHM409",
        options=Options(style="plain"),
    ),
)
