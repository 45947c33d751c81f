"""The standing of a suite as a markdown page to keep beside it.

The page depends on nothing but the suite: no dates, no paths of a machine, everything in the order
of the files, so that its diff in git shows what was done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.standing.counts import HERE, Row, Standing, Status
from chaos_migrate.cli.standing.table import Signs
from chaos_migrate.codemods.converted import Converted
from chaos_migrate.codemods.progress import State
from chaos_migrate.codemods.writing.sites import MULTIPLIERS

_SIGNS = {Status.COMPLETE: "✅", Status.IN_PROGRESS: "🚧", Status.PENDING: "⬜"}
_OF_STATES = "| Adaptive | Pending | Needs a person | Nothing to scale "


def page(standing: Standing, by: str) -> str:
    """The whole page, with a line feed at its end."""
    blocks = [
        f"# Adaptive load of `{standing.folder}`",
        "Written by `chaos-migrate status`, which updates it: do not edit it by hand.",
        *_overview(standing, by),
    ]
    for row in standing.rows("category"):
        blocks += _category(row)
    return "\n\n".join(blocks) + "\n"


def _overview(standing: Standing, by: str) -> Iterator[str]:
    total = standing.total
    done, left = Signs().bar(total.share, 20)
    yield "## Overall progress"
    yield (
        f"`{done}{left}` {total.percent} %: **{total.adaptive} of {total.loaded}** tests with load "
        f"are adaptive; {total.tests[State.NOTHING]} more have nothing to scale."
    )
    head = (
        f"| {by.capitalize()} | Progress | Status {_OF_STATES}| Converted | Thresholds | Refused |"
    )
    rows = [_row(row) for row in standing.rows(by)]
    yield "\n".join([head, "|---|---|---|--:|--:|--:|--:|--:|--:|--:|", *rows, _row(total, "**")])
    refused = _by_code(total.refused)
    if refused:
        yield f"Left for a person: {refused}."


def _row(row: Row, weight: str = "") -> str:
    cells = [
        f"{weight}{_folder(row.name)}{weight}",
        f"{row.adaptive}/{row.loaded}",
        f"{_SIGNS[row.status]} {row.status.value}",
        *(row.tests[s] for s in (State.ADAPTIVE, State.PENDING, State.PERSON, State.NOTHING)),
        row.sites,
        row.thresholds,
        sum(row.refused.values()),
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _category(row: Row) -> Iterator[str]:
    yield f"## {_folder(row.name)}: {row.status.value} ({row.adaptive}/{row.loaded} tests)"
    files = [_file(Row(file.name, (file,))) for file in row.files]
    yield "\n".join([f"| File {_OF_STATES}|", "|---|--:|--:|--:|--:|", *files])
    for file in row.files:
        if file.problem:
            yield f"- `{file.name}` cannot be handled: {file.problem.message}"
    counts = [(file.name, count) for file in row.files for count in file.progress.counts]
    if counts:
        yield f"**Patterns converted: {len(counts)}** (what each is at a load of 0.5, 1 and 4)"
        yield _table(
            ("Place", "Count", *(f"{m:g}" for m in MULTIPLIERS)),
            ((_place(name, c.line), _code(c.code), *_values(c)) for name, c in counts),
        )
    thresholds = [(file.name, each) for file in row.files for each in file.progress.thresholds]
    if thresholds:
        yield f"**Thresholds converted: {len(thresholds)}**"
        yield _table(
            ("Place", "Assertion", "Bound"),
            ((_place(n, t.line), _code(t.assertion), _code(t.code)) for n, t in thresholds),
        )
    refused = [(file.name, site) for file in row.files for site in file.progress.refused]
    if refused:
        yield f"**Left for a person: {len(refused)}** ({_by_code(row.refused)})"
        yield _table(
            ("Place", "Test", "Number", "Rule", "Reason"),
            (
                (_place(n, s.line), _code(s.function), _code(s.literal), s.code, _text(s.reason))
                for n, s in refused
            ),
        )


def _file(row: Row) -> str:
    states = (State.ADAPTIVE, State.PENDING, State.PERSON, State.NOTHING)
    return f"| `{row.name}` | {' | '.join(str(row.tests[state]) for state in states)} |"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _values(count: Converted) -> Iterator[str]:
    for multiplier in MULTIPLIERS:
        value = count.at(multiplier)
        yield "" if value is None else f"{value:g}"


def _folder(name: str) -> str:
    return "top level" if name == HERE else name


def _place(name: str, line: int) -> str:
    return f"`{name}:{line}`"


def _code(text: str) -> str:
    """Code in a cell of a table: bars escaped, and fenced by more backticks than it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{_text(text)}{gap}{fence}"


def _text(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _by_code(refused: Counter[str]) -> str:
    return ", ".join(f"{code} {rule_name(code)} × {n}" for code, n in sorted(refused.items()))
