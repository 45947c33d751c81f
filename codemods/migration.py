"""Carry out a plan and prove the result before anyone writes it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from chaos_migrate.codemods.plan import Action, Plan
from chaos_migrate.codemods.proving.selfcheck import difference
from chaos_migrate.codemods.settled import Replan, settled_tests
from chaos_migrate.codemods.source import Source, SourceError, parse_source


@dataclass(frozen=True)
class Migrated:
    """The bytes of a file after its migration; the old ones, and why, if it is left alone."""

    data: bytes
    problem: str | None = None
    line: int | None = None


def migrate_source(
    source: Source,
    plan: Plan,
    replan: Replan,
    groups: Collection[int] | None = None,
) -> Migrated:
    """Rewrite `source` as planned, unless anything about the new text is doubtful.

    The new text must compile, be the old program at load 1, and leave a second plan nothing to do
    but the groups that are not among `groups`, where only those are to be carried out.
    """
    from chaos_migrate.codemods.rewriting.rewrite import RewriteRefused, rewrite  # loads LibCST

    whole = plan
    if groups is not None:
        plan = plan.only(groups)
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
    again = replan(new, settled_tests(source, new, whole))
    left = _rewrites(whole) - _rewrites(plan)
    if _rewrites(again) - left or (again.edits and not left):
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


def _rewrites(plan: Plan) -> Counter[tuple[str, str, str]]:
    """The numbers that a plan rewrites, told apart by what does not move with the lines."""
    return Counter((s.code, s.function, s.literal) for s in plan.by_action(Action.REWRITE))
