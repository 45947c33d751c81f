"""The bytes of a migrated file: outside of the planned places they are its author's."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from chaos_migrate.codemods.edits import AddParameter, Edit, Insert, Replace
from chaos_migrate.codemods.source import Source


@dataclass(frozen=True)
class _Gap:
    """A place of the old text, and a pattern of what may stand there now."""

    start: int
    end: int
    pattern: str
    signature: tuple[tuple[str, ...], str] | None = None


def only_planned_places_differ(source: Source, edits: Sequence[Edit], new: bytes) -> None:
    """Raise AssertionError if anything else of the file was touched."""
    bom = b"\xef\xbb\xbf"
    assert new.startswith(bom) == source.data.startswith(bom)
    text = _Text(source.text)
    pattern, at = "", 0
    gaps = text.gaps(edits)
    for gap in gaps:
        pattern += re.escape(source.text[at : gap.start]) + gap.pattern
        at = gap.end
    pattern += re.escape(source.text[at:])
    match = re.fullmatch(pattern, new.decode(source.encoding), re.DOTALL)
    assert match, "something outside of the planned places differs"
    signatures = [gap.signature for gap in gaps if gap.signature]
    for (old, name), now in zip(signatures, match.groups(), strict=True):
        assert _only_gained(old, name, _words(now)), now


class _Text:
    """A text whose places are given as the lines and UTF-8 columns of `ast`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]

    def offset(self, line: int, column: int) -> int:
        start = self.starts[line - 1]
        return start + len(self.text[start:].encode()[:column].decode())

    def gaps(self, edits: Sequence[Edit]) -> list[_Gap]:
        """One gap a place, in the order of the text."""
        gaps = [self.replaced(edit) for edit in edits if isinstance(edit, Replace)]
        gaps += [self.signature(edit) for edit in edits if isinstance(edit, AddParameter)]
        inserts: dict[ast.stmt, list[str]] = {}
        for edit in edits:
            if isinstance(edit, Insert):
                inserts.setdefault(edit.before, []).append(edit.code)
        gaps += [self.inserted(before, codes) for before, codes in inserts.items()]
        return sorted(gaps, key=lambda gap: (gap.start, gap.end))

    def replaced(self, edit: Replace) -> _Gap:
        node = edit.node
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self.offset(node.lineno, node.col_offset)
        end = self.offset(node.end_lineno, node.end_col_offset)
        return _Gap(start, end, rf"\(?{re.escape(edit.code)}\)?")

    def inserted(self, before: ast.stmt, codes: list[str]) -> _Gap:
        decorators: list[ast.expr] = getattr(before, "decorator_list", [])
        first = decorators[0] if decorators else before
        at = self.offset(first.lineno, first.col_offset) - bool(decorators)
        line = self.starts[first.lineno - 1]
        lines = "".join(rf"{re.escape(code)}(?:\r\n|\r|\n)[ \t\f]*" for code in codes)
        if self.text[line:at].strip(" \t\f"):  # `if x: y` becomes a block of its own
            start = line + len(self.text[line:at].rstrip(" \t\f"))
            return _Gap(start, at, rf"(?:\r\n|\r|\n)[ \t]*{lines}")
        if isinstance(before, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return self.above(first.lineno, codes)
        return _Gap(at, at, lines)

    def above(self, line: int, codes: list[str]) -> _Gap:
        """Above a definition and the comments and blank lines that go with it, which stay there.

        A blank line may come between, where there is none.
        """
        first = line
        while first > 1 and self.is_bare(first - 1):
            first -= 1
        lines = "".join(rf"[ \t\f]*{re.escape(code)}(?:\r\n|\r|\n)" for code in codes)
        places = self.starts[first - 1 : line]
        start, end = places[0], places[-1]
        ways = (
            re.escape(self.text[start:place])
            + lines
            + r"(?:\r\n|\r|\n)?"
            + re.escape(self.text[place:end])
            for place in places
        )
        return _Gap(start, end, f"(?:{'|'.join(ways)})")

    def is_bare(self, line: int) -> bool:
        """Whether a line holds nothing but a comment."""
        return self.text[self.starts[line - 1] : self.starts[line]].strip()[:1] in ("", "#")

    def signature(self, edit: AddParameter) -> _Gap:
        """The parentheses behind the name; what is in them now is looked at on its own."""
        function = edit.function
        start = self.text.index("(", self.offset(function.lineno, function.col_offset))
        words, at = _words(self.text[start:]), start
        for word in words:
            at = self.text.index(word, at) + len(word)
        return _Gap(start, at, r"(\(.*?\))", (tuple(words), edit.name))


def _words(text: str) -> list[str]:
    """The tokens, comments included, from the parenthesis at the start of a text to its match."""
    words: list[str] = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        words += [token.string] if token.string.strip() else []
        depth += (token.string in "([{") - (token.string in ")]}") if words else 0
        if not depth:
            break
    return words


def _only_gained(old: Sequence[str], name: str, new: Sequence[str]) -> bool:
    """Whether the words `new` are the old ones with a parameter among them."""
    rest = iter(new)
    added: list[str] = []
    for word in old:
        for other in rest:
            if other == word:
                break
            added.append(other)
        else:
            return False
    return sorted([*added, *rest]) in (
        sorted(words) for words in ([name], [name, ","], [name, "*", ","], [name, "*", ",", ","])
    )
