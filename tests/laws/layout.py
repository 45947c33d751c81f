"""Odd layout: one program with comments, blank lines and breaks wherever Python allows them."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

COMMENTS = ("#", "# of them", "#: 10", "# noqa: B007", "# type: ignore", "# ü → 10", "#\t#", "# \\")
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True)
class Layout:
    """How odd a program is laid out; the densities are chances at each legal place."""

    comments: float = 0
    breaks: float = 0
    spaces: float = 0
    indentation: str = "    "
    line_end: str = "\n"
    encoding: str = "utf-8"
    bom: bool = False
    last_line_ends: bool = True
    seed: int = 0

    def applied(self, text: str) -> bytes:
        """The program `text` (indented by four blanks) laid out like this, as bytes of a file."""
        text = self._dressed(text)
        if not self.last_line_ends:
            text = text.rstrip("\n")
        if self.encoding != "utf-8":
            text = f"# -*- coding: {self.encoding} -*-\n{text}"
        data = text.replace("\n", self.line_end).encode(self.encoding, "replace")
        return b"\xef\xbb\xbf" + data if self.bom and self.encoding == "utf-8" else data

    def _dressed(self, text: str) -> str:
        random = Random(self.seed)
        words: list[str] = []
        level = depth = 0
        inside_fstring = 0
        new_line = True
        before = (1, 0)
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            if name in ("INDENT", "DEDENT"):
                level += 1 if name == "INDENT" else -1
            elif name == "ENDMARKER":
                break
            elif name in ("NEWLINE", "NL"):
                if not new_line and random.random() < self.comments and not inside_fstring:
                    words.append("  " + random.choice(COMMENTS))
                words.append("\n")
                new_line = name == "NEWLINE" or new_line
                if name == "NEWLINE" or not depth:
                    new_line = True
            else:
                if new_line:
                    words += self._above(random, level)
                    words.append(self.indentation * level)
                elif not inside_fstring:
                    gap = " " if token.start > before else ""
                    words.append(self._between(random, gap, depth, level))
                else:
                    gap = text.splitlines(keepends=True)[token.start[0] - 1]
                    words.append(gap[before[1] : token.start[1]])
                new_line = False
                words.append(token.string)
                depth += (token.string in _OPEN) - (token.string in _CLOSE)
                inside_fstring += (name == "FSTRING_START") - (name == "FSTRING_END")
            before = token.end
        return "".join(words)

    def _above(self, random: Random, level: int) -> list[str]:
        """Lines above a line."""
        if random.random() >= self.comments:
            return []
        where = self.indentation * random.choice([0, level, level + 1])
        return [
            random.choice([f"{where}{random.choice(COMMENTS)}\n", "\n", f"{where}\n", "\x0c\n"])
        ]

    def _between(self, random: Random, gap: str, depth: int, level: int) -> str:
        """What separates two tokens of a line."""
        if random.random() < self.breaks:
            margin = self.indentation * level + " " * random.randrange(9)
            if not depth:
                return f" \\\n{margin}" if gap else gap
            comment = f"  {random.choice(COMMENTS)}" if random.random() < 0.5 else ""
            return f"{comment}\n{margin}"
        if random.random() < self.spaces and gap:
            return random.choice(["  ", "\t", " \x0c "])
        return gap


def layouts() -> st.SearchStrategy[Layout]:
    """Layouts from the ordinary one to the very odd."""
    density = st.sampled_from([0, 0, 0.05, 0.3])
    return st.builds(
        Layout,
        comments=density,
        breaks=density,
        spaces=density,
        indentation=st.sampled_from(["    ", "    ", "  ", "\t", " "]),
        line_end=st.sampled_from(["\n", "\n", "\r\n"]),
        encoding=st.sampled_from(["utf-8", "utf-8", "latin-1", "koi8-r"]),
        bom=st.booleans(),
        last_line_ends=st.booleans(),
        seed=st.integers(0, 1_000_000),
    )
