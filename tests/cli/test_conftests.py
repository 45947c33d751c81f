"""Which conftest gets the fixtures, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos_migrate.cli.conftests import Conftests, Home, own_lines
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.run import with_fixtures
from chaos_migrate.fixtures_templates.region import update_conftest

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

OWN = """\
import pytest


@pytest.fixture{}
def {}():
    return object()
"""


def home(work: Workplace, test: str, given: str = "tests", configured: str | None = None) -> Home:
    """Where the fixtures of `test` live when the folder `given` is migrated."""
    work.write(test)
    conftests = Conftests(work.folder / given, Path(configured) if configured else None)
    return conftests.home(Path(test))


def test_the_fixtures_go_to_the_folder_given(work: Workplace) -> None:
    expected = Home(work.folder / "tests" / "conftest.py", "chaos_config")
    assert home(work, "tests/chaos/net/test_x.py") == expected


def test_a_region_above_the_folder_given_is_used_again(work: Workplace) -> None:
    work.write("tests/conftest.py", update_conftest(""))
    work.write("conftest.py", update_conftest(""))
    expected = Home(work.folder / "tests" / "conftest.py", "chaos_config")
    assert home(work, "tests/chaos/net/test_x.py", given="tests/chaos/net") == expected


def test_a_region_above_the_repository_is_out_of_reach(work: Workplace) -> None:
    work.write("conftest.py", update_conftest(""))
    (work.folder / "repo" / ".git").mkdir(parents=True)
    expected = Home(work.folder / "repo" / "conftest.py", "chaos_config")
    assert home(work, "repo/test_x.py", given="repo") == expected


def test_the_configured_conftest_wins(work: Workplace) -> None:
    work.write("tests/conftest.py", update_conftest(""))
    expected = Home(work.folder / "shared" / "conftest.py", "chaos_config")
    assert home(work, "tests/test_x.py", configured="shared/conftest.py") == expected


@pytest.mark.parametrize(
    "conftest",
    [
        OWN.format("", "chaos_config"),
        OWN.format("(name='chaos_config')", "make_config"),
        "from helpers import chaos_config\n",
        update_conftest(OWN.format("", "chaos_config"), "chaos_load"),
    ],
)
def test_beside_a_chaos_config_of_the_suite_ours_is_called_chaos_load(
    work: Workplace, conftest: str
) -> None:
    work.write("tests/conftest.py", conftest)
    expected = Home(work.folder / "tests" / "conftest.py", "chaos_load")
    assert home(work, "tests/chaos/test_x.py") == expected


def test_our_own_region_is_not_the_suites_chaos_config(work: Workplace) -> None:
    work.write("tests/conftest.py", update_conftest(OWN.format("", "other")))
    assert home(work, "tests/test_x.py").fixture == "chaos_config"


def test_chaos_load_is_put_where_the_suites_chaos_config_can_be_seen(work: Workplace) -> None:
    work.write("tests/db/conftest.py", OWN.format("", "chaos_config"))
    work.write("tests/conftest.py", update_conftest(""))
    deep = Home(work.folder / "tests" / "db" / "conftest.py", "chaos_load")
    outer = Home(work.folder / "tests" / "conftest.py", "chaos_config")
    assert home(work, "tests/db/test_x.py") == deep
    assert home(work, "tests/net/test_x.py") == outer


def changed(name: str, fixture: str | None = "chaos_config") -> Outcome:
    """The outcome of a file that was rewritten."""
    return Outcome(Path(name), b"old\n", b"new\n", fixture=fixture)


def passed_on(work: Workplace, *outcomes: Outcome) -> list[Outcome]:
    """What becomes of outcomes when `tests` is migrated."""
    return list(with_fixtures(outcomes, Conftests(work.folder / "tests")))


def test_the_conftest_comes_once_and_before_the_first_test_that_needs_it(work: Workplace) -> None:
    (work.folder / "tests").mkdir()
    done = passed_on(
        work,
        changed("tests/test_a.py", fixture=None),
        changed("tests/test_b.py"),
        changed("tests/test_c.py"),
    )
    assert [(outcome.path.name, outcome.adds_fixtures) for outcome in done] == [
        ("test_a.py", False),
        ("conftest.py", True),
        ("test_b.py", False),
        ("test_c.py", False),
    ]
    assert done[1].before is None
    assert done[1].after.decode() == update_conftest("")


def test_where_no_test_needs_the_fixtures_there_is_no_conftest(work: Workplace) -> None:
    done = passed_on(work, changed("tests/test_a.py", fixture=None))
    assert [outcome.path.name for outcome in done] == ["test_a.py"]


def test_a_conftest_that_has_the_fixtures_already_is_not_mentioned(work: Workplace) -> None:
    work.write("tests/conftest.py", update_conftest(""))
    done = passed_on(work, changed("tests/test_a.py"))
    assert [outcome.path.name for outcome in done] == ["test_a.py"]


def test_a_conftest_that_is_migrated_itself_changes_once(work: Workplace) -> None:
    conftest = Outcome(Path("tests/conftest.py"), b"a = 1\n", b"a = 2\n")
    done = passed_on(work, conftest, changed("tests/test_a.py"))
    assert [outcome.path.name for outcome in done] == ["conftest.py", "test_a.py"]
    assert done[0].before == b"a = 1\n"
    assert done[0].after.decode() == update_conftest("a = 2\n")


def test_a_conftest_may_need_the_fixtures_that_it_gets(work: Workplace) -> None:
    conftest = Outcome(Path("tests/conftest.py"), b"a = 1\n", b"a = 2\n", fixture="chaos_config")
    (only,) = passed_on(work, conftest)
    assert only.after.decode() == update_conftest("a = 2\n")


def test_a_conftest_deeper_down_waits_for_the_one_that_it_needs(work: Workplace) -> None:
    deep = Outcome(Path("tests/a/conftest.py"), b"a = 1\n", b"a = 2\n", fixture="chaos_config")
    done = passed_on(work, deep)
    assert [outcome.path.parent.name for outcome in done] == ["tests", "a"]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa = 1\r\n", b"# coding: latin-1\na = '\xfc'"])
def test_encoding_byte_order_mark_and_line_ends_of_a_conftest_stay(
    work: Workplace, data: bytes
) -> None:
    work.write("tests/conftest.py", data)
    conftest = passed_on(work, changed("tests/test_a.py"))[0]
    assert conftest.after.startswith(data)
    assert conftest.adds_fixtures
    assert (b"\r\n" in data) == (b"\r\n" in conftest.after)
    assert conftest.after.count(b"\r\n") in (0, conftest.after.count(b"\n"))


def test_a_conftest_that_cannot_take_the_fixtures_says_why(work: Workplace) -> None:
    work.write("tests/conftest.py", "class ChaosConfig(:\n")
    conftest, _ = passed_on(work, changed("tests/test_a.py"))
    assert conftest.problem is not None
    assert "syntax error" in conftest.problem.message
    assert conftest.problem.line == 1


def test_a_test_module_with_a_chaos_config_of_its_own_is_left_alone(work: Workplace) -> None:
    own = OWN.format("", "chaos_config").encode()
    test = Outcome(Path("tests/test_a.py"), own, own + b"x", fixture="chaos_config")
    done = passed_on(work, test)
    assert done[-1].problem is not None
    assert "a fixture chaos_config of its own" in done[-1].problem.message


def test_a_suite_that_injects_a_config_without_a_fixture_is_left_alone(work: Workplace) -> None:
    work.write(
        "tests/conftest.py",
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef give(request):\n"
        "    request.instance.chaos_config = 3\n",
    )
    done = passed_on(work, changed("tests/test_a.py"))
    assert done[-1].problem is not None
    assert "there is no such fixture" in done[-1].problem.message


def test_the_region_is_not_among_the_suites_own_lines() -> None:
    own = b"import pytest\n\n\ndef helper():\n    pass\n"
    with_region = update_conftest(own.decode()).encode()
    assert own_lines(with_region) == own_lines(own)
    assert own_lines(with_region + b"x = 1\n") != own_lines(own)
