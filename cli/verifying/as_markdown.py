"""The report for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from chaos_migrate.cli.terminal import visible
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.text import conclusion, plain, rate, summary_lines
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict


def as_markdown(findings: Findings) -> str:
    """A heading, the tests that are not the same, and the sums."""
    return "\n".join(_lines(findings))


def _lines(findings: Findings) -> Iterator[str]:
    yield f"## chaos-migrate verify: {conclusion(findings)[0]}"
    yield ""
    yield _safe(f"Before: {findings.titles[0]}. After: {findings.titles[1]}.")
    yield ""
    for note in findings.notes:
        yield f"- note: {_safe(note)}"
    rows = [cell for cell in findings.cells if cell.verdict is not Verdict.SAME]
    if rows:
        yield "| test | load | verdict | before | after | |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, rows)
        yield ""
    for strength in findings.worthless:
        text = f"{strength.where}: {strength.text}: {strength.problem}"
        yield f"- {_safe(text)} (load {strength.load:g})"
    for each in findings.weaker:
        counts = f"{each.before.passed}/{each.before.runs}, now {each.after.passed}/"
        yield f"- {_safe(each.test)} notices less at load {each.load:g}: {counts}{each.after.runs}"
    yield ""
    yield "```"
    for line in summary_lines(findings):
        yield plain(line)
    yield "```"


def _row(cell: Cell) -> str:
    why = " ".join(word for word in (cell.reason, cell.cause) if word)
    words = (cell.test, f"{cell.load:g}", f"**{cell.verdict.value}**")
    return f"| {' | '.join(map(_safe, (*words, rate(cell.before), rate(cell.after), why)))} |"


def _safe(text: str) -> str:
    """Text of the suite, which is not to be read as markup."""
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return " ".join(escaped.split())
