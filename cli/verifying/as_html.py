"""The report as one page without anything from elsewhere, with a chart for each test."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from chaos_migrate.cli.terminal import visible
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.intervals import Passes
from chaos_migrate.cli.verifying.text import conclusion, plain, rate, summary_lines
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; background: #fff }
h2 { font: 600 15px ui-monospace, monospace; margin: 2rem 0 .3rem; overflow-wrap: anywhere }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left;
       vertical-align: top }
.test { display: flex; gap: 2rem; flex-wrap: wrap } pre { background: #f5f5f5; padding: 1rem }
.SAME { color: #17803d } .WORSE { color: #c01c28; font-weight: 700 } .BETTER { color: #0b6bcb }
.UNDECIDED, .BASELINE { color: #9a6700 } svg text { font-size: 11px; fill: #555 }
"""
_WIDTH, _HEIGHT, _LEFT, _TOP = 260, 110, 40, 10
_COLOURS = ("#888", "#0b6bcb")


def as_html(findings: Findings) -> str:
    """The whole page."""
    return "\n".join(_page(findings))


def _page(findings: Findings) -> Iterator[str]:
    title, _ = conclusion(findings)
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>chaos-migrate verify</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>chaos-migrate verify: {_text(title)}</h1>"
    yield f"<p>Before (grey): {_text(findings.titles[0])}. After (blue): "
    yield f"{_text(findings.titles[1])}. Bars are 95 % intervals of the pass rate.</p>"
    for note in findings.notes:
        yield f"<p>Note: {_text(note)}</p>"
    yield f"<pre>{_sums(findings)}</pre>"
    for test, cells in sorted(findings.by_test.items(), key=lambda item: _rank(item[1])):
        yield f"<h2>{_text(test)}</h2>"
        yield f'<div class="test">{_chart(cells)}<table>'
        yield "<tr><th>load</th><th>verdict</th><th>before</th><th>after</th><th></th></tr>"
        yield from map(_row, cells)
        yield "</table></div>"
    yield "</body></html>"


def _sums(findings: Findings) -> str:
    return "\n".join(_text(plain(line)) for line in summary_lines(findings))


def _row(cell: Cell) -> str:
    why = " ".join(word for word in (cell.reason, cell.cause) if word)
    verdict = f'<span class="{cell.verdict.value.split()[0]}">{cell.verdict.value}</span>'
    values = (_text(rate(cell.before)), _text(rate(cell.after)), _text(why))
    return f"<tr><td>{'</td><td>'.join((f'{cell.load:g}', verdict, *values))}</td></tr>"


def _chart(cells: Sequence[Cell]) -> str:
    """Pass rates against the load, before and after, as an inline drawing."""
    loads = [math.log2(cell.load) for cell in cells]
    low, high = min(loads), max(loads)
    parts = [
        f'<svg width="{_WIDTH + _LEFT + 20}" height="{_HEIGHT + 40}" role="img" '
        'aria-label="pass rate against load">'
    ]
    for share in (0.0, 0.5, 1.0):
        y = _y(share)
        parts.append(f'<path d="M{_LEFT} {y}h{_WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{share:.0%}</text>')
    xs = [_LEFT + 20 + (_WIDTH - 40) * _share(load, low, high) for load in loads]
    for cell, x in zip(cells, xs, strict=True):
        y = _HEIGHT + _TOP + 18
        parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{cell.load:g}</text>')
    sides = ([cell.before for cell in cells], [cell.after for cell in cells])
    for passes, colour, shift in zip(sides, _COLOURS, (-3, 3), strict=True):
        parts += _line(passes, [x + shift for x in xs], colour)
    return "".join([*parts, "</svg>"])


def _line(rates: Sequence[Passes], xs: Sequence[float], colour: str) -> Iterator[str]:
    points = [(x, passes) for x, passes in zip(xs, rates, strict=True) if passes.runs]
    path = " ".join(f"{x:.1f},{_y(passes.rate)}" for x, passes in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    for x, passes in points:
        low, high = passes.interval()
        yield f'<path d="M{x:.1f} {_y(low)}V{_y(high)}" stroke="{colour}" stroke-width="3" '
        yield f'stroke-opacity=".35"/><circle cx="{x:.1f}" cy="{_y(passes.rate)}" r="3" '
        yield f'fill="{colour}"/>'


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * _HEIGHT, 1)


def _rank(cells: Sequence[Cell]) -> int:
    """The tests that matter first."""
    order = [Verdict.WORSE, Verdict.FLAKY, Verdict.UNDECIDED, Verdict.BETTER, Verdict.SAME]
    return min(order.index(cell.verdict) for cell in cells)


def _text(text: str) -> str:
    return escape(visible(text))
