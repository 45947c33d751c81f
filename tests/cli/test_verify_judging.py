"""What verify says of numbers: intervals, verdicts, identity, strength, causes."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from math import comb
from xml.etree import ElementTree

import pytest

from chaos_migrate.cli.verify import verify
from chaos_migrate.cli.verifying.as_html import as_html
from chaos_migrate.cli.verifying.as_json import as_json
from chaos_migrate.cli.verifying.as_markdown import as_markdown
from chaos_migrate.cli.verifying.causes import with_causes
from chaos_migrate.cli.verifying.certain import mirrored
from chaos_migrate.cli.verifying.experiment import AFTER, BEFORE, Arm, Results
from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.identity import Difference, compared
from chaos_migrate.cli.verifying.injection import Caught, caught, noticed_way, weaker
from chaos_migrate.cli.verifying.intervals import (
    Pairs,
    Passes,
    chance_of_fall,
    least_change,
    significant,
)
from chaos_migrate.cli.verifying.records import (
    HUNG,
    SKIPPED,
    Assertion,
    Bound,
    Comparison,
    Failure,
    Place,
    Run,
    TestRun,
)
from chaos_migrate.cli.verifying.spending import arms_of, rate_is_open
from chaos_migrate.cli.verifying.strength import Strength, strengths
from chaos_migrate.cli.verifying.text import plain, report_lines
from chaos_migrate.cli.verifying.verdicts import Cell, Verdict, judged


def test_wilson_gives_the_values_of_the_textbook() -> None:
    low, high = Passes(8, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert Passes(0, 10).interval()[0] == 0
    assert Passes(10, 10).interval() == (pytest.approx(0.7225, abs=1e-4), 1)
    assert Passes(0, 0).interval() == (0, 1)


@pytest.mark.parametrize("p", [0.5, 0.9, 0.98])
def test_wilson_covers_the_true_rate_about_as_often_as_it_says(p: float) -> None:
    covered = sum(
        comb(40, k) * p**k * (1 - p) ** (40 - k)
        for k in range(41)
        if Passes(k, 40).interval()[0] <= p <= Passes(k, 40).interval()[1]
    )
    assert 0.92 <= covered <= 0.99


def test_fishers_test_counts_the_ways() -> None:
    assert chance_of_fall(Passes(3, 3), Passes(0, 3)) == pytest.approx(1 / comb(6, 3))
    assert chance_of_fall(Passes(3, 3), Passes(3, 3)) == 1
    assert chance_of_fall(Passes(0, 3), Passes(3, 3)) == 1


def test_twenty_five_clean_runs_exclude_a_fall_by_ten_points_and_ten_do_not() -> None:
    assert least_change(Passes(25, 25), Passes(25, 25)) > -0.10
    assert least_change(Passes(10, 10), Passes(10, 10)) < -0.10


def test_runs_that_go_alike_tell_more_than_runs_that_do_not() -> None:
    assert Pairs(0, 0, 24).least_change() < -0.10 < Pairs(0, 0, 25).least_change()
    apart, alone = Pairs(10, 10, 40).least_change(), least_change(Passes(20, 40), Passes(20, 40))
    assert apart == pytest.approx(alone, abs=0.01)
    assert Pairs(1, 1, 40).least_change() > -0.10
    assert Pairs(40, 0, 40).least_change() == -1
    assert Pairs(0, 0, 0).least_change() == -1


@pytest.mark.parametrize(("lost", "gained"), [(0.15, 0.05), (0.3, 0.2)])
def test_a_fall_by_ten_points_is_rarely_taken_for_a_smaller_one(lost: float, gained: float) -> None:
    dice = random.Random(3)
    wrong = 0
    for _ in range(1000):
        drawn = [dice.random() for _ in range(40)]
        pairs = Pairs(
            sum(d < lost for d in drawn), sum(lost <= d < lost + gained for d in drawn), 40
        )
        wrong += pairs.least_change() > -0.10
    assert wrong <= 70


def test_holm_is_stricter_the_more_is_looked_at() -> None:
    assert significant([0.004], 0.01) == [True]
    assert significant([0.004, 0.5, 0.6], 0.01) == [False, False, False]
    assert significant([0.5, 0.004, 0.002], 0.01) == [False, True, True]


def verdict(before: Passes, after: Passes, looks: int = 1) -> Cell:
    (cell,) = judged([Cell("t", 4, before, after)], looks)
    return cell


def test_verdicts_follow_the_counts() -> None:
    assert verdict(Passes(30, 30), Passes(30, 30)).verdict is Verdict.SAME
    assert verdict(Passes(30, 30), Passes(15, 30)).verdict is Verdict.WORSE
    assert verdict(Passes(15, 30), Passes(30, 30)).verdict is Verdict.BETTER
    assert verdict(Passes(20, 40), Passes(20, 40)).verdict is Verdict.FLAKY
    assert verdict(Passes(0, 5), Passes(0, 5)).verdict is Verdict.UNDECIDED
    assert verdict(Passes(0, 25), Passes(0, 3)).verdict is Verdict.SAME
    assert verdict(Passes(2, 2), Passes(2, 2)).verdict is Verdict.UNDECIDED


def test_undecided_says_how_many_runs_would_decide_and_they_do() -> None:
    cell = verdict(Passes(10, 10), Passes(10, 10))
    assert cell.verdict is Verdict.UNDECIDED
    assert cell.more is not None
    enough = 10 + cell.more
    assert verdict(Passes(enough, enough), Passes(enough, enough)).verdict is Verdict.SAME


def test_a_flaky_test_is_decided_sooner_where_the_same_seeds_fail() -> None:
    counts = Passes(20, 40)
    (apart, alike) = judged(
        [Cell("a", 4, counts, counts), Cell("b", 4, counts, counts, pairs=Pairs(1, 1, 40))], 1
    )
    assert apart.verdict is alike.verdict is Verdict.FLAKY
    assert apart.more is not None
    assert 60 < apart.more < 150
    assert alike.decided


def results(*outcomes: str, first: int = 0) -> Results:
    found = Results()
    for seed, outcome in enumerate(outcomes, start=first):
        found.add(seed, Run(tests={"t": TestRun(outcome)}))
    return found


def test_runs_are_paired_by_their_seeds() -> None:
    old, new = results("passed", "passed", "failed"), results("passed", "failed", "passed")
    assert old.pairs(new, "t") == Pairs(1, 1, 3)
    assert old.pairs(results("passed", "failed"), "t") == Pairs(1, 0, 2)
    assert old.pairs(results("passed", "failed", SKIPPED), "t") is None
    assert old.pairs(results("passed", "failed", "failed", first=1), "t") is None
    assert old.pairs(Results(), "t") is None


def flaky(seed: int, end: str = "") -> TestRun:
    return TestRun("failed" if seed % 3 else "passed", chance=True, end=end or str(seed))


@pytest.mark.parametrize("load", [0.5, 1])
def test_the_same_dice_and_outcomes_in_a_dozen_runs_need_no_counting(load: float) -> None:
    cell = Cell("t", load, Passes(4, 12), Passes(4, 12))
    runs = [flaky(seed) for seed in range(12)]
    found = mirrored(cell, runs, runs)
    assert found is not None
    assert found.verdict is Verdict.FLAKY
    assert found.decided
    assert mirrored(cell, runs[:11], runs[:11]) is None
    passing, failing = ([TestRun(end, chance=True)] * 12 for end in ("passed", "failed"))
    for passed, steady in ((12, passing), (0, failing)):
        same = mirrored(replace(cell, before=Passes(passed, 12)), steady, steady)
        assert same is not None
        assert same.verdict is Verdict.SAME
    assert mirrored(cell, passing, failing) is None


def test_a_flaky_test_is_no_less_flaky_where_the_runs_of_both_passed() -> None:
    passing = [TestRun("passed", chance=True)] * 12
    found = mirrored(Cell("t", 1, Passes(23, 25), Passes(12, 12)), passing, passing)
    assert found is not None
    assert found.verdict is Verdict.FLAKY


def test_the_old_version_runs_until_its_rate_is_known() -> None:
    passing, failing = TestRun("passed", chance=True), TestRun("failed", chance=True)
    steady = [TestRun("passed")] * 3
    assert not rate_is_open(steady, 40, 0.07)
    assert rate_is_open([replace(passing, end=str(n)) for n in range(39)], 40, 0.07)
    assert not rate_is_open([replace(passing, end=str(n)) for n in range(40)], 200, 0.07)
    assert rate_is_open([passing] * 38 + [failing], 40, 0.07)
    assert not rate_is_open([passing] * 38 + [failing], 39, 0.07)
    assert rate_is_open([passing, failing] * 90, 300, 0.07)
    assert not rate_is_open([passing, failing] * 100, 300, 0.07)
    assert rate_is_open([passing, failing] * 100, 300, 0.05)
    assert rate_is_open([replace(passing, end=str(n)) for n in range(180)], 300, 0.01)
    assert not rate_is_open([replace(passing, end=str(n)) for n in range(200)], 300, 0.01)


def test_the_precision_is_given_in_points() -> None:
    context = verify.make_context("verify", ["--precision", "3", "."])
    assert context.params["precision"] == 0.03


def test_what_never_passes_costs_runs_of_the_old_version_only() -> None:
    cell = Cell("t", 4, Passes(0, 6), Passes(0, 6))
    assert arms_of(cell, Arm(BEFORE, 1)) == (Arm(BEFORE, 1),)
    cell = Cell("t", 4, Passes(0, 6), Passes(1, 6))
    assert arms_of(cell, Arm(BEFORE, 1)) == (Arm(BEFORE, 1), Arm(AFTER, 4))


def test_other_dice_at_another_load_need_counting() -> None:
    runs = [flaky(seed) for seed in range(12)]
    other = [flaky(seed, end="other") for seed in range(12)]
    assert mirrored(Cell("t", 4, Passes(4, 12), Passes(4, 12)), runs, other) is None
    threads = [TestRun("passed", threads=True)] * 12
    assert mirrored(Cell("t", 4, Passes(12, 12), Passes(12, 12)), threads, threads) is None
    assert mirrored(Cell("t", 1, Passes(12, 12), Passes(12, 12)), threads, threads) is not None


def test_healthy_suites_are_hardly_ever_called_worse() -> None:
    dice = random.Random(1)

    def passes() -> Passes:
        return Passes(sum(dice.random() < 0.9 for _ in range(40)), 40)

    wrong = 0
    for _ in range(100):
        cells = [Cell(str(number), 4, passes(), passes()) for number in range(20)]
        wrong += any(cell.verdict is Verdict.WORSE for cell in judged(cells, looks=5))
    assert wrong <= 2


def test_a_bound_scaled_by_plain_int_is_seen_by_its_pass_rate() -> None:
    dice = random.Random(1)

    def passes(trials: int, allowed: int) -> Passes:
        bad = [sum(dice.random() < 0.15 for _ in range(trials)) for _ in range(100)]
        return Passes(sum(b <= allowed for b in bad), 100)

    assert verdict(passes(10, 3), passes(5, 1), looks=6).verdict is not Verdict.SAME
    assert verdict(passes(10, 3), passes(7, 3), looks=6).verdict is not Verdict.WORSE


def assertion(
    line: int, text: str, *values: str, numbers: tuple[Comparison, ...] = ()
) -> Assertion:
    place = Place("test_x.py", line, "test")
    return Assertion(place, text, len(values), tuple((value, numbers) for value in values))


def run(*assertions: Assertion, threads: bool = False, outcome: str = "passed") -> TestRun:
    return TestRun(outcome, assertions=assertions, threads=threads)


def difference(old: TestRun, again: TestRun, new: TestRun) -> str | None:
    found = compared("t", [old], again, [new])
    return found.what if found else None


def test_the_same_values_under_other_names_are_the_same_test() -> None:
    old = run(assertion(3, "failures <= 3", "1 <= 3"))
    new = run(assertion(5, "failures <= max_failures", "1 <= 3"))
    assert difference(old, old, new) is None


def test_another_bound_or_operator_is_a_difference() -> None:
    old = run(assertion(3, "rate >= 0.9", "0.95 >= 0.9"))
    for value in ("0.95 >= 0.85", "0.95 > 0.9", "0.96 >= 0.9"):
        assert value in (difference(old, old, run(assertion(3, "rate >= x", value))) or "")


def test_numbers_count_and_not_the_expressions_they_came_from() -> None:
    numbers: tuple[Comparison, ...] = ((100, "==", 100),)
    old = run(assertion(3, "total == 100", "100 == 100", numbers=numbers))
    new = run(assertion(3, "total == n * 20", "100 == (5 * 20)", numbers=numbers))
    assert difference(old, old, new) is None


def test_a_dropped_assertion_is_named() -> None:
    kept, dropped = assertion(3, "done == 10", "10 == 10"), assertion(4, "bad <= 3", "1 <= 3")
    what = difference(run(kept, dropped), run(kept, dropped), run(kept))
    assert what == "an assertion is gone: `assert bad <= 3`"


def test_a_loop_that_asserts_less_often_is_named() -> None:
    old, new = (run(assertion(3, "ok", *["True"] * n)) for n in (10, 9))
    assert "carried out 10 times, now 9" in (difference(old, old, new) or "")


def test_what_differs_by_itself_is_no_difference() -> None:
    old, again, new = (
        run(assertion(3, "elapsed < 2", f"{seconds} < 2")) for seconds in (0.11, 0.12, 0.13)
    )
    assert difference(old, again, new) is None
    assert difference(old, again, run(assertion(3, "elapsed < x", "0.13 < 3"))) is not None


def test_what_a_second_run_never_came_to_is_not_compared() -> None:
    old, new = (run(assertion(3, "elapsed < 2", f"{seconds} < 2")) for seconds in (0.11, 0.13))
    assert difference(old, run(outcome="failed"), new) is None


def test_every_seed_is_compared_not_only_the_first() -> None:
    olds = [run(assertion(3, "bad <= 3", f"{bad} <= 3")) for bad in (1, 2)]
    news = [olds[0], run(assertion(3, "bad <= n", "1 <= 3"))]
    assert compared("t", olds, olds[0], olds) is None
    assert compared("t", olds, olds[0], news) is not None


def test_threads_are_only_blamed_for_what_every_seed_shows() -> None:
    old, new = (run(assertion(3, "a == b", f"{n} == 2"), threads=True) for n in (2, 1))
    assert compared("t", [old, old], old, [new, old]) is None
    assert compared("t", [old, old], old, [new, new]) is not None


def bounded(method: str, limit: float, operator: str, **arguments: float) -> TestRun:
    comparison: Comparison = (1, operator, limit)
    return TestRun(
        "passed",
        assertions=(assertion(3, "x", "1", numbers=(comparison,)),),
        bounds=(Bound(method, dict(arguments), limit),),
    )


@pytest.mark.parametrize(
    ("run", "says", "problem"),
    [
        (bounded("max_count", 12, "<=", trials=40), "up to 12 of 40", ""),
        (bounded("max_count", 12, "<", trials=40), "up to 11 of 40", ""),
        (bounded("min_count", 6, ">=", trials=10), "6 or more of 10", ""),
        (bounded("min_rate", 0.85, ">=", trials=10), "9 or more of 10", ""),
        (bounded("max_count", 5, "<=", trials=5), "up to 5 of 5", "none of 0 to 5 can fail it"),
        (bounded("min_count", 6, ">", trials=6), "nothing", "nothing of 6 can pass it"),
        (bounded("time_limit", 2.0, "<"), "up to 2 s", ""),
    ],
)
def test_a_bound_is_tried_with_everything_that_could_come(
    run: TestRun, says: str, problem: str
) -> None:
    (strength,) = strengths("t", 4, [run])
    assert (strength.lets_pass, strength.problem) == (says, problem)


def test_operands_may_stand_on_either_side_and_in_the_failing_assertion() -> None:
    place = Place("test_x.py", 3, "test")
    failing = TestRun(
        "failed",
        failure=Failure(place, "assert 3 >= x", ((3, ">=", 4),)),
        bounds=(Bound("max_count", {"trials": 10}, 3),),
    )
    (strength,) = strengths("t", 1, [failing])
    assert strength.lets_pass == "up to 3 of 10"


def test_a_weaker_assertion_is_told_by_what_it_misses() -> None:
    notices, misses = [TestRun("failed")] * 20, [TestRun("passed")] * 20
    (found,) = weaker([caught("t", 4, notices, misses)])
    assert found.weaker
    (found,) = weaker([caught("t", 4, notices, notices)])
    assert not found.weaker


def test_a_test_with_fewer_trials_may_notice_less_but_not_little() -> None:
    old, half, little = (
        [TestRun("failed")] * n + [TestRun("passed")] * (20 - n) for n in (20, 10, 1)
    )
    assert [each.weaker for each in weaker([caught("t", 0.5, old, half)])] == [False]
    assert [each.weaker for each in weaker([caught("t", 4, old, half)])] == [True]
    assert [each.weaker for each in weaker([caught("t", 0.5, old, little)])] == [True]


def test_the_old_version_says_in_which_direction_things_go_wrong() -> None:
    notices, misses = [TestRun("failed")], [TestRun("passed")]
    assert noticed_way((0.3, -0.3), (misses, notices)) == -0.3
    assert noticed_way((0.3, -0.3), (misses, misses)) is None


def worse_at(*loads: float, threads: bool = False, outcome: str = "failed") -> str:
    counts = Passes(10, 10)
    cells = [
        Cell("t", load, counts, counts, Verdict.WORSE if load in loads else Verdict.SAME)
        for load in (0.5, 1, 4)
    ]
    failing = TestRun(outcome, threads=threads)
    causes = [cell.cause for cell in with_causes(cells, {load: [failing] for load in loads})]
    return next(filter(None, causes))


def test_the_pattern_of_loads_names_the_cause() -> None:
    assert "too tight for few trials" in worse_at(0.5)
    assert "a capacity" in worse_at(4)
    assert "contention" in worse_at(4, threads=True)
    assert "no longer the same test" in worse_at(0.5, 1, 4)
    assert "Barrier" in worse_at(4, outcome=HUNG)


def test_other_draws_with_the_same_seed_are_a_difference() -> None:
    old, new = TestRun("passed", chance=True, end="1"), TestRun("passed", chance=True, end="2")
    assert "other random numbers" in (difference(old, old, new) or "")
    assert difference(old, new, new) is None


FINDINGS = Findings(
    titles=("the suite at <b>", "the same, migrated"),
    loads=(0.5, 1.0),
    cells=(
        Cell(
            "test_x.py::test_a[<b>|]", 0.5, Passes(9, 9), Passes(1, 9), Verdict.WORSE, cause="<b>"
        ),
        Cell("test_x.py::test_a[<b>|]", 1, Passes(9, 9), Passes(9, 9), Verdict.SAME),
        Cell("test_x.py::test_b", 0.5, Passes(5, 9), Passes(5, 9), Verdict.FLAKY, more=70),
        Cell("test_x.py::test_b", 1, Passes(5, 9), Passes(5, 9), Verdict.WORSE, "x.py:3: gone"),
    ),
    compared=2,
    differences=(Difference("test_x.py::test_b", "an assertion is gone: `<b>`", "test_x.py:3"),),
    wavering=("test_x.py::test_b",),
    strengths=(Strength("t", 0.5, "test_x.py:9", "a <b> c", "all", "nothing can fail it"),),
    injected=0.3,
    caught=(Caught("t", 1, "test_x.py:9 `<b>`", Passes(20, 20), Passes(2, 20), True),),
    notes=("a note \x1b[31m",),
    runs=40,
    seconds=12.3,
)


@pytest.mark.parametrize("form", [as_html, as_markdown])
def test_pages_show_everything_and_no_markup_of_the_suite(form: Callable[[Findings], str]) -> None:
    page = form(FINDINGS)
    assert "something became worse" in page
    assert "<b>" not in page
    assert "\x1b" not in page
    for said in (
        "BASELINE FLAKY",
        "1/9 = 11 % (2 % to 43 %)",
        "x.py:3: gone",
    ):
        assert said in page


def test_the_page_has_a_chart_for_each_test_and_is_well_formed() -> None:
    page = as_html(FINDINGS)
    assert page.count("<svg") == 2
    for chart in re.findall(r"<svg.*?</svg>", page):
        ElementTree.fromstring(chart)


def test_the_text_names_what_is_worse_and_what_to_do() -> None:
    text = "\n".join(map(plain, report_lines(FINDINGS)))
    assert "load 0.5  WORSE" in text
    assert "passes 9/9 = 100 % (70 % to 100 %) before, 1/9 = 11 % (2 % to 43 %) after" in text
    assert "more is excluded; about 70 more runs would decide: --runs 79" in text
    assert "the author's bound is wrong" in text
    assert "nothing can fail it" in text
    assert "WEAKER" in text
    assert text.endswith("something became worse.")


def test_what_hangs_in_both_versions_is_named_all_the_same() -> None:
    hung = Cell("t", 1, Passes(0, 1), Passes(0, 1), Verdict.SAME, "hung: killed after 5 s")
    text = "\n".join(map(plain, report_lines(replace(FINDINGS, cells=(hung,)))))
    assert "t  hung: killed after 5 s" in text


def test_json_is_complete() -> None:
    report = json.loads(as_json(FINDINGS))
    assert report["version"] == 1
    assert report["tests"][0]["cells"][0]["after"] == {
        "passed": 1, "runs": 9, "rate": 0.1111, "low": 0.0199, "high": 0.4350
    }  # fmt: skip
    assert report["summary"]["verdicts"] == {"WORSE": 2, "SAME": 1, "BASELINE FLAKY": 1}
