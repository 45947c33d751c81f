"""A bound on a maximum, a minimum or an extreme percentile.

## What it does

Refuses a count when the test judges the worst of its trials: `max(latencies) < 0.5`, the 99th
percentile, the slowest of many.

## Why it matters

The more trials, the worse the worst of them, on a system that is no worse at all. How much worse
depends on a distribution that no test writes down, so no formula could follow.

## What to do

Judge the mean or the median, which more trials only make steadier; or count the trials above the
limit, and bound that count. `--unsafe-fixes` scales the count and leaves the bound as it is.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="the slowest of the calls",
        before="""
        import time


        def test_the_slowest_call(service):
            times = []
            for _ in range(30):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert max(times) < 0.5
        """,
        code="CHM407",
    ),
    Case(
        name="with --unsafe-fixes the calls scale, and the bound on the slowest stays",
        before="""
        import time


        def test_the_slowest_call(service):
            times = []
            for _ in range(30):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert max(times) < 0.5
        """,
        after="""
        import time


        def test_the_slowest_call(service, chaos_config):
            times = []
            for _ in range(chaos_config.scaled(30)):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert max(times) < 0.5
        """,
        options=Options(unsafe=True),
    ),
    Case(
        name="an extreme percentile of numpy's",
        before="""
        import time

        import numpy as np


        def test_the_tail(service):
            times = []
            for _ in range(200):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert np.percentile(times, 99) < 0.2
        """,
        code="CHM407",
    ),
    Case(
        name="the median is no extreme value",
        before="""
        import statistics
        import time


        def test_the_usual_call(service):
            times = []
            for _ in range(30):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert statistics.median(times) < 0.1
        """,
        after="""
        import statistics
        import time


        def test_the_usual_call(service, chaos_config):
            times = []
            for _ in range(chaos_config.scaled(30)):
                begin = time.perf_counter()
                service.call()
                times.append(time.perf_counter() - begin)
            assert statistics.median(times) < 0.1
        """,
    ),
    Case(
        name="how many calls are slow is a count, and follows the trials",
        before="""
        import time


        def test_few_calls_are_slow(service):
            slow = 0
            for _ in range(50):
                begin = time.perf_counter()
                service.call()
                if time.perf_counter() - begin > 0.2:
                    slow += 1
            assert slow <= 5
        """,
        after="""
        import time


        def test_few_calls_are_slow(service, chaos_config):
            slow = 0
            iterations = chaos_config.scaled(50, floor=26)
            for _ in range(iterations):
                begin = time.perf_counter()
                service.call()
                if time.perf_counter() - begin > 0.2:
                    slow += 1
            max_slow = chaos_config.max_count(5, of=50, trials=iterations)
            assert slow <= max_slow
        """,
    ),
)
