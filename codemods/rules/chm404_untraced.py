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
        name="a bound on what has nothing to do with the trials holds nothing back",
        before="""
        def test_idle_cost(client, monitor):
            for i in range(100):
                client.get(f"/items/{i}")
            assert monitor.cpu_increase() < 20
        """,
        after="""
        def test_idle_cost(client, monitor, chaos_config):
            for i in range(chaos_config.scaled(100, floor=50)):
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
)
