"""A member of the group is kept by its author or by the configuration.

## What it does

Leaves a whole group of numbers as it is when one of them stands on a line with `# chaos: keep`,
or its rule is not selected, or is ignored.

## Why it matters

Numbers that belong together move together or not at all. To scale a loop and keep the bound on
what happens in it would be a part of a change.

## What to do

Nothing. Remove the comment, or select the rule, to have the group rewritten.

## How to suppress it

There is nothing to suppress: what is kept fails no check, and `--show-kept` lists it.
"""

from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.rules.case import Case

_LOSSY = """
def test_few_are_lost(link):
    lost = 0
    for _ in range(40):
        if not link.send():
            lost += 1
    assert lost <= 4
"""

CASES = (
    Case(
        name="a comment on the loop keeps it",
        before="""
        def test_a_full_page(client):
            for i in range(50):  # chaos: keep: a page has 50 rows
                client.get(f"/row/{i}")
        """,
        code="CHM406",
    ),
    Case(
        name="a comment on the assertion keeps the loop as well",
        before="""
        def test_few_are_lost(link):
            lost = 0
            for _ in range(40):
                if not link.send():
                    lost += 1
            assert lost <= 4  # chaos: keep
        """,
        code="CHM406",
    ),
    Case(
        name="a comment on the def keeps the whole test",
        before="""
        def test_a_day(clock):  # chaos: keep: minutes of a day
            for i in range(1440):
                clock.tick(f"minute {i}")
        """,
        code="CHM406",
    ),
    Case(
        name="to ignore the rule of a bound keeps its count",
        before=_LOSSY,
        code="CHM406",
        options=Options(ignore=("CHM201",)),
    ),
    Case(
        name="a group belongs to the rule of its count: to select that one is enough",
        before=_LOSSY,
        after="""
        def test_few_are_lost(link, chaos_config):
            lost = 0
            iterations = chaos_config.scaled(40, floor=20)
            for _ in range(iterations):
                if not link.send():
                    lost += 1
            max_lost = chaos_config.max_count(4, of=40, trials=iterations)
            assert lost <= max_lost
        """,
        options=Options(select=("CHM1",)),
    ),
    Case(
        name="a string that reads like the comment keeps nothing",
        before="""
        def test_posts(client):
            for i in range(50):
                client.post(f"# chaos: keep {i}")
        """,
        after="""
        def test_posts(client, chaos_config):
            for i in range(chaos_config.scaled(50, floor=25)):
                client.post(f"# chaos: keep {i}")
        """,
    ),
)
