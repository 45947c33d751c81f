"""Python files as they are never written: pieces of real ones swapped, dropped and doubled."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Piece:
    """Part of a text; pieces of one kind can take each other's place."""

    start: int
    end: int
    kind: str


def mutated(text: str, random: Random) -> str:
    """The text after a few accidents, most of which leave it Python."""
    for _ in range(random.choice([1, 1, 2, 3, 5])):
        for _ in range(5):
            pieces = random.choice(CUTS)(text)
            if not pieces:
                break
            worse = random.choice(ACCIDENTS)(text, pieces, random)
            if random.random() < 0.05 or _parsed(worse):
                text = worse
                break
    return text


def excerpt(text: str, random: Random, at_most: int = 200) -> str:
    """A part of a long file that still makes sense: its imports, and some of its definitions."""
    lines = text.splitlines(keepends=True)
    pieces = _statements(text, deep=False)
    if len(lines) <= at_most or not pieces:
        return text
    small = [piece for piece in pieces if piece.kind == "definition"]
    kept = set(random.sample(small, min(len(small), 3)))
    chosen = [piece for piece in pieces if piece in kept or piece.kind != "definition"]
    return "".join(text[piece.start : piece.end] for piece in chosen)


# Ways to cut a text into pieces.


def _tokens(text: str) -> list[Piece]:
    return [
        Piece(*match.span(), match.lastgroup or "")
        for match in re.finditer(
            r"(?P<number>\b\d[\w.]*)|(?P<word>[^\W\d]\w*)|(?P<sign>[^\w\s])", text
        )
    ]


def _lines(text: str) -> list[Piece]:
    matches = re.finditer(r"([ \t]*)[^\n]*\n", text)
    return [Piece(*match.span(), f"indented {len(match[1])}") for match in matches]


def _blocks(text: str) -> list[Piece]:
    """The statements at every depth, as whole lines."""
    return _statements(text, deep=True)


def _statements(text: str, deep: bool) -> list[Piece]:
    tree = _parsed(text)
    if tree is None:
        return []
    starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text)), len(text)]
    pieces = []
    for node in ast.walk(tree) if deep else tree.body:
        if isinstance(node, ast.stmt) and node.end_lineno is not None:
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            first = decorators[0].lineno if decorators else node.lineno
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            kind = f"indented {node.col_offset}" if deep else "definition" if named else "other"
            pieces.append(Piece(starts[first - 1], starts[node.end_lineno], kind))
    return pieces


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


CUTS: tuple[Callable[[str], list[Piece]], ...] = (_tokens, _lines, _blocks)


# What can happen to a piece.


def _swapped(text: str, pieces: list[Piece], random: Random) -> str:
    one = random.choice(pieces)
    alike = [
        piece
        for piece in pieces
        if piece.kind == one.kind and (piece.end <= one.start or one.end <= piece.start)
    ]
    if not alike:
        return text
    first, second = sorted((one, random.choice(alike)), key=lambda piece: piece.start)
    return (
        text[: first.start]
        + text[second.start : second.end]
        + text[first.end : second.start]
        + text[first.start : first.end]
        + text[second.end :]
    )


def _dropped(text: str, pieces: list[Piece], random: Random) -> str:
    piece = random.choice(pieces)
    return text[: piece.start] + text[piece.end :]


def _doubled(text: str, pieces: list[Piece], random: Random) -> str:
    piece = random.choice(pieces)
    copy = text[piece.start : piece.end]
    between = "" if copy.endswith("\n") else " "
    return text[: piece.end] + between + copy + text[piece.end :]


ACCIDENTS: tuple[Callable[[str, list[Piece], Random], str], ...] = (_swapped, _dropped, _doubled)
