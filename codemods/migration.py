"""Carry out a plan and prove the result before anyone writes it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from chaos_migrate.codemods.plan import Action, Plan
from chaos_migrate.codemods.proving.selfcheck import difference
from chaos_migrate.codemods.source import Source, SourceError, parse_source


@dataclass(frozen=True)
class Migrated:
    """The bytes of a file after its migration; the old ones, and why, if it is left alone."""

    data: bytes
    problem: str | None = None
    line: int | None = None


def migrate_source(source: Source, plan: Plan, replan: Callable[[Source], Plan]) -> Migrated:
    """Rewrite `source` as planned, unless anything about the new text is doubtful.

    The new text must compile, be the old program at load 1, and leave a second plan nothing to do.
    """
    from chaos_migrate.codemods.rewriting.rewrite import RewriteRefused, rewrite  # loads LibCST

    if not plan.edits:
        return Migrated(source.data)
    try:
        new = parse_source(source.path, rewrite(source, plan.edits))
    except RewriteRefused as refused:
        return Migrated(source.data, refused.reason, refused.line)
    except SourceError as error:
        return Migrated(source.data, f"the new text would not parse: {error.message}", error.line)
    uncompiled = _compile_error(new)
    if uncompiled is not None:
        of_author = _compile_error(source)
        if of_author is not None:
            return Migrated(source.data, f"does not compile: {of_author[0]}", of_author[1])
        return Migrated(source.data, f"the new text would not compile: {uncompiled[0]}")
    changed = difference(source, new)
    if changed is not None:
        return Migrated(source.data, f"the new text would be another program: {changed}")
    again = replan(new)
    if again.edits or again.by_action(Action.REWRITE):
        return Migrated(source.data, "a second run would change the new text again")
    return Migrated(new.data)


def _compile_error(source: Source) -> tuple[str, int | None] | None:
    """What Python finds wrong with a text that it can parse, and the line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.tree, str(source.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.msg, error.lineno
    except (ValueError, RecursionError) as error:
        return str(error), None
    return None
