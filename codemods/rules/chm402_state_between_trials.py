"""A trial depends on the one before it.

## What it does

Refuses a loop in which one pass leaves something behind that a later one reads: a flag that is
set once, a list that is judged while it grows, a phase that the passes go through.

## Why it matters

Such passes are the steps of one scenario. With four times as many the scenario is another one,
and the events in it are no sample from which a rate could be told.

## What to do

Give each trial a state of its own, or leave the scenario at the length that it was written for.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a flag that a failure sets for all later passes",
        before="""
        def test_refusals_after_the_first_failure(service):
            tripped = False
            refused = 0
            for _ in range(30):
                if tripped:
                    refused += 1
                elif not service.call():
                    tripped = True
            assert refused >= 20
        """,
        code="CHM402",
    ),
    Case(
        name="a list that is judged while it grows",
        before="""
        def test_the_window_fills_up(service):
            window = []
            throttled = 0
            for _ in range(40):
                service.call()
                if len(window) > 10:
                    throttled += 1
                window.append(1)
            assert throttled <= 29
        """,
        code="CHM402",
    ),
    Case(
        name="a streak counts from failure to failure",
        before="""
        def test_no_long_streak_of_failures(api):
            streak = 0
            worst = 0
            for _ in range(50):
                if api.call():
                    streak = 0
                else:
                    streak += 1
                    worst = max(worst, streak)
            assert worst < 5
        """,
        code="CHM402",
    ),
    Case(
        name="what a pass binds and reads for itself is no state",
        before="""
        def test_most_calls_succeed(api):
            succeeded = 0
            for _ in range(30):
                failed = False
                try:
                    api.call()
                except OSError:
                    failed = True
                if not failed:
                    succeeded += 1
            assert succeeded >= 25
        """,
        after="""
        def test_most_calls_succeed(api, chaos_config):
            succeeded = 0
            iterations = chaos_config.scaled(30, floor=16)
            for _ in range(iterations):
                failed = False
                try:
                    api.call()
                except OSError:
                    failed = True
                if not failed:
                    succeeded += 1
            min_succeeded = chaos_config.min_count(25, of=30, trials=iterations)
            assert succeeded >= min_succeeded
        """,
    ),
    Case(
        name="what is acquired and given back within a pass is no state",
        before="""
        def test_connections_are_returned(pool):
            errors = 0
            for _ in range(60):
                connection = pool.acquire()
                try:
                    if not connection.ping():
                        errors += 1
                finally:
                    pool.release(connection)
            assert errors <= 6
        """,
        after="""
        def test_connections_are_returned(pool, chaos_config):
            errors = 0
            iterations = chaos_config.scaled(60, floor=30)
            for _ in range(iterations):
                connection = pool.acquire()
                try:
                    if not connection.ping():
                        errors += 1
                finally:
                    pool.release(connection)
            max_errors = chaos_config.max_count(6, of=60, trials=iterations)
            assert errors <= max_errors
        """,
    ),
    Case(
        name="the most that were active at once depends on all of them",
        before="""
        import threading


        def test_requests_overlap(service):
            active = 0
            peak = 0
            lock = threading.Lock()

            def worker():
                nonlocal active, peak
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
            assert peak >= 10
        """,
        code="CHM402",
    ),
    Case(
        name="a trial that works on what the one before it gave is a step of one trace",
        before="""
        from machine import start, step


        def test_long_traces_stay_valid():
            state = start()
            for i in range(500):
                state = step(state, i % 3)
                assert state.valid
        """,
        code="CHM402",
    ),
)
