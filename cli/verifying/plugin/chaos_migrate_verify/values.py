"""Values, places and errors in a form that fits into a line and crosses process boundaries."""

from __future__ import annotations

import os
import re
from typing import Any

_LONGEST = 300  # characters of a value


def number(value: object) -> Any:
    """A number as it is, None for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else None
    return float(value)


def representation(value: object) -> str:
    """The repr of a user's object, whatever that does."""
    try:
        return repr(value)[:_LONGEST]
    except Exception as error:
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def short(text: str) -> str:
    """A text of bearable length, without addresses, which differ from run to run."""
    return re.sub(r"0x[0-9a-f]+", "0x", text)[:_LONGEST]


def headline(excinfo: Any, shown: str) -> str:
    """An error in one line; what pytest says itself of its own errors, like a missing fixture."""
    kind, message = excinfo.type.__name__, str(excinfo.value)
    if excinfo.type.__module__.startswith("_pytest"):
        message = "\n".join(line[1:] for line in shown.splitlines() if line.startswith("E"))
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return short(f"{kind}: {' | '.join(lines[:2])}" if lines else kind)


def last_lines(text: str) -> str:
    """The end of a traceback, where the error is named."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return short(" | ".join(lines[-2:]))


def place_of(frame: Any, line: int, root: str) -> list[Any]:
    """File (relative to the root where it lies below it), line and function of a frame."""
    path = frame.f_code.co_filename
    if path.startswith(root + os.sep):
        path = path[len(root) + 1 :]
    return [path, line, frame.f_code.co_name]
