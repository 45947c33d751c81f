"""The words of a check, as lines of styled spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chaos_migrate.cli.checking.finding import Finding
from chaos_migrate.cli.checking.totals import Totals
from chaos_migrate.cli.render import by_rule, count
from chaos_migrate.cli.terminal import Line, Prose, quoted


def finding_lines(finding: Finding, *, framed: bool) -> Iterator[Line]:
    """`path:line:column: CODE message`, and the code that it is about if it is to be `framed`."""
    site = finding.site
    place = f"{finding.path}:{site.line}:{site.column}: "
    yield Prose(((place, "bold"), (site.code, _style(finding)), f" {finding.message}"))
    if framed:
        yield from _frame(finding)


def summary_lines(totals: Totals, since: str | None) -> Iterator[Line]:
    """The sums of a check, in a few sentences."""
    found = sum(totals.findings.values())
    new = "new " if since else ""
    after = f" since {since}" if since else ""
    files = count(totals.files, "file")
    if found:
        what = f"{count(found, f'{new}finding')}{after} in {totals.with_findings} of {files}"
        yield ((what, "bold"), f"{by_rule(totals.findings)}.")
    else:
        yield ((f"No {new}findings", "bold"), f"{after} in {files}.")
    only_told = found - totals.failing
    if only_told:
        verb = "stays as it is and fails" if only_told == 1 else "stay as they are and fail"
        yield (f"{only_told} of them {verb} the check only with --strict.",)
    if totals.suppressed:
        yield (f"{count(totals.suppressed, 'finding')} suppressed.",)
    if totals.errors:
        yield ((f"{count(totals.errors, 'file')} could not be handled.", "bold red"),)


def rewrite_lines(paths: Sequence[str]) -> Iterator[Line]:
    """The command that shows what would be written to `paths`."""
    command = " ".join(quoted(word) for word in ("chaos-migrate", *paths))
    note = " (--apply does it; `# chaos: keep` on a line keeps its number)"
    yield (f"To see the rewrite{note}:",)
    yield ("    ", (command, "bold cyan"))


def _style(finding: Finding) -> str:
    if finding.suppressed:
        return "dim"
    return "bold red" if finding.fails else "yellow"


def _frame(finding: Finding) -> Iterator[Line]:
    """The line of the finding with a mark under the literal, and those of the rest of its group."""
    site = finding.site
    shown = _line(finding, site.line)
    gutter = " " * len(str(site.line))
    before = "".join(c if c == "\t" else " " for c in shown[: site.column - 1])
    length = site.end_column - site.column if site.end_line == site.line else 1
    yield ((f"  {gutter} |", "blue"),)
    yield ((f"  {site.line} | ", "blue"), shown)
    yield ((f"  {gutter} | ", "blue"), before, ("^" * max(1, length), _style(finding)))
    for line, _, literal in finding.related:
        with_it = f"{literal}: " if literal else ""
        text = _line(finding, line).strip()
        yield ((f"  {gutter} = ", "blue"), f"with line {line}: ", (f"{with_it}{text}", "dim"))
    yield ("",)


def _line(finding: Finding, number: int) -> str:
    return finding.source.line_bytes(number).decode("utf-8", "replace")
