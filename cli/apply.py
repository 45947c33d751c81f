"""Putting outcomes on disk, and what keeps them from it."""

from __future__ import annotations

from chaos_migrate.cli.conftests import own_lines
from chaos_migrate.cli.git import GitError, committed, uncommitted
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.write import WriteError, write_file


def unless_dirty(outcome: Outcome) -> Outcome:
    """The outcome, left alone where git could not bring back what it would overwrite."""
    if not outcome.changed or outcome.before is None:
        return outcome
    path = outcome.path.resolve()
    try:
        if not uncommitted(path) or _only_the_region_differs(outcome):
            return outcome
    except GitError as error:
        return outcome.left_alone(f"cannot be undone, {error}: use --allow-dirty to write anyway")
    return outcome.left_alone(
        "has uncommitted changes: commit them first, or use --allow-dirty to write anyway"
    )


def applied(outcome: Outcome) -> Outcome:
    """The outcome, written; left alone with the reason where that failed."""
    try:
        write_file(outcome.path, outcome.before, outcome.after)
    except WriteError as error:
        return outcome.left_alone(str(error))
    return outcome


def _only_the_region_differs(outcome: Outcome) -> bool:
    """Whether the file is a conftest in which nothing but our fixtures is not committed."""
    if outcome.path.name != "conftest.py":
        return False
    last = committed(outcome.path.resolve()) or b""
    try:
        return own_lines(outcome.before or b"") == own_lines(last)
    except ValueError:  # damaged markers
        return False
