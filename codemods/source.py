"""Source text and its `ast`: the first station of the data."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


class SourceError(Exception):
    """A file that cannot be read as Python; `line` is 1-based, None where no line is to blame."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, eq=False)
class Source:
    """One Python file: its bytes as they are on disk, its text, and its parsed tree.

    It goes to another process without the tree, which is parsed there if it is asked for.
    """

    path: Path
    data: bytes
    text: str
    encoding: str

    @cached_property
    def tree(self) -> ast.Module:
        """The text as Python reads it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(self.text, filename=str(self.path))

    def __reduce__(self) -> tuple[type[Source], tuple[Path, bytes, str, str]]:
        return Source, (self.path, self.data, self.text, self.encoding)

    @cached_property
    def lines(self) -> list[str]:
        """The lines as `ast` counts them."""
        # Only \n, \r\n and \r end a line for the tokenizer; str.splitlines knows many more.
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def column(self, line: int, byte_column: int) -> int:
        """The 1-based column in code points of `ast`'s 0-based column in UTF-8 bytes."""
        return len(self.line_bytes(line)[:byte_column].decode("utf-8", "replace")) + 1

    def line_bytes(self, line: int) -> bytes:
        """Line `line` (1-based) as the UTF-8 bytes that `ast` counts columns in."""
        lines = self.lines
        return lines[line - 1].encode("utf-8", "surrogatepass") if line <= len(lines) else b""

    def lines_of(self, node: ast.AST) -> str:
        """The text of the lines that a node stands on, with the decorators above it."""
        above = getattr(node, "decorator_list", ())
        first = min([getattr(node, "lineno", 1), *(each.lineno for each in above)])
        return "\n".join(self.lines[first - 1 : getattr(node, "end_lineno", None)])

    def comment(self, line: int) -> str:
        """The comments at the end of line `line` (1-based) and on a line of its own above it."""
        above = self.line_bytes(line - 1).strip() if line > 1 else b""
        own = self.line_bytes(line).partition(b"#")[2]
        return (b" ".join((above if above[:1] == b"#" else b"", own))).decode("utf-8", "replace")

    def spelled(self, node: ast.expr) -> str:
        """An expression as its author wrote it if it is a number (`10_000`), else in short."""
        plain = ast.unparse(node)
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float):
            return plain
        text = self.segment(node)
        return text if text.replace("_", "") == plain else plain

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node, where it stands on one line; else its first line's part."""
        line = self.line_bytes(node.lineno)
        end = node.end_col_offset if node.end_lineno == node.lineno else None
        return line[node.col_offset : end].decode("utf-8", "replace").strip()


def parse_source(path: Path, data: bytes) -> Source:
    """Decode and parse one file.

    Raises:
        SourceError: for a wrong encoding, a syntax error, null bytes, or nesting that is too deep.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(_first_lines(data)).readline)
        text = data.decode(encoding)
    except (SyntaxError, LookupError) as error:
        raise SourceError(str(error), 1) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"not valid {error.encoding}: {error.reason}", line) from error
    if "\0" in text:
        raise SourceError("the file holds null bytes: it is not Python source")
    source = Source(path, data, text, encoding)
    try:
        _ = source.tree
    except SyntaxError as error:
        raise SourceError(f"syntax error: {error.msg}", error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("nested too deeply to be parsed") from error
    except ValueError as error:
        raise SourceError(str(error)) from error
    return source


def _first_lines(data: bytes) -> bytes:
    """The two lines that may name the encoding; tokenize knows no lines that end in \\r alone."""
    match = re.match(rb"[^\r\n]*(?:\r\n|\r|\n)?[^\r\n]*", data)
    return re.sub(rb"\r\n?", b"\n", match[0]) if match else b""
