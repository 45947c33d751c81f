"""Calls that are no attempt at anything: they neither work nor wait."""

from __future__ import annotations

IDLE = {
    "print", "str", "repr", "int", "float", "bool", "round", "abs", "isinstance", "issubclass",
    "getattr", "hasattr", "type", "id", "hash", "format", "callable", "any", "all", "divmod",
    "ord", "chr", "bytes", "bytearray", "pow", "vars", "dir", "super", "zip", "filter", "slice",
    "setattr", "object", "frozenset", "memoryview", "hex", "bin",
}  # fmt: skip
_MODULES = ("logging.", "math.", "json.", "uuid.", "string.", "itertools.", "operator.",
            "functools.", "datetime.", "typing.", "warnings.", "sys.", "os.path.", "re.",
            "decimal.", "fractions.", "hashlib.", "textwrap.", "dataclasses.",
            "gc.")  # fmt: skip


def is_idle(name: str) -> bool:
    """Whether the function of this dotted name is."""
    return name in IDLE or name.startswith(_MODULES)
