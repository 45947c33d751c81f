"""A bound that nothing can fail, and a test that judges a simulation of itself.

## What it does

Finds assertions that hold whatever happens: no fewer than zero errors, at most ten failures of ten
trials, a rate that is always the same. And tests that start threads or tasks, drop what came of
them, and judge what they draw from `random` instead. It is told alone and holds nothing back.

## Why it matters

They look like a threshold and test nothing. A bound that follows the trials would test nothing at
any load, and would hide it better.

## What to do

Find out what the author meant to bound, or remove the assertion.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the assertion is meant as it is.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="more failures are allowed than there are trials",
        before="""
        def test_failures_are_bounded(service):
            failures = 0
            for _ in range(20):
                if not service.call():
                    failures += 1
            assert failures <= 25
        """,
        code="CHM460",
    ),
    Case(
        name="a rate of what happens in every trial is always one",
        before="""
        def test_everything_is_attempted(service):
            attempted = 0
            for _ in range(60):
                service.call()
                attempted += 1
            assert attempted / 60 >= 0.9
        """,
        after="""
        def test_everything_is_attempted(service, chaos_config):
            attempted = 0
            iterations = chaos_config.scaled(60, floor=30)
            for _ in range(iterations):
                service.call()
                attempted += 1
            assert attempted / iterations >= 0.9
        """,
        code="CHM460",
    ),
    Case(
        name="no count is below zero, which holds nothing back",
        before="""
        def test_errors_are_counted(service):
            errors = 0
            for _ in range(100):
                try:
                    service.call()
                except OSError:
                    errors += 1
            assert errors >= 0
        """,
        after="""
        def test_errors_are_counted(service, chaos_config):
            errors = 0
            for _ in range(chaos_config.scaled(100, floor=50)):
                try:
                    service.call()
                except OSError:
                    errors += 1
            assert errors >= 0
        """,
        code="CHM460",
    ),
    Case(
        name="threads run and are forgotten, and what is judged is drawn",
        before="""
        import random
        import threading


        def test_callers_are_served(service):
            callers = []
            for _ in range(12):
                callers.append(threading.Thread(target=service.call))
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            served = 0
            for _ in range(20):
                if random.random() < 0.99:
                    served += 1
            assert served >= 17
        """,
        after="""
        import random
        import threading


        def test_callers_are_served(service, chaos_config):
            callers = []
            for _ in range(chaos_config.scaled(12, floor=6)):
                callers.append(threading.Thread(target=service.call))
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()
            served = 0
            iterations = chaos_config.scaled(20, floor=12)
            for _ in range(iterations):
                if random.random() < 0.99:
                    served += 1
            min_served = chaos_config.min_count(17, of=20, trials=iterations)
            assert served >= min_served
        """,
        code="CHM460",
    ),
    Case(
        name="one failure fewer than there are trials can still be exceeded",
        before="""
        def test_it_is_not_down(service):
            failures = 0
            for _ in range(20):
                if not service.call():
                    failures += 1
            assert failures < 20
        """,
        after="""
        def test_it_is_not_down(service, chaos_config):
            failures = 0
            iterations = chaos_config.scaled(20)
            for _ in range(iterations):
                if not service.call():
                    failures += 1
            assert failures < iterations
        """,
    ),
    Case(
        name="a bound below the trials is a bound",
        before="""
        def test_failures_are_few(service):
            failures = 0
            for _ in range(20):
                if not service.call():
                    failures += 1
            assert failures <= 5
        """,
        after="""
        def test_failures_are_few(service, chaos_config):
            failures = 0
            iterations = chaos_config.scaled(20, floor=11)
            for _ in range(iterations):
                if not service.call():
                    failures += 1
            max_failures = chaos_config.max_count(5, of=20, trials=iterations)
            assert failures <= max_failures
        """,
    ),
)
