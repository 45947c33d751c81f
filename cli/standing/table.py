"""The standing of a suite as a table for the eye."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaos_migrate.cli.names import rule_name
from chaos_migrate.cli.standing.counts import Row, Standing, Status
from chaos_migrate.cli.terminal import Line, Prose, visible
from chaos_migrate.codemods.progress import State

_STYLES = {Status.COMPLETE: "green", Status.IN_PROGRESS: "yellow", Status.PENDING: "dim"}
_GAP = "  "
_BAR, _SHORT_BAR = 16, 8
_NARROW = 80
"""On a terminal narrower than this the bar is short, so that more of the columns fit."""
_NAME = 28
"""Names longer than this are cut before a column gives way."""


@dataclass(frozen=True)
class Signs:
    """What bars and states are drawn with."""

    full: str = "█"
    empty: str = "░"
    more: str = "…"
    times: str = "×"
    of_status: tuple[str, str, str] = ("✓", "◐", "○")

    def status(self, status: Status) -> str:
        """The sign of a status."""
        return self.of_status[list(Status).index(status)]

    def bar(self, share: float, width: int) -> tuple[str, str]:
        """A bar in two parts: full only where all is done, empty only where nothing is."""
        filled = int(share * width)
        filled = max(1, filled) if share else 0
        return self.full * filled, self.empty * (width - filled)


ASCII = Signs("#", ".", "...", "x", ("+", "~", "-"))


def signs_for(encoding: str | None) -> Signs:
    """The signs that text in this encoding can hold."""
    signs = Signs()
    try:
        (signs.full + signs.empty + signs.more + "".join(signs.of_status)).encode(encoding or "")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return signs


@dataclass(frozen=True)
class _Column:
    """`cells` are as many as rows, the last that of the total; the least `rank` stays longest."""

    header: str
    cells: Sequence[str]
    rank: int
    left: bool = False

    @property
    def width(self) -> int:
        return max(map(len, (self.header, *self.cells)))

    def padded(self, cell: str) -> str:
        return cell.ljust(self.width) if self.left else cell.rjust(self.width)


def table_lines(
    standing: Standing, by: str, signs: Signs, width: int | None = None
) -> Iterator[Line]:
    """The table and its sums; on a terminal of `width` columns the lesser columns give way."""
    rows = standing.rows(by)
    if not rows:
        yield ("There are no tests here.",)
        return
    everything = [*rows, standing.total]
    bar = _SHORT_BAR if width is not None and width < _NARROW else _BAR
    columns = _fitting(_columns(everything, by, signs, bar), width)
    yield ((_joined(columns, [column.header for column in columns]), "bold"),)
    for number, row in enumerate(everything):
        last = row is everything[-1]
        if last:
            yield (("-" * _width(columns), "dim"),)
        yield tuple(_cells(columns, number, row, signs, bar, "bold" if last else ""))
    yield ("",)
    yield from _sums(standing.total, signs)


def _columns(rows: Sequence[Row], by: str, signs: Signs, bar: int) -> list[_Column]:
    def numbers(header: str, rank: int, values: Sequence[int]) -> _Column:
        return _Column(header, [str(value) for value in values], rank)

    states = [row.tests for row in rows]
    return [
        _Column(by, [visible(row.name) for row in rows], 0, left=True),
        _Column("progress", [bar * signs.full + f" {row.percent:3d} %" for row in rows], 2, True),
        _Column("status", [f"{signs.status(r.status)} {r.status.value}" for r in rows], 1, True),
        numbers("adaptive", 3, [state[State.ADAPTIVE] for state in states]),
        numbers("pending", 4, [state[State.PENDING] for state in states]),
        numbers("person", 5, [state[State.PERSON] for state in states]),
        numbers("nothing", 6, [state[State.NOTHING] for state in states]),
        numbers("sites", 7, [row.sites for row in rows]),
        numbers("thresholds", 8, [row.thresholds for row in rows]),
        _Column("refused", [_by_code(row.refused, signs) for row in rows], 9, left=True),
    ]


def _fitting(columns: list[_Column], width: int | None) -> list[_Column]:
    """The columns that fit: long names are cut, then the least important columns left out."""
    if width is None:
        return columns
    name = columns[0]
    least = min(name.width, _NAME)
    while _width(columns) - name.width + least > width and len(columns) > 2:
        columns = [c for c in columns if c.rank != max(c.rank for c in columns)]
    _, *others = columns
    room = max(1, width - (_width(columns) - name.width))
    cut = [c if len(c) <= room else "…" + c[len(c) - room + 1 :] for c in name.cells]
    return [_Column(name.header, cut, name.rank, left=True), *others]


def _width(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _joined(columns: Sequence[_Column], cells: Sequence[str]) -> str:
    texts = (column.padded(cell) for column, cell in zip(columns, cells, strict=True))
    return _GAP.join(texts).rstrip()


def _cells(
    columns: Sequence[_Column], number: int, row: Row, signs: Signs, bar: int, weight: str
) -> Iterator[tuple[str, str]]:
    style = _STYLES[row.status]
    for position, column in enumerate(columns):
        gap = _GAP if position else ""
        text = column.padded(column.cells[number])
        if column is columns[-1]:
            text = text.rstrip()
        if column.header == "progress" and not row.loaded:
            yield gap + State.NOTHING.value.ljust(column.width), "dim"
        elif column.header == "progress":
            done, left = signs.bar(row.share, bar)
            yield gap + done, "green" if row.status is Status.COMPLETE else "yellow"
            yield left, "dim"
            yield text[bar:], weight
        elif column.header == "status":
            yield gap + text, style
        else:
            zero = text.strip() == "0"
            yield gap + text, "dim" if zero else weight


def _sums(total: Row, signs: Signs) -> Iterator[Line]:
    """What the total comes to, in sentences."""
    tests = total.tests
    yield Prose(
        (
            (f"{total.adaptive} of {total.loaded} tests with load are adaptive", "bold"),
            f" ({total.percent} %): {tests[State.PENDING]} pending, {tests[State.PERSON]} need a "
            f"person; {tests[State.NOTHING]} more have nothing to scale.",
        )
    )
    yield Prose((f"{total.sites} numbers converted, {total.thresholds} of them thresholds.",))
    if total.refused:
        listed = ", ".join(
            f"{code} {rule_name(code)} {signs.times}{count}"
            for code, count in sorted(total.refused.items())
        )
        yield Prose((f"Left for a person: {listed}.",))


def _by_code(refused: Counter[str], signs: Signs) -> str:
    return ", ".join(f"{code} {signs.times}{n}" for code, n in sorted(refused.items()))
