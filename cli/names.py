"""The names of rule codes, where the rules are at hand."""

from __future__ import annotations

from functools import cache


@cache
def rule_name(code: str) -> str | None:
    """`hardcoded-range` for CHM101; None for a code that no rule explains."""
    try:
        from chaos_migrate.codemods.rules import RULES
    except ImportError:
        return None
    rule = RULES.get(code)
    return rule.name if rule else None
