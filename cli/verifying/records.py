"""What is known of one run of a suite, as the plugin told it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

Number = int | float | None
Comparison = tuple[Number, str, Number]
"""Left operand, operator, right operand; None stands for what is no number."""

PASSES = frozenset({"passed", "xfailed", "xpassed"})
HUNG, CRASHED, SKIPPED = "hung", "crashed", "skipped"


@dataclass(frozen=True)
class Place:
    """A line of the suite: the file relative to pytest's root, and the function it stands in."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Assertion:
    """All executions of one assertion in one test; `values` holds the first of them.

    `text` is its source, or the name of the unittest method. Each execution is what pytest shows
    of it, and its comparisons.
    """

    place: Place
    text: str
    count: int
    values: tuple[tuple[str, tuple[Comparison, ...]], ...]


@dataclass(frozen=True)
class Bound:
    """A call of `max_count` and the like: its arguments by name, and what it returned."""

    method: str
    arguments: dict[str, Number]
    result: Number


@dataclass(frozen=True)
class Failure:
    """Where a test failed in the suite, and the comparisons of the assertion that did."""

    place: Place
    text: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class TestRun:
    """One test in one run.

    `outcome` is pytest's word, `error` for a failed fixture, `hung` or `crashed`. `chance` says
    that it drew random numbers, `end` is a fingerprint of the random state that it left.
    """

    outcome: str
    message: str = ""
    failure: Failure | None = None
    assertions: tuple[Assertion, ...] = ()
    bounds: tuple[Bound, ...] = ()
    threads: bool = False
    chance: bool = False
    end: str = ""
    duration: float = 0.0

    __test__ = False  # for pytest, which takes the name for a test

    @property
    def passed(self) -> bool:
        """Whether pytest would count it as no failure."""
        return self.outcome in PASSES

    def values(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """All that its assertions saw, in the order of the text."""
        ordered = sorted(self.assertions, key=lambda a: (a.place.file, a.place.line))
        return tuple((a.count, tuple(text for text, _ in a.values)) for a in ordered)


@dataclass(frozen=True)
class Run:
    """One run of pytest: what became of its tests, and of itself.

    `found` tests were collected, of which `collected` were chosen.
    `uncollected` are modules that could not be imported, with the reason. `offender` is the test
    that hung or killed the process, whose run ended there. `lingering` says that the process had to
    be killed after its last test. `problem` is why nothing could run at all.
    """

    tests: dict[str, TestRun] = field(default_factory=dict)
    found: int = 0
    collected: tuple[str, ...] = ()
    uncollected: dict[str, str] = field(default_factory=dict)
    offender: str | None = None
    lingering: bool = False
    problem: str | None = None

    def missing(self) -> list[str]:
        """Tests that were chosen but never came to their end."""
        return [test for test in self.collected if test not in self.tests]


def read_events(events: Iterable[dict[str, Any]]) -> tuple[Run, list[str], int | None]:
    """The run that the events tell of, the tests that started but did not finish, the exit code."""
    run = Run()
    code: int | None = None
    running: dict[str, None] = {}
    tests: dict[str, TestRun] = {}
    uncollected: dict[str, str] = {}
    for event in events:
        kind, test = event["event"], event.get("test", "")
        if kind == "collected":
            run = replace(run, found=event["found"], collected=tuple(event["tests"]))
        elif kind == "uncollected":
            uncollected[test] = event["message"]
        elif kind == "start":
            running[test] = None
        elif kind == "crash":
            running.pop(test, None)
            tests[test] = TestRun(CRASHED, event["message"])
        elif kind == "finish":
            running.pop(test, None)
            tests[test] = _test_run(event)
        elif kind == "end":
            code = event["code"]
    return replace(run, tests=tests, uncollected=uncollected), [*running], code


def _test_run(event: dict[str, Any]) -> TestRun:
    failed = event["failed_at"]
    return TestRun(
        event["outcome"],
        event["message"],
        Failure(Place(*failed[0]), failed[1], _comparisons(failed[2])) if failed else None,
        tuple(
            Assertion(
                Place(*entry["place"]),
                entry["text"],
                entry["count"],
                tuple((text, _comparisons(operands)) for text, operands in entry["values"]),
            )
            for entry in event["assertions"]
        ),
        tuple(Bound(*entry) for entry in event["bounds"]),
        event["threads"],
        event["chance"],
        event["end"],
        event["duration"],
    )


def _comparisons(entries: list[list[Any]]) -> tuple[Comparison, ...]:
    return tuple((left, operator, right) for left, operator, right in entries)
