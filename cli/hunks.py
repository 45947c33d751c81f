"""Unified hunks between two texts of which one is the other with small edits here and there.

`difflib` looks for the best alignment of any two texts: it takes quadratic time on long files, and
gives up on lines that are repeated often, of which tests are full. Edits are local here, so it is
enough to look, at each difference, for the nearest place from where both texts agree again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

Opcode = tuple[Literal["equal", "replace", "delete", "insert"], int, int, int, int]

_CONTEXT = 3
_AGREEMENT = 3
"""So many equal lines in a row count as "agree again"."""

_FARTHEST = 2000
"""Beyond so many lines of difference, the rest of the file is one difference."""

_SMALL = 10_000
"""Up to so many pairs of lines, a difference is worth the best alignment within it."""


def hunks(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[bytes]:
    """The lines of the hunks, headers included; each line as it is, with its own end."""
    for group in _Alignment(old, new).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        before, after = _range(first[1], last[2]), _range(first[3], last[4])
        yield b"@@ -%s +%s @@\n" % (before, after)
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (b" " + line for line in old[i1:i2])
            else:
                yield from (b"-" + line for line in old[i1:i2])
                yield from (b"+" + line for line in new[j1:j2])


class _Alignment(difflib.SequenceMatcher[bytes]):
    """difflib's grouping with context, over an alignment of our own."""

    def __init__(self, old: Sequence[bytes], new: Sequence[bytes]) -> None:
        super().__init__(None, (), ())
        self._opcodes = list(opcodes(old, new))

    def get_opcodes(self) -> list[Opcode]:
        return self._opcodes


def opcodes(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Opcode]:
    """How to turn one text into the other, in the manner of `difflib`."""
    i = j = 0
    while i < len(old) or j < len(new):
        k = 0
        while i + k < len(old) and j + k < len(new) and old[i + k] == new[j + k]:
            k += 1
        if k:
            yield "equal", i, i + k, j, j + k
            i, j = i + k, j + k
        skip_old, skip_new = _nearest_agreement(old, new, i, j)
        for tag, i1, i2, j1, j2 in _within(old[i : i + skip_old], new[j : j + skip_new]):
            yield tag, i + i1, i + i2, j + j1, j + j2
        i, j = i + skip_old, j + skip_new


def _nearest_agreement(
    old: Sequence[bytes], new: Sequence[bytes], i: int, j: int
) -> tuple[int, int]:
    """How many lines to skip in each text until they agree again."""
    left_old, left_new = len(old) - i, len(new) - j
    if left_old and left_new:
        for distance in range(1, min(left_old + left_new, _FARTHEST)):
            for skip in range(max(0, distance - left_new), min(distance, left_old) + 1):
                at, to = i + skip, j + distance - skip
                if old[at : at + 1] != new[to : to + 1]:
                    continue
                if old[at : at + _AGREEMENT] == new[to : to + _AGREEMENT]:
                    return skip, distance - skip
    return left_old, left_new


def _within(old: Sequence[bytes], new: Sequence[bytes]) -> list[Opcode]:
    """The best alignment of one difference, as long as it is small enough for that."""
    if len(old) * len(new) > _SMALL:
        return [("replace", 0, len(old), 0, len(new))]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _range(start: int, stop: int) -> bytes:
    """Lines start..stop as a hunk header counts them."""
    length = stop - start
    if length == 1:
        return b"%d" % stop
    return b"%d,%d" % (start + 1 if length else start, length)
