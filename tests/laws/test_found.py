"""What generated and mutated tests have brought to light, each in its smallest form."""

from __future__ import annotations

import pytest

from chaos_migrate.codemods.plan import Options
from tests.laws.migrating import keeps_the_laws, migrate

HELPERS, PLAIN = Options(), Options(style="plain")

MOVED = {
    "the limit of `wait_for` stands above the call, not in the worker that is read last": """
async def test_it():
    counts = {}

    async def work(i):
        counts["ok"] = counts.get("ok", 0) + 1

    await asyncio.wait_for(asyncio.gather(*(work(i) for i in range(10))), 30)
""",
    "two pools with room for the trials of each other": """
def test_it():
    def work(i):
        fetch(i)

    with ThreadPoolExecutor(12) as pool:
        futures = [pool.submit(work, i) for i in range(12)]
    with ThreadPoolExecutor(12) as pool:
        futures = [pool.submit(work, i) for i in range(12)]
""",
    "results of nested loops equal to a list of the product's size": """
def test_it():
    seen = []
    for run in range(10):
        for i in range(2):
            seen.append(fetch(random.random()))
    assert sorted(seen) == [i for i in range(20)]
""",
    "another load of the size of a number that moves": """
def test_it():
    ok = bad = 0
    for i in range(10):
        while random.random() < 0.3:
            fetch(i)
        ok += 1
    assert ok == 10 - bad
    for i in range(10):
        if random.random() < 0.02:
            bad += 1
""",
    "the number of other trials as a bound, which has a second name": """
def test_it():
    ok = bad = 0
    for i in range(3):
        if random.random() < 0.02:
            bad += 1
        else:
            ok += 1
    assert ok / 3 >= 0.5
    last = ok = 2
    assert ok > bad
""",
    "a rate judged by a value of the scenario": """
def test_it():
    for name, loss in (("light", 0.1), ("heavy", 0.4)):
        ok = 0
        for _ in range(15):
            if random.random() >= loss:
                ok += 1
        expected = 0.6 - loss
        rate = ok / 15
        assert rate >= expected
""",
    "a throughput beside a limit on the time": """
import time

def test_it():
    start = time.perf_counter()
    for _ in range(200):
        fetch()
    elapsed = time.perf_counter() - start
    assert 200 / elapsed > 50
    assert elapsed < 5
""",
}


@pytest.mark.parametrize("options", [HELPERS, PLAIN], ids=["helpers", "plain"])
@pytest.mark.parametrize("text", MOVED.values(), ids=MOVED)
def test_it_moves_and_keeps_the_laws(text: str, options: Options) -> None:
    migration = migrate(text.encode(), options)
    keeps_the_laws(migration, options)
    assert migration.plan.edits


def test_what_foreign_code_fills_may_seem_to_hold_nothing() -> None:
    text = """
import threading
from bells import Bells


class Chimes(Bells):
    def __init__(self):
        self.hung: list = []


def test_it():
    chimes = Chimes()
    threads = [
        threading.Thread(target=lambda: [chimes.hang(chimes.hung, "c") for _ in range(50)])
        for _ in range(100)
    ]
    for t in threads:
        t.start()
    assert chimes.hung == ["c"]
"""
    assert migrate(text.encode(), HELPERS).plan.edits == ()


def test_what_does_not_compile_is_its_authors_mistake() -> None:
    migration = migrate(b"return\n" + next(iter(MOVED.values())).encode(), HELPERS)
    assert migration.result.problem == "does not compile: 'return' outside function"
    assert migration.result.line == 1


def test_a_coding_line_that_ends_in_a_carriage_return_alone_is_found() -> None:
    data = "# coding: latin-1\rx = 'é'\r".encode("latin-1")
    assert migrate(data, HELPERS).source.encoding == "iso-8859-1"
