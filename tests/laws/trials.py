"""Generated load: what one trial does, and how many authors would repeat it.

Every load is a few statements that count in `ok`, `bad`, `seen` or `log`, made for `n` trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

from hypothesis import strategies as st

COUNTS = st.sampled_from([2, 3, 5, 8, 10, 12, 20, 20, 25, 40, 50, 64, 100])
RATES = st.sampled_from(["0.02", "0.05", "0.05", "0.1", "0.25", "0.3", "0.5", "0.9"])
_FEW = st.sampled_from([2, 3, 4, 10])


@dataclass(frozen=True)
class Load:
    """Statements that repeat a trial, and what an assertion can say about them.

    `total` is how often the trial was tried, as an author would spell it, `p` the chance of a bad
    one.
    """

    text: str
    n: int
    p: str
    total: str


# One trial, whose number is `i`. Each draws the same number of times whatever comes out, so that
# threads which take turns in another order end in the same state.
TRIALS = (
    "if random.random() < {p}:\n    bad += 1\nelse:\n    ok += 1",
    "try:\n    if random.random() < {p}:\n        raise OSError(i)\n    ok += 1\n"
    "except OSError as error:\n    bad += 1\n    log.append(str(error))",
    "try:\n    fetch(i, {p})\nexcept (OSError, ValueError):\n    bad += 1\nelse:\n    ok += 1\n"
    "finally:\n    log.append(i)",
    "seen.append(random.random())",
    "seen.append(fetch(i, 0))\nok += 1",
    "seen.append(i)\nif i % 3 == 2:\n    bad += 1",
    "value = random.uniform(0, {p})\nseen.append(value)\nok += value < 0.2",
    "if i == 4:\n    bad += 1\nseen.append(i * 10)",
    "log.append(f'{{i}} of {n}')\nok += 1",
    "ok, bad = ok + 1, bad",
    "seen.append(i if random.random() < {p} else -1)",
    "counts['ok'] = counts.get('ok', 0) + 1\nseen.append(counts['ok'])",
)
# These end early, depend on the trial before, or draw by what came out: only one after another.
UNEVEN = (
    "if random.random() < {p}: bad += 1; continue\nok += 1",
    "for attempt in range(3):\n    if random.random() > {p}:\n        ok += 1\n        break",
    "if bad > 3:\n    break\nbad += random.random() < {p}",
    "with contextlib.suppress(OSError):\n    fetch(i, {p})\n    ok += 1",
    "if random.random() < {p}:\n    pass\nelif random.random() < {p}:\n    bad += 1\n"
    "else:\n    ok += 1",
    "match i % 2:\n    case 0 if random.random() < {p}:\n        bad += 1\n"
    "    case _:\n        ok += 1",
    "while random.random() < 0.3:\n    seen.append(0)\nok += 1",
    "tries, done = 0, False\nwhile tries < 4 and not done:\n    try:\n        fetch(i, {p})\n"
    "        ok += 1\n        done = True\n"
    "    except OSError:\n        tries += 1\n        bad += 1",
    "for attempt in range(3):\n    try:\n        seen.append(fetch(i, {p}))\n        break\n"
    "    except OSError:\n        bad += 1",
)
LOOPS = (
    "for i in range({n}):\n{body}",
    "n = {n}\nfor i in range(n):\n{body}",
    "num_requests: int = {n}\nfor i in range(num_requests):\n{body}",
    "for i in range(ROUNDS):\n{body}",
    "for i in range(1, {n}):\n{body}",
    "for i in range(0, {n}, 1):\n{body}",
    "for i, _ in enumerate([None] * {n}):\n{body}",
    "for i in list(range({n})):\n{body}",
    "i = 0\nwhile i < {n}:\n{body}\n    i += 1",
    "for run in range({m}):\n    for i in range({n}):\n{deep}",
    "for run in range({n}):\n    for i in range({m}):\n{deep}\nelse:\n    log.append('done')",
    "seen += [fetch(i, 0) for i in range({n})]\ni = ok = {n}",
    "seen = list(map(lambda i: fetch(i, 0), range({n})))\nok = len(seen)",
    "results = {{i: random.random() for i in range({n})}}\n"
    "ok = sum(1 for r in results.values() if r > {p})",
)

# A trial in the hands of workers; `{body}` is the trial, one deeper.
WORKERS = (
    "def work(i):\n    nonlocal ok, bad, seen\n{body}\n"
    "threads = [threading.Thread(target=work, args=(i,)) for i in range({n})]\n"
    "for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()",
    "def work(start):\n    nonlocal ok, bad, seen\n    for i in range(start, start + {m}):\n"
    "{deep}\nnum_threads = {n}\nthreads = []\nfor t in range(num_threads):\n"
    "    thread = threading.Thread(target=work, args=(t,))\n    threads.append(thread)\n"
    "    thread.start()\nfor thread in threads:\n    thread.join(timeout=30)",
    "def work(i):\n    nonlocal ok, bad, seen\n    with lock:\n{deep}\n    return i\n"
    "with ThreadPoolExecutor(max_workers=4) as pool:\n"
    "    results = list(pool.map(work, range({n})))\nassert len(results) == {n}",
    "def work(i):\n    nonlocal ok, bad, seen\n{body}\n"
    "with ThreadPoolExecutor({n}) as pool:\n"
    "    futures = [pool.submit(work, i) for i in range({n})]\n"
    "    results = [future.result(timeout=10) for future in futures]",
)
ASYNC_WORKERS = (
    "async def work(i):\n    nonlocal ok, bad, seen\n    await asyncio.sleep(0)\n"
    "{body}\n    return i\nresults = await asyncio.gather(*[work(i) for i in range({n})])\n"
    "assert len(results) == {n}",
    "async def work(i):\n    nonlocal ok, bad, seen\n{body}\n"
    "tasks = [asyncio.create_task(work(i)) for i in range({n})]\n"
    "done, pending = await asyncio.wait(tasks, timeout=5)\nassert not pending",
    "async def work(i):\n    nonlocal ok, bad, seen\n{body}\n"
    "await asyncio.wait_for(asyncio.gather(*(work(i) for i in range({n}))), 30)",
    "semaphore = asyncio.Semaphore(3)\n\nasync def work(i):\n    nonlocal ok, bad, seen\n"
    "    async with semaphore:\n{deep}\nfor i in range({n}):\n    await work(i)",
)
HELPERS = """\
def fetch(number, chance):
    CALLS.append(number)
    if random.random() < chance:
        raise OSError(number)
    return number


async def afetch(number, chance):
    await asyncio.sleep(0)
    return fetch(number, chance)
"""
"""What a module may define beside its tests."""


@st.composite
def loads(draw: st.DrawFn, asynchronous: bool = False, workers: bool = True) -> Load:
    """A load of some kind; `workers` says whether nested functions can reach its counters."""
    n, m, p = draw(COUNTS), draw(_FEW), draw(RATES)
    kinds = ["loop"] + (["worker"] if workers else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "loop":
        trial, form = draw(st.sampled_from(TRIALS + UNEVEN)), draw(st.sampled_from(LOOPS))
    else:
        forms = WORKERS + (ASYNC_WORKERS if asynchronous else ())
        trial, form = draw(st.sampled_from(TRIALS)), draw(st.sampled_from(forms))
    body = trial.format(n=n, p=p)
    text = form.format(n=n, m=m, p=p, body=indented(body), deep=indented(indented(body)))
    total = f"{n * m}" if "{m}" in form else "n" if text.startswith("n = ") else f"{n}"
    return Load(text, n, p, total)


def indented(text: str) -> str:
    """One level deeper."""
    return indent(text, "    ")
