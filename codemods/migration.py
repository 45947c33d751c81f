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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(new.tree, str(source.path), "exec", dont_inherit=True)
    except RewriteRefused as refused:
        return Migrated(source.data, refused.reason, refused.line)
    except SourceError as error:
        return Migrated(source.data, f"the new text would not parse: {error.message}", error.line)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Migrated(source.data, f"the new text would not compile: {error}")
    changed = difference(source, new)
    if changed is not None:
        return Migrated(source.data, f"the new text would be another program: {changed}")
    again = replan(new)
    if again.edits or again.by_action(Action.REWRITE):
        return Migrated(source.data, "a second run would change the new text again")
    return Migrated(new.data)
