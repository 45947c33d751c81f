"""`chaos-migrate explain`: rules by their pages, and numbers by the chain of reasoning."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli.explaining.rules import rule_lines
from chaos_migrate.codemods.rules import RULES

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

TEXT = """\
import time


def test_packets(channel, settings):
    failures = 0
    for i in range(10):
        try:
            channel.send(f"packet-{i}")
        except ConnectionError:
            failures += 1
    assert failures <= 3, "Threshold exceeded"
    assert settings.port == 5432


def test_until_it_breaks(client):
    served = 0
    for _ in range(100):
        if not client.send():
            break
        served += 1
    assert served >= 90


def test_retries(client):
    for _ in range(4):
        time.sleep(0.5)
        client.ping()


def test_plain(client):
    assert client.get("/", timeout=2.5) == 200


LIMIT = 7
"""


@pytest.fixture
def suite(work: Workplace) -> Workplace:
    work.write("test_it.py", TEXT)
    return work


def line_of(text: str) -> int:
    return TEXT[: TEXT.index(text)].count("\n") + 1


def explained(work: Workplace, text: str) -> str:
    done = work.run("explain", f"test_it.py:{line_of(text)}")
    assert (done.code, done.err) == (0, "")
    return done.text


def test_alone_it_lists_every_rule(work: Workplace) -> None:
    listed = work.run("explain").text
    for code, rule in RULES.items():
        assert f"{code}  {rule.name}" in listed
        assert rule.summary in listed


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_told_with_its_page_and_an_example(code: str) -> None:
    rule = RULES[code]
    lines = [
        [span if isinstance(span, str) else span[0] for span in line] for line in rule_lines(rule)
    ]
    page = "".join("".join(line) + "\n" for line in lines)
    assert page.startswith(f"{code} {rule.name}\n{rule.summary}\n")
    for heading in rule.page:
        assert f"\n{heading}\n" in page
    assert "\nExample: " in page


def test_a_rule_is_found_by_its_name_and_in_small_letters(work: Workplace) -> None:
    pages = {work.run("explain", name).text for name in ("CHM101", "chm101", "hardcoded-range")}
    assert len(pages) == 1


def test_an_example_is_shown_as_a_diff(work: Workplace) -> None:
    page = work.run("explain", "CHM201").text
    assert "    -    assert failures <= 10" in page
    assert "    +    assert failures <= max_failures" in page


def test_a_count_tells_what_it_repeats_and_what_depends_on_it(suite: Workplace) -> None:
    told = explained(suite, "range(10)")
    assert "test_it.py:6  in test_packets" in told
    assert "10 would be rewritten: CHM101 hardcoded-range  (column 20)" in told
    assert "The loop on line 6 makes 10 attempts" in told
    assert "3 on line 11 (CHM201) depends on it." in told
    assert "It becomes 7 at load 0.5, 10 at load 1 and 40 at load 4." in told
    assert "Written as chaos_config.scaled(10, floor=7)" in told


def test_a_threshold_tells_what_it_counts_and_of_how_many(suite: Workplace) -> None:
    told = explained(suite, "<= 3")
    assert (
        "`failures` counts the 10 trials of the loop on line 6, at most one each, "
        "so 3 is at most 3 of 10."
    ) in told
    assert "It depends on 10 on line 6." in told
    assert "It becomes 3 of 7 at load 0.5, 3 of 10 at load 1 and 12 of 40 at load 4." in told


def test_a_rate_is_told_in_trials_as_well(work: Workplace) -> None:
    work.write(
        "test_it.py",
        """\
def test_rate(client):
    answered = 0
    for i in range(20):
        try:
            client.ask(i)
            answered += 1
        except TimeoutError:
            pass
    rate = answered / 20
    assert rate >= 0.85
""",
    )
    told = work.run("explain", "test_it.py:10").text
    assert "0.85 at load 1 (3 of 20)" in told
    assert re.search(r"at load 0\.5 \(\d+ of \d+ may go wrong\)", told)
    assert "at load 4 (12 of 80)." in told


def test_a_limit_in_another_file_is_not_given_a_line_of_this_one(work: Workplace) -> None:
    work.write(
        "pool.py",
        """\
class Pool:
    def __init__(self):
        self.size = 20
        self.active_connections = 0

    def connect(self):
        if self.active_connections >= self.size:
            raise RuntimeError("exhausted")
        self.active_connections += 1
        self.active_connections -= 1
""",
    )
    work.write(
        "test_it.py",
        """\
import threading

from pool import Pool


def test_threads():
    pool = Pool()
    threads = [threading.Thread(target=pool.connect) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pool.active_connections == 0
""",
    )
    told = work.run("explain", "test_it.py:8").text
    assert "20 left for a person: CHM408" in told
    assert "See line" not in told


def test_a_count_whose_loop_stands_elsewhere_names_its_line(work: Workplace) -> None:
    work.write(
        "test_it.py",
        """\
def rows(size):
    return [{"id": i} for i in range(size)]


def test_rows(client):
    client.load(rows(70))
""",
    )
    told = work.run("explain", "test_it.py:6").text
    assert "The comprehension on line 2 makes or reads data and attempts nothing." in told


def test_a_refused_count_tells_why_and_what_its_bound_has_to_do_with_it(suite: Workplace) -> None:
    count, bound = explained(suite, "range(100)"), explained(suite, ">= 90")
    assert "100 left for a person: CHM401 early-exit" in count
    assert "More about this: chaos-migrate explain CHM401" in count
    assert "90 stays" in bound
    assert "`served >= 90` judges what the 100 trials of the loop on line 17 give." in bound
    assert "Those stay, and this with them" in bound


def test_numbers_that_are_no_load_are_told_by_what_they_are(suite: Workplace) -> None:
    assert "judges `settings.port`, into which no count flows that scales" in explained(
        suite, "5432"
    )
    assert "A small count is a scenario" in explained(suite, "range(4)")
    assert "`time.sleep(0.5)` waits: that orders events" in explained(suite, "sleep(0.5)")
    plain = explained(suite, "timeout=2.5")
    assert "It is `timeout`, a setting given to `client.get`." in plain
    assert "Nothing in `test_plain` runs more than once" in plain
    assert "It stands outside of the tests" in explained(suite, "LIMIT = 7")


def test_a_line_without_a_number_says_so(suite: Workplace) -> None:
    assert "There is no number on this line." in explained(suite, "import time")


def test_columns_count_characters(work: Workplace) -> None:
    work.write("test_it.py", 'def test_x(p):\n    assert p["äöü"] == 200\n')
    assert "200 stays  (column 24)" in work.run("explain", "test_it.py:2").text


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("CHM999", "is no rule and no FILE:LINE"),
        ("test_it.py", "needs a line: test_it.py:1"),
        ("test_it.py:999", "has no line 999"),
        ("nowhere.py:3", "no such file"),
        ("broken.py:1", "syntax error"),
    ],
)
def test_what_cannot_be_explained_is_wrong_usage(suite: Workplace, what: str, said: str) -> None:
    suite.write("broken.py", "def (:\n")
    done = suite.run("explain", what)
    assert done.code == 2
    assert said in done.err


def test_explaining_loads_neither_libcst_nor_rich(suite: Workplace) -> None:
    check = (
        "import sys; sys.argv = ['chaos-migrate', 'explain', 'test_it.py:6']\n"
        "from chaos_migrate.cli.__main__ import _run\n"
        "_run(); sys.exit(any(m in sys.modules for m in ('libcst', 'rich')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=suite.folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
