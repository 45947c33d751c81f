"""The loop indexes fixed data, or compares its index with a literal.

## What it does

Refuses a loop whose index means something: it picks from data of a fixed length, or decides by a
number what a pass does, `if i < 5`, `if i == 7`.

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
)
