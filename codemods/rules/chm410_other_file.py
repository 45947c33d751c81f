"""The group reaches into another file.

## What it does

Refuses a count when the number itself, or a bound that judges it, stands in another file of the
suite. Helpers are read there, to see what they count and judge, and never edited.

## Why it matters

A helper serves other tests, which may not scale. One file at a time can be proven to be the old
program at load 1, and can be taken back.

## What to do

Pass the number from the test, as an argument of the helper: then it moves where the test is.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the number is meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="the number stands in a helper of another file",
        before="""
        from helpers import storm


        def test_survives_a_storm(server):
            storm(server, seed=42)
        """,
        helpers={
            "helpers.py": """
            def storm(server, seed):
                server.seed(seed)
                for i in range(100):
                    server.hit(f"drop {i}")
            """
        },
        code="CHM410",
    ),
    Case(
        name="a helper of another file judges the results by a fixed number",
        before="""
        from helpers import check


        def test_failures_are_few(server):
            failures = []
            for i in range(50):
                if not server.hit(f"drop {i}"):
                    failures.append(i)
            check(failures)
        """,
        helpers={
            "helpers.py": """
            def check(failures):
                assert len(failures) <= 5
            """
        },
        code="CHM410",
    ),
    Case(
        name="a number that is handed to another file's helper moves at the call",
        before="""
        from helpers import storm


        def test_survives_a_storm(server):
            hits = storm(server, drops=100)
            assert len(hits) == 100
        """,
        helpers={
            "helpers.py": """
            def storm(server, drops):
                return [server.hit(f"drop {i}") for i in range(drops)]
            """
        },
        after="""
        from helpers import storm


        def test_survives_a_storm(server, chaos_config):
            iterations = chaos_config.scaled(100, floor=50)
            hits = storm(server, drops=iterations)
            assert len(hits) == iterations
        """,
    ),
    Case(
        name="a helper that judges against the count itself fits any load",
        before="""
        from helpers import all_arrived


        def test_nothing_is_dropped(server):
            replies = []
            for i in range(60):
                replies.append(server.hit(f"drop {i}"))
            all_arrived(replies)
        """,
        helpers={
            "helpers.py": """
            def all_arrived(replies):
                assert all(reply is not None for reply in replies)
            """
        },
        after="""
        from helpers import all_arrived


        def test_nothing_is_dropped(server, chaos_config):
            replies = []
            for i in range(chaos_config.scaled(60, floor=30)):
                replies.append(server.hit(f"drop {i}"))
            all_arrived(replies)
        """,
    ),
)
