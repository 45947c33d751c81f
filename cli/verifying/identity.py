"""Whether a test at load 1 is the one that its author wrote: the same outcome, the same operands.

Two runs of the old version with one seed tell what is not the same by itself: a time, a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from chaos_migrate.cli.verifying.records import Assertion, Comparison, TestRun

_OPERATOR = re.compile(r"\s(?:<=|>=|==|!=|<|>|in|is)\s")


@dataclass(frozen=True)
class Difference:
    """What is not as it was, in one sentence, and the line of the new version, if any."""

    test: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


def compared(
    test: str,
    before: Sequence[TestRun],
    again: TestRun | None,
    after: Sequence[TestRun],
) -> Difference | None:
    """The first difference between runs with the same seeds, None where there is none.

    Args:
        again: A second run of the old version with the first of the seeds.
    """
    pairs = list(zip(before, after, strict=False))
    if not pairs:
        return None
    wavering = again is not None and wavers(before[0], again)
    found = [
        next(_differences(test, old, again if again and wavering else old, new), None)
        for old, new in pairs
    ]
    differing = [difference for difference in found if difference]
    if wavering and len(differing) < len(pairs):
        return None
    return differing[0] if differing else None


def wavers(run: TestRun, again: TestRun) -> bool:
    """Whether a test does not do the same with the same seed, or could do otherwise."""
    return run.threads or _seen(run) != _seen(again)


def _seen(run: TestRun) -> tuple[object, ...]:
    """All that a run shows of itself."""
    comparisons = run.failure.comparisons if run.failure else ()
    return run.outcome, run.end, run.values(), comparisons


def _differences(test: str, old: TestRun, other: TestRun, new: TestRun) -> Iterator[Difference]:
    if new.outcome != old.outcome and old.outcome == other.outcome:
        what = f"{old.outcome} before, {new.outcome} after"
        where = str(new.failure.place) if new.failure else ""
        yield Difference(test, f"{what}: {new.message or old.message}", where)
    others = {str(assertion.place): assertion for assertion in other.assertions}
    for was, now in _paired(old.assertions, new.assertions):
        if was is None and now is not None:
            yield Difference(test, f"a new assertion: {_shown(now)}", str(now.place))
        elif was is not None and now is None:
            yield Difference(test, f"an assertion is gone: {_shown(was)}", str(was.place))
        elif was is not None and now is not None:
            second = others.get(str(was.place))  # where that run came so far
            changed = _changed(was, second, now) if second else None
            if changed:
                yield Difference(test, changed, str(now.place))
    if old.end == other.end != new.end and not (old.threads or new.threads):
        yield Difference(test, "it draws other random numbers than before with the same seed")


def _changed(was: Assertion, other: Assertion, now: Assertion) -> str | None:
    if now.count != was.count and other.count == was.count:
        return f"{_shown(now)} was carried out {was.count} times, now {now.count}"
    for one, two, three in zip_longest(was.values, other.values, now.values):
        if not (one and two and three) or (_all_numbers(one[1]) and one[1] == three[1]):
            continue
        if not _same_values(one[0], two[0], three[0]):
            return f"{_shown(was)} compared `{one[0]}`, now `{three[0]}`"
    return None


def _all_numbers(comparisons: Sequence[Comparison]) -> bool:
    """Whether the numbers say all, whatever expressions they came from."""
    return bool(comparisons) and all(
        left is not None and right is not None for left, _, right in comparisons
    )


def _same_values(was: str, other: str, now: str) -> bool:
    """Whether a new assertion has the old values, wherever two old runs have the same."""
    words = zip_longest(was.split(), other.split(), now.split())
    return all(new == old for old, second, new in words if old == second)


def _paired(
    before: Sequence[Assertion], after: Sequence[Assertion]
) -> Iterator[tuple[Assertion | None, Assertion | None]]:
    """Each assertion with what became of it, in the order of the text."""
    old, new = (sorted(side, key=_position) for side in (before, after))
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    matcher = SequenceMatcher(None, [*map(_subject, old)], [*map(_subject, new)], autojunk=False)
    for tag, low, high, first, last in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[low:high], new[first:last], strict=True)
        else:
            yield from ((assertion, None) for assertion in old[low:high])
            yield from ((None, assertion) for assertion in new[first:last])


def _position(assertion: Assertion) -> tuple[str, int]:
    return assertion.place.file, assertion.place.line


def _subject(assertion: Assertion) -> str:
    """What it speaks of, which a migration does not change: the side before the operator."""
    function = assertion.place.function
    return f"{function} {_OPERATOR.split(assertion.text, maxsplit=1)[0]}"


def _shown(assertion: Assertion) -> str:
    text = assertion.text.split(",\n")[0].strip()
    return f"`assert {text}`" if not text.startswith("assert") else f"`{text}`"
