"""The stages of a run: one file never takes the others with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli import plans, read
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.pipeline import outcomes
from chaos_migrate.cli.plans import Planner
from chaos_migrate.cli.render import file_lines, summary_lines
from chaos_migrate.cli.request import Request
from chaos_migrate.cli.run import carried_out, migrated
from chaos_migrate.cli.tally import Tally
from chaos_migrate.codemods.plan import Action, Options, Plan, Shrink, Site

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace


def text_of(outcome: Outcome, **how: bool) -> str:
    """What a report says about one file."""
    chosen = {"applied": False, "show_kept": False, "verbose": False, **how}
    lines = file_lines(outcome, **chosen)
    return "\n".join(
        "".join(span if isinstance(span, str) else span[0] for span in line) for line in lines
    )


def site(action: Action, line: int, **more: object) -> Site:
    """A number in some test."""
    fields: dict[str, object] = {
        "code": "CHM101",
        "literal": "10",
        "function": "test_x",
        "reason": "because of this",
        **more,
    }
    return Site(  # type: ignore[arg-type]
        action=action, line=line, column=5, end_line=line, end_column=7, **fields
    )


def test_an_unreadable_file_is_named_and_the_others_are_handled(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.write("tests/test_closed.py")
    work.write("tests/test_open.py")
    read_bytes = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "test_closed.py":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(read.Path, "read_bytes", refusing)
    done = {outcome.path.name: outcome for outcome in outcomes(Request(("tests",)))}
    problem = done["test_closed.py"].problem
    assert problem is not None
    assert problem.message == "cannot be read: Permission denied"
    assert done["test_open.py"].changed


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RecursionError(), "nested too deeply to be analysed"),
        (KeyError("x"), "a mistake of this program, please report it: KeyError: 'x'"),
    ],
)
def test_what_goes_wrong_with_one_file_stays_with_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def failing(*_: object) -> Plan:
        raise error

    monkeypatch.setattr(plans, "plan_source", failing)
    outcome = migrated(Planner(lambda _: Options()).text(Path("test_x.py"), b"x = 1\n"))
    assert outcome.problem is not None
    assert outcome.problem.message == message
    assert not outcome.changed
    assert "Traceback" not in text_of(outcome)
    assert ("Traceback" in text_of(outcome, verbose=True)) == isinstance(error, KeyError)


def test_what_needs_a_file_that_failed_is_left_alone() -> None:
    conftest = Outcome(Path("conftest.py"), None, b"new")
    needing = Outcome(Path("test_x.py"), b"old", b"new", needs=Path("conftest.py").resolve())
    free = Outcome(Path("test_y.py"), b"old", b"new")

    def act(outcome: Outcome) -> Outcome:
        return outcome.left_alone("full") if outcome is conftest else outcome

    done = list(carried_out([conftest, needing, free], act))
    assert [outcome.changed for outcome in done] == [False, False, True]
    assert text_of(done[1]) == "test_x.py: error: left alone: it needs conftest.py, see there"


def test_a_refusal_is_told_with_line_code_reason_and_advice() -> None:
    refused = site(Action.REVIEW, 7, code="CHM401", advice="do that")
    told = text_of(Outcome(Path("test_x.py"), b"", b"", sites=(refused,)))
    assert told.splitlines()[0] == "test_x.py: left as it is"
    assert "    7:5: CHM401" in told
    assert "10 review: because of this" in told
    assert told.splitlines()[-1].strip() == "do that"


def test_kept_numbers_and_rewritten_ones_are_told_on_demand() -> None:
    outcome = Outcome(
        Path("test_x.py"),
        b"",
        b"new",
        sites=(
            site(Action.KEEP, 3),
            site(Action.REWRITE, 4, replacement="scaled(10)", values={"0.5": 10, "4": 40.0}),
        ),
        unused_keeps=(9,),
    )
    brief = text_of(outcome)
    assert "3:5" not in brief
    assert "4:5" not in brief
    assert "9: # chaos: keep keeps nothing back here" in brief
    assert "10 kept: because of this" in text_of(outcome, show_kept=True)
    assert "10 -> scaled(10) (10 at 0.5, 40 at 4)" in text_of(outcome, verbose=True)


def test_the_sums_say_what_changes_and_what_holds_the_tests() -> None:
    tally = Tally()
    tally.add(
        Outcome(
            Path("test_x.py"),
            b"",
            b"new",
            sites=(
                site(Action.REWRITE, 1, group=1),
                site(Action.REWRITE, 2, group=1, code="CHM203"),
                site(Action.REVIEW, 3),
                site(Action.KEEP, 4),
            ),
            shrinks=(Shrink("test_x", 1, True, ""), Shrink("test_y", 5, False, "its maximum")),
        )
    )
    tally.add(Outcome.failed(Path("test_y.py"), "broken"))
    told = "\n".join(
        "".join(span if isinstance(span, str) else span[0] for span in line)
        for line in summary_lines(tally, applied=False)
    )
    assert "1 of 2 files would change: 2 numbers in 1 group (CHM101" in told
    assert "1 number left for a person to look at" in told
    assert "1 number kept" in told
    assert "Can shrink on a small machine: 1 of 2 tests" in told
    assert "1 file could not be handled." in told


def test_numbers_of_a_file_that_is_left_alone_are_not_counted_as_rewritten() -> None:
    tally = Tally()
    outcome = Outcome(Path("x.py"), b"", b"new", sites=(site(Action.REWRITE, 1, group=1),))
    tally.add(outcome.left_alone("dirty"))
    assert (tally.changed, tally.groups, tally.failed) == (0, 0, 1)
    assert not tally.rewritten
