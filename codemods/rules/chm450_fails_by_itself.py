"""The assertion fails by its own arithmetic.

## What it does

Refuses a count when, from the numbers in the test alone, its assertion fails in more than one run
of twenty at load 1: failures are drawn with a probability in sight, and the bound leaves no room
for them. From one run in a hundred it is told, and holds nothing back. The reason names the
probability, as written and in proportion at half and at four times the load.

## Why it matters

Such a test is flaky as it stands. To scale it would only expose that, and be blamed for it; to
give it a bound that holds would be to mend the author's test without being asked.

## What to do

Give the bound the room that the drawn failures need, or draw them from a fixed seed.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="every call must succeed, and the test itself draws failures",
        before="""
        import random


        def test_all_succeed(service):
            succeeded = 0
            for _ in range(50):
                if random.random() < 0.9:
                    service.call()
                    succeeded += 1
            assert succeeded == 50
        """,
        code="CHM450",
    ),
    Case(
        name="more is asked for than there are trials",
        before="""
        def test_enough_replies(service):
            replies = 0
            for _ in range(20):
                if service.call():
                    replies += 1
            assert replies >= 30
        """,
        code="CHM450",
    ),
    Case(
        name="a schedule that gives four events cannot give ten",
        before="""
        def test_every_fifth_is_slow(service):
            slow = 0
            for i in range(20):
                if i % 5 == 0:
                    service.slow_call()
                    slow += 1
            assert slow >= 10
        """,
        code="CHM450",
    ),
    Case(
        name="odds and bounds that a loop over scenarios gives, one of them with no room",
        before="""
        import random


        def test_loss_is_bearable(link):
            for name, loss, damage in [("mild", 0.02, 0.1), ("harsh", 0.1, 0.3)]:
                arrived = 0
                for _ in range(25):
                    if random.random() < loss:
                        continue
                    if random.random() >= damage:
                        link.send(name)
                        arrived += 1
                arrival_rate = arrived / 25
                least = 1.0 - loss - damage
                assert arrival_rate >= least
        """,
        code="CHM450",
    ),
    Case(
        name="odds and bounds that a loop over scenarios gives, all of them with room",
        before="""
        import random


        def test_loss_is_bearable(link):
            for loss in (0.01, 0.02):
                lost = 0
                for _ in range(25):
                    if random.random() < loss:
                        lost += 1
                    else:
                        link.send()
                most = loss * 8.0
                assert lost / 25 <= most
        """,
        after="""
        import random


        def test_loss_is_bearable(link, chaos_config):
            for loss in (0.01, 0.02):
                lost = 0
                iterations = chaos_config.scaled(25)
                for _ in range(iterations):
                    if random.random() < loss:
                        lost += 1
                    else:
                        link.send()
                most = loss * 8.0
                max_rate = chaos_config.max_rate(most, of=25, trials=iterations)
                assert lost / iterations <= max_rate
        """,
    ),
    Case(
        name="a bound that fails now and then by its own arithmetic is told, and moves",
        before="""
        import random


        def test_most_succeed(service):
            failed = 0
            for _ in range(20):
                if random.random() < 0.1:
                    failed += 1
                else:
                    service.call()
            assert failed <= 4
        """,
        after="""
        import random


        def test_most_succeed(service, chaos_config):
            failed = 0
            iterations = chaos_config.scaled(20, floor=10)
            for _ in range(iterations):
                if random.random() < 0.1:
                    failed += 1
                else:
                    service.call()
            max_failed = chaos_config.max_count(4, of=20, trials=iterations)
            assert failed <= max_failed
        """,
        code="CHM450",
    ),
    Case(
        name="a bound with room for the failures that are drawn is sound",
        before="""
        import random


        def test_most_succeed(service):
            succeeded = 0
            for _ in range(50):
                if random.random() < 0.9:
                    service.call()
                    succeeded += 1
            assert succeeded >= 38
        """,
        after="""
        import random


        def test_most_succeed(service, chaos_config):
            succeeded = 0
            iterations = chaos_config.scaled(50, floor=26)
            for _ in range(iterations):
                if random.random() < 0.9:
                    service.call()
                    succeeded += 1
            min_succeeded = chaos_config.min_count(38, of=50, trials=iterations)
            assert succeeded >= min_succeeded
        """,
    ),
    Case(
        name="all calls must succeed where it is not the test that makes them fail",
        before="""
        def test_all_succeed(service):
            succeeded = 0
            for _ in range(50):
                if service.call():
                    succeeded += 1
            assert succeeded == 50
        """,
        after="""
        def test_all_succeed(service, chaos_config):
            succeeded = 0
            iterations = chaos_config.scaled(50, floor=25)
            for _ in range(iterations):
                if service.call():
                    succeeded += 1
            assert succeeded == iterations
        """,
    ),
    Case(
        name="what is drawn too rarely to be met is told of; more trials only help",
        before="""
        import random


        def test_some_letters_are_lost():
            lost = 0
            for _ in range(12):
                if random.random() < 0.25:
                    lost += 1
            assert lost > 0
        """,
        after="""
        import random


        def test_some_letters_are_lost(chaos_config):
            lost = 0
            for _ in range(chaos_config.scaled(12)):
                if random.random() < 0.25:
                    lost += 1
            assert lost > 0
        """,
        code="CHM450",
    ),
)
