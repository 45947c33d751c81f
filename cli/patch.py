"""Unified diffs in git's own dialect, byte for byte, so that `git apply` takes them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from chaos_migrate.cli.git import repository

_NO_NEWLINE = b"\\ No newline at end of file\n"
_NAMED = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}


def unified_diff(name: str, before: bytes | None, after: bytes) -> bytes:
    """The diff of the file `name` (relative to where it will be applied); None is a new file."""
    if before == after:
        return b""
    from chaos_migrate.cli.hunks import hunks  # loads difflib

    old, new = _prefixed(b"a/", name), _prefixed(b"b/", name)
    header = b"diff --git " + old + b" " + new + b"\n"
    if before is None:
        header += b"new file mode 100644\n"
        if not after:
            return header
    header += b"--- " + (b"/dev/null" if before is None else _closed(old)) + b"\n"
    header += b"+++ " + _closed(new) + b"\n"
    return header + b"".join(
        line if line.endswith(b"\n") else line + b"\n" + _NO_NEWLINE
        for line in hunks(_lines(before or b""), _lines(after))
    )


def name_in_patch(path: Path) -> str:
    """The file relative to where its patch is to be applied.

    That is the root of its repository; without one the working directory, or the root of the file
    system for a file outside of it.
    """
    target = path.resolve()
    for base in (repository(target.parent), Path.cwd()):
        if base is not None and target.is_relative_to(base):
            return str(target.relative_to(base))
    return str(target.relative_to(target.anchor))


def _lines(data: bytes) -> list[bytes]:
    """Lines as git counts them: only a line feed ends one."""
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _prefixed(prefix: bytes, name: str) -> bytes:
    path = prefix + os.fsencode(name.replace(os.sep, "/"))
    if not re.search(rb'[\x00-\x1f"\\\x7f-\xff]', path):
        return path
    return b'"' + re.sub(rb'[\x00-\x1f"\\\x7f-\xff]', _quoted_byte, path) + b'"'


def _quoted_byte(match: re.Match[bytes]) -> bytes:
    byte = match[0][0]
    return b"\\" + _NAMED.get(byte, b"%03o" % byte)


def _closed(path: bytes) -> bytes:
    """A name in a `---` line; git ends one with a tab where a blank in it could be misread."""
    return path + b"\t" if b" " in path else path
