"""The loop can end before its count.

## What it does

Refuses a loop that a `break`, a `return` or an expected exception can end early. Its count is a
limit on how long to try, not a number of trials.

## Why it matters

Where a loop leaves on its first success, more rounds are no more load: they are more patience,
and how often something happened in them says nothing about a rate.

## What to do

If every pass is to be a trial, count what went wrong and go on, then judge the count. If the loop
waits for something, it is right as it is.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a loop that stops at the first failure is refused",
        before="""
        def test_until_it_breaks(client):
            served = 0
            for _ in range(100):
                if not client.send():
                    break
                served += 1
            assert served >= 90
        """,
        code="CHM401",
    ),
    Case(
        name="a return from within the loop ends it as well",
        before="""
        def test_converges(cluster):
            for _ in range(60):
                cluster.step()
                if cluster.converged():
                    return
            raise AssertionError("no convergence")
        """,
        code="CHM401",
    ),
    Case(
        name="a loop in which an exception is expected does not run to its end",
        before="""
        import pytest


        def test_the_quota_runs_out(account):
            with pytest.raises(RuntimeError):
                for _ in range(50):
                    account.charge()
        """,
        code="CHM401",
    ),
    Case(
        name="a failure that is counted and skipped ends nothing",
        before="""
        def test_goes_on_after_failures(client):
            failed = 0
            for i in range(50):
                try:
                    client.send(f"message {i}")
                except ConnectionError:
                    failed += 1
                    continue
            assert failed <= 5
        """,
        after="""
        def test_goes_on_after_failures(client, chaos_config):
            failed = 0
            iterations = chaos_config.scaled(50, floor=26)
            for i in range(iterations):
                try:
                    client.send(f"message {i}")
                except ConnectionError:
                    failed += 1
                    continue
            max_failed = chaos_config.max_count(5, of=50, trials=iterations)
            assert failed <= max_failed
        """,
    ),
    Case(
        name="a break of an inner retry loop leaves the outer one alone",
        before="""
        def test_every_message_gets_through_in_the_end(link):
            delivered = []
            for i in range(40):
                for _ in range(3):
                    if link.send(f"message {i}"):
                        break
                delivered.append(i)
            assert len(delivered) == 40
        """,
        after="""
        def test_every_message_gets_through_in_the_end(link, chaos_config):
            delivered = []
            iterations = chaos_config.scaled(40, floor=20)
            for i in range(iterations):
                for _ in range(3):
                    if link.send(f"message {i}"):
                        break
                delivered.append(i)
            assert len(delivered) == iterations
        """,
    ),
)
