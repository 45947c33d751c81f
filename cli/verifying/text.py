"""The report for a person: what became worse first, then what is not sure, then the sums."""

from __future__ import annotations

from collections.abc import Iterator

from chaos_migrate.cli.terminal import Line, Prose
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.intervals import Passes
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict

STYLES = {
    Verdict.SAME: "green",
    Verdict.WORSE: "bold red",
    Verdict.BETTER: "cyan",
    Verdict.UNDECIDED: "yellow",
    Verdict.FLAKY: "yellow",
}


def report_lines(findings: Findings, verbose: bool = False) -> Iterator[Line]:
    """The whole report."""
    yield (("before: ", "bold"), findings.titles[0])
    yield (("after:  ", "bold"), findings.titles[1])
    for note in findings.notes:
        yield Prose((("note: ", "bold yellow"), note))
    yield from _tests(findings, verbose)
    yield from _strength(findings, verbose)
    yield from _injected(findings, verbose)
    yield ("",)
    yield from map(Prose, summary_lines(findings))


def summary_lines(findings: Findings) -> Iterator[Line]:
    """The sums, and the one sentence that counts."""
    for verdict, number in sorted(findings.by_verdict.items(), key=lambda item: item[0].name):
        yield ((f"{verdict.value:15}", STYLES[verdict]), f"{number:5} of tests at a load")
    same = findings.compared - len(findings.differences)
    yield (f"{'identity':15}", f"{same:5} of {findings.compared} tests are the same at load 1")
    if findings.wavering:
        yield (f"{'':15}", f"{len(findings.wavering):5} differ between two runs without migration")
    judged = len({(strength.where, strength.load) for strength in findings.strengths})
    if judged:
        able = judged - len({(s.where, s.load) for s in findings.worthless})
        yield (f"{'strength':15}", f"{able:5} of {judged} rewritten bounds at a load can fail")
    yield (f"{findings.runs} runs of pytest in {findings.seconds:.0f} s",)
    yield (conclusion(findings),)


def conclusion(findings: Findings) -> tuple[str, str]:
    """What it comes to, and its style."""
    so_far = "Interrupted; so far: " if findings.interrupted else ""
    if findings.worse:
        return f"{so_far}something became worse.", "bold red"
    undecided = findings.by_verdict[Verdict.UNDECIDED]
    flaky = sum(not cell.decided for cell in findings.cells) - undecided
    doubts = [f"{undecided} undecided"] if undecided else []
    doubts += [f"{flaky} flaky before and not known to 10 points"] if flaky else []
    if doubts:
        return f"{so_far}nothing became worse, {', '.join(doubts)}.", "yellow"
    return f"{so_far}nothing became worse.", "bold green"


def plain(line: Line) -> str:
    """A line without its styles."""
    return "".join(span if isinstance(span, str) else span[0] for span in line)


def rate(passes: Passes) -> str:
    """The share of runs that passed, with what it is known by."""
    if not passes.runs:
        return "no runs"
    low, high = passes.interval()
    return (f"{passes.passed}/{passes.runs} = {passes.rate:.0%} ({low:.0%} to {high:.0%})").replace(
        "%", " %"
    )


def _tests(findings: Findings, verbose: bool) -> Iterator[Line]:
    for test, cells in findings.by_test.items():
        shown = [cell for cell in cells if verbose or cell.verdict is not Verdict.SAME]
        if not shown:
            failing = [cell for cell in cells if cell.before.rate == 0]
            if failing:
                yield ("",)
                yield Prose(((test, "bold"), f"  {failing[0].reason}"))
            continue
        yield ("",)
        wavers = "  (differs by itself between two runs)" if test in findings.wavering else ""
        yield ((test, "bold"), wavers)
        for cell in shown:
            yield from _cell(cell)


def _cell(cell: Cell) -> Iterator[Line]:
    counted = f"passes {rate(cell.before)} before, {rate(cell.after)} after"
    yield Prose(
        (
            f"    load {cell.load:<4g} ",
            (f"{cell.verdict.value:10}", STYLES[cell.verdict]),
            f" {cell.reason or counted}",
        )
    )
    if cell.reason and cell.verdict is not Verdict.SAME:
        yield Prose((f"               {counted}",))
    if cell.verdict is Verdict.FLAKY:
        yield ("               it already fails by chance before: the author's bound is wrong",)
    if not cell.decided:
        yield Prose((f"               {_in_doubt(cell)}",))
    if cell.cause:
        yield Prose((f"               {cell.cause}",))


def _in_doubt(cell: Cell) -> str:
    """What is known all the same, and what more would take."""
    known = f"a fall by {-cell.least:.0%} or more is excluded".replace("%", " points")
    if cell.more:
        enough = max(cell.before.runs, cell.after.runs) + cell.more
        return f"{known}; about {cell.more} more runs would decide: --runs {enough}"
    return f"{known}; no sensible number of runs would decide"


def _strength(findings: Findings, verbose: bool) -> Iterator[Line]:
    for strength in findings.strengths if verbose else findings.worthless:
        yield (
            (f"{strength.where}: ", "bold"),
            f"load {strength.load:g}: `{strength.text}` lets pass {strength.lets_pass}",
            (f" - {strength.problem}" if strength.problem else "", "bold red"),
        )


def _injected(findings: Findings, verbose: bool) -> Iterator[Line]:
    if not findings.injected:
        return
    yield ("",)
    percent = f"{findings.injected:.0%}".replace("%", " %")
    yield ((f"With {percent} more failures injected, tests notice:", "bold"),)
    for each in findings.caught:
        if verbose or each.weaker:
            yield (
                f"    {each.test} load {each.load:g}: before {each.before.passed}/",
                f"{each.before.runs}, after {each.after.passed}/{each.after.runs} {each.by}",
                (" WEAKER" if each.weaker else "", "bold red"),
            )
    tests = {each.test for each in findings.caught}
    weaker = {each.test for each in findings.weaker}
    yield (f"    {len(tests) - len(weaker)} of {len(tests)} tests notice it as often as before",)
