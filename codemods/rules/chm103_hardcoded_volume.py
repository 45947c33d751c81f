"""The literal number of operations, requests or messages, in a name or an argument.

## What it does

Finds a count that is written down once and used by name (`num_requests = 100`), or handed to a
helper of the suite that loops over it, and makes it follow the load multiplier there. Every use
of the name follows by itself; assertions with the same number typed again move in the same step.

## Why it matters

The name tells what the number is, and yet it was picked on one machine. One place decides for
the loops, the totals and the rates of the whole test: it has to be the place that adapts.

## When it refuses

A count that is also a divisor, a step or a budget (CHM409), that comes from another file
(CHM410), or that a helper judges by a number of its own. Names never decide: `max_retries`,
`batch_size` and `pool_size` stay because of where they flow.

## How to suppress it

End the line with `# chaos: keep` and a reason, or put CHM103 into `ignore`. `never-load` in the
configuration lists names that are no load anywhere.
"""

from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="the workload of a benchmark stays: its results are compared over time",
        before="""
        def test_dispatch(benchmark, queue):
            def dispatch():
                for number in range(1000):
                    queue.put(number)

            benchmark(dispatch)
        """,
    ),
    Case(
        name="a named count scales where it is named, and its uses follow",
        before="""
        def test_all_messages_arrive(queue):
            num_messages = 100
            for i in range(num_messages):
                queue.publish(i)
            received = []
            for _ in range(num_messages):
                received.append(queue.get())
            assert len(received) == num_messages
        """,
        after="""
        def test_all_messages_arrive(queue, chaos_config):
            num_messages = chaos_config.scaled(100, floor=50)
            for i in range(num_messages):
                queue.publish(i)
            received = []
            for _ in range(num_messages):
                received.append(queue.get())
            assert len(received) == num_messages
        """,
    ),
    Case(
        name="the number typed again in the assertion takes the name",
        before="""
        def test_all_jobs_are_done(runner):
            total_jobs = 80
            done = 0
            for job in range(total_jobs):
                if runner.perform(job):
                    done += 1
            assert done == 80, "some of the 80 jobs were lost"
        """,
        after="""
        def test_all_jobs_are_done(runner, chaos_config):
            total_jobs = chaos_config.scaled(80, floor=40)
            done = 0
            for job in range(total_jobs):
                if runner.perform(job):
                    done += 1
            assert done == total_jobs, f"some of the {total_jobs} jobs were lost"
        """,
    ),
    Case(
        name="a helper that takes the count gets the scaled one at the call",
        before="""
        def send_burst(client, count):
            answers = []
            for i in range(count):
                answers.append(client.send(i))
            return answers


        def test_a_burst_is_answered(client):
            answers = send_burst(client, count=150)
            assert len(answers) == 150
        """,
        after="""
        def send_burst(client, count):
            answers = []
            for i in range(count):
                answers.append(client.send(i))
            return answers


        def test_a_burst_is_answered(client, chaos_config):
            iterations = chaos_config.scaled(150, floor=75)
            answers = send_burst(client, count=iterations)
            assert len(answers) == iterations
        """,
    ),
    Case(
        name="a recorder of the suite is read to see what it counts",
        before="""
        import random
        import time


        class Metrics:
            def __init__(self):
                self.calls = 0
                self.errors = 0

            def record_call(self, ok):
                self.calls += 1
                if not ok:
                    self.errors += 1

            def error_rate(self):
                return self.errors / self.calls


        def test_error_rate_under_chaos():
            random.seed(3)
            metrics = Metrics()
            num_calls = 100
            for _ in range(num_calls):
                time.sleep(0)
                metrics.record_call(random.random() > 0.05)
            assert metrics.error_rate() < 0.2
        """,
        after="""
        import random
        import time


        class Metrics:
            def __init__(self):
                self.calls = 0
                self.errors = 0

            def record_call(self, ok):
                self.calls += 1
                if not ok:
                    self.errors += 1

            def error_rate(self):
                return self.errors / self.calls


        def test_error_rate_under_chaos(chaos_config):
            random.seed(3)
            metrics = Metrics()
            num_calls = chaos_config.scaled(100, floor=51)
            for _ in range(num_calls):
                time.sleep(0)
                metrics.record_call(random.random() > 0.05)
            max_rate = chaos_config.max_rate(0.2, of=100, trials=num_calls, strict=True)
            assert metrics.error_rate() < max_rate
        """,
        runnable=True,
    ),
    Case(
        name="a count with an annotation keeps it",
        before="""
        def test_bulk_import(importer):
            records: int = 500  # a typical night
            for number in range(records):
                importer.add(f"record {number}")
            importer.flush()
        """,
        after="""
        def test_bulk_import(importer, chaos_config):
            records: int = chaos_config.scaled(500)  # a typical night
            for number in range(records):
                importer.add(f"record {number}")
            importer.flush()
        """,
    ),
    Case(
        name="an attribute of the class is the base of a count in the test",
        before="""
        class TestCacheStampede:
            REQUESTS = 64

            def test_every_request_is_served(self, cache):
                served = []
                for number in range(self.REQUESTS):
                    served.append(cache.get(f"page-{number}"))
                assert len(served) == self.REQUESTS
        """,
        after="""
        class TestCacheStampede:
            REQUESTS = 64

            def test_every_request_is_served(self, cache):
                served = []
                requests = self.chaos_config.scaled(self.REQUESTS, floor=32)
                for number in range(requests):
                    served.append(cache.get(f"page-{number}"))
                assert len(served) == requests
        """,
    ),
    Case(
        name="the policy under test stays, whatever its name",
        before="""
        def test_the_breaker_opens(make_breaker):
            breaker = make_breaker(failure_threshold=20, max_retries=10)
            assert breaker.failure_threshold == 20
        """,
    ),
    Case(
        name="a size of data is no load",
        before="""
        def test_a_large_body_is_taken(client):
            payload_size = 4096
            body = "".join("x" for _ in range(payload_size))
            assert client.post("/upload", body).status == 200
        """,
    ),
    Case(
        name="a name that the configuration calls no load stays",
        before="""
        def test_replay(store):
            num_events = 200
            for i in range(num_events):
                store.replay(i)
        """,
        options=Options(never_load=frozenset({"num_events"})),
    ),
    Case(
        name="a count that is also a divisor is refused",
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
        name="a message that shows a constant shows what it is scaled to",
        before="""
        MESSAGES = 60


        def test_every_message_is_acknowledged(broker):
            acknowledged = 0
            for i in range(MESSAGES):
                if broker.send(f"m{i}"):
                    acknowledged += 1
            assert acknowledged == MESSAGES, f"{acknowledged} of {MESSAGES} acknowledged"
        """,
        after="""
        MESSAGES = 60


        def test_every_message_is_acknowledged(broker, chaos_config):
            acknowledged = 0
            messages = chaos_config.scaled(MESSAGES, floor=30)
            for i in range(messages):
                if broker.send(f"m{i}"):
                    acknowledged += 1
            assert acknowledged == messages, f"{acknowledged} of {messages} acknowledged"
        """,
    ),
    Case(
        name="a warm-up is there for what is measured after it",
        before="""
        from statistics import mean


        def test_calls_are_fast(timed):
            warmup_calls = 20
            for _ in range(warmup_calls):
                timed()
            calls = 50
            times = [timed() for _ in range(calls)]
            assert mean(times) < 0.5
        """,
        after="""
        from statistics import mean


        def test_calls_are_fast(timed, chaos_config):
            warmup_calls = 20
            for _ in range(warmup_calls):
                timed()
            calls = chaos_config.scaled(50)
            times = [timed() for _ in range(calls)]
            assert mean(times) < 0.5
        """,
    ),
)
