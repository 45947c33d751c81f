"""The names of rule codes, where the rules are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any


@cache
def rule_name(code: str) -> str | None:
    """`hardcoded-range` for CHM101; None for a code that no rule explains."""
    rules: Mapping[str, Any] = getattr(import_module("chaos_migrate.codemods.rules"), "RULES", {})
    return str(rules[code].name) if code in rules else None
