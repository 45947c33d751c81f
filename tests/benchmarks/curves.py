"""How time and memory grow with the size of the input: twice the size, twice the time."""

from __future__ import annotations

import ast
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from table import Row, best

from chaos_migrate.cli.plans import Planner
from chaos_migrate.codemods.plan import Options

_TRIAL = """\
    failures_{i} = 0
    for i in range({n}):
        try:
            service.call(i)
        except ConnectionError:
            failures_{i} += 1
    assert failures_{i} <= {k}
"""
_TEST = "def test_calls_{i}(service):\n" + _TRIAL.replace("failures_{i}", "failures")


def whole_file(lines: int) -> str:
    """A file of many tests, each with a count and a bound."""
    return "\n".join(_TEST.format(i=i, n=20, k=5) for i in range(lines // 9))


def one_function(lines: int) -> str:
    """One test of many lines, in which little happens that counts."""
    filler = "    value_{i} = service.prepare('{i}')\n    if value_{i}:\n        value_{i}.use()\n"
    body = "".join(filler.format(i=i) for i in range(lines // 3))
    return "def test_all(service):\n" + body + _TRIAL.format(i=0, n=20, k=5)


def many_sites(sites: int) -> str:
    """One test of many counts and bounds."""
    body = "".join(_TRIAL.format(i=i, n=20 + i % 50, k=5) for i in range(sites // 2))
    return "def test_all(service):\n" + body


def nesting(depth: int) -> str:
    """One count under many branches (Python itself allows no more than a hundred)."""
    indent = "    "
    code = "def test_all(service):\n    failures = 0\n    for i in range(20):\n"
    for level in range(depth):
        code += indent * (level + 2) + f"if service.ready({level}):\n"
    code += indent * (depth + 2) + "failures += 1\n"
    return code + "    assert failures <= 5\n"


@dataclass(frozen=True)
class Curve:
    """One way to grow; `sizes` double or more each time."""

    name: str
    unit: str
    code: Callable[[int], str]
    sizes: tuple[int, ...]


CURVES = (
    Curve("file", "lines", whole_file, (12_500, 25_000, 50_000, 100_000)),
    Curve("function", "lines", one_function, (1_250, 2_500, 5_000, 10_000)),
    Curve("sites in one function", "sites", many_sites, (125, 250, 500, 1_000)),
    Curve("nesting", "levels", nesting, (10, 20, 40, 80)),
)


def rows(rounds: int, largest: float) -> Iterator[Row]:
    """Time against `ast.parse` along each curve, and the memory of the largest file."""
    for curve in CURVES:
        for size in curve.sizes:
            count = size if curve.unit == "levels" else max(20, int(size * largest))
            data = curve.code(count).encode()
            works = partial(_plan, data), partial(ast.parse, data)
            ours, theirs = best(min(rounds, 3), *works)
            yield Row(f"plan a {curve.name}", f"{count} {curve.unit}", "ast.parse", ours, theirs)
    file = CURVES[0]
    for size in file.sizes[-2:]:
        count = max(20, int(size * largest))
        data = file.code(count).encode()
        ours, theirs = _peak(partial(_plan, data)), _peak(partial(ast.parse, data))
        note = f"{ours / theirs:.2f} x the memory of its tree ({ours / 2**20:.0f} MiB)"
        yield Row("memory for a file", f"{count} lines", "", 0, 0, note=note)


def _plan(data: bytes) -> object:
    planned = Planner(lambda _: Options()).text(Path("test_curve.py"), data)
    assert planned.problem is None, planned.problem
    return planned


def _peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
