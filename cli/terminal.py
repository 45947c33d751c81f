"""Putting text on a terminal: nothing raw, colours only where they are wanted."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from typing import TextIO

Span = str | tuple[str, str]
"""A piece of text, or a piece of text and the name of its style."""

Line = tuple[Span, ...]

_WIDTH = 80  # of a terminal that does not tell


class Prose(tuple[Span, ...]):
    """Words, folded where a terminal is too narrow; code and commands are no prose."""

    __slots__ = ()


# Everything that a terminal obeys or that reorders what a person reads: control characters, line
# separators, bidirectional overrides, and the lone surrogates that stand for undecodable bytes.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    """`text` with every character that could steer the terminal written as an escape."""
    return _UNPRINTABLE.sub(lambda match: _escape(match[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def quoted(argument: str) -> str:
    """One word of a shell command, safe to show and safe to paste."""
    if not _UNPRINTABLE.search(argument) and "\t" not in argument:
        return shlex.quote(argument)
    body = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\{byte:03o}"
        for byte in os.fsencode(argument)
    )
    return f"$'{body}'"


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Whether to colour `stream`, by `--color` and, for "auto", the terminal and NO_COLOR."""
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and stream.isatty()


def printer(stream: TextIO, colour: bool) -> Callable[[Line], None]:
    """A function that prints lines on `stream`; every span passes through `visible`."""
    show = _printer(stream, colour)
    if not stream.isatty():
        return show

    def show_folded(line: Line) -> None:
        for part in folded(line, _columns(stream)):
            show(part)

    return show_folded


def folded(line: Line, width: int) -> Iterator[Line]:
    """The line, prose in as many as it takes, each as far to the right as the first begins."""
    whole = "".join(map(_text, line))
    if not isinstance(line, Prose) or len(whole) <= width:
        yield line
        return
    margin = len(whole) - len(whole.lstrip())
    part: list[Span] = []
    used = 0
    for span in line:
        for word in re.findall(r"\s+|\S+", _text(span)):
            if used + len(word.rstrip()) > width and used > margin:
                yield tuple(part[:-1] if _text(part[-1]).isspace() else part)
                part, used = [" " * margin], margin
                if word.isspace():
                    continue
            part.append(word if isinstance(span, str) else (word, span[1]))
            used += len(word)
    yield tuple(part)


def _columns(stream: TextIO) -> int:
    """How wide a terminal is: standard error's may be none of standard output's."""
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _printer(stream: TextIO, colour: bool) -> Callable[[Line], None]:
    if not colour:
        return lambda line: print("".join(visible(_text(span)) for span in line), file=stream)
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=stream, force_terminal=True, no_color=False, color_system="standard", soft_wrap=True
    )

    def show(line: Line) -> None:
        text = Text()
        for span in line:
            text.append(visible(_text(span)), None if isinstance(span, str) else span[1])
        console.print(text)

    return show


def _text(span: Span) -> str:
    return span if isinstance(span, str) else span[0]
