"""What reaches a terminal can be seen, not obeyed."""

from __future__ import annotations

import io
import os
import subprocess

import pytest

from chaos_migrate.cli.terminal import Prose, folded, printer, quoted, visible, wants_colour

NASTY = "a\x1b[31m\x07\r\n\x9b\u202e\u2028" + os.fsdecode(b"\xff")


def test_control_characters_are_shown_as_escapes() -> None:
    assert visible(NASTY) == "a\\x1b[31m\\x07\\x0d\\x0a\\x9b\\u202e\\u2028\\xff"


def test_ordinary_text_of_any_language_is_left_as_it_is() -> None:
    assert visible("täst 測試 → [red]list[int][/red]\tx") == "täst 測試 → [red]list[int][/red]\tx"


@pytest.mark.parametrize("colour", [True, False])
def test_printed_lines_hold_nothing_raw_and_lose_no_brackets(colour: bool) -> None:
    stream = io.StringIO()
    printer(stream, colour)(("list[int] ", (NASTY, "red")))
    printed = stream.getvalue()
    assert "list[int]" in printed
    assert "\\x1b[31m" in printed
    assert "\x07" not in printed
    assert ("\x1b[31m" in printed) is colour


def test_long_lines_are_not_wrapped() -> None:
    stream = io.StringIO()
    printer(stream, True)(("x" * 500,))
    assert "x" * 500 in stream.getvalue()


@pytest.mark.parametrize("word", ["plain", "with space", "it's", "tab\there", "new\nline", NASTY])
def test_a_quoted_word_is_read_by_the_shell_as_it_was(word: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"printf %s {quoted(word)}"], capture_output=True, check=True
    )
    assert os.fsdecode(done.stdout) == word
    assert visible(quoted(word)) == quoted(word)


def test_colour_follows_the_option_then_no_color_then_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour("auto", Terminal())
    assert not wants_colour("auto", io.StringIO())
    assert not wants_colour("never", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour("auto", Terminal())
    assert wants_colour("always", io.StringIO())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour("auto", Terminal())


def test_prose_is_folded_between_words_with_its_styles_and_its_margin() -> None:
    line = Prose(("  seven ", ("packets are", "bold"), " the fewest"))
    assert [*folded(line, 15)] == [
        ("  ", "seven", " ", ("packets", "bold")),
        ("  ", ("are", "bold"), " ", "the"),
        ("  ", "fewest"),
    ]
    assert [*folded(line, 80)] == [line]
    assert [*folded(Prose(("x" * 30,)), 10)] == [("x" * 30,)]


def test_code_is_never_folded() -> None:
    line = ("    chaos-migrate tests/chaos --apply",)
    assert [*folded(line, 10)] == [line]
