"""The JSON of a run: version 1, stable, one object."""

from __future__ import annotations

from typing import Any

from chaos_migrate.cli.outcome import Outcome, Problem
from chaos_migrate.cli.tally import Tally
from chaos_migrate.codemods.plan import Action, Site


def as_json(files: list[dict[str, Any]], tally: Tally) -> str:
    """The whole report; ASCII only, so that no terminal and no encoding can stumble over it."""
    import json

    document = {"version": 1, "files": files, "summary": _summary(tally)}
    return json.dumps(document, indent=2, ensure_ascii=True)


def file_entry(outcome: Outcome, show_kept: bool) -> dict[str, Any]:
    """One file of the report."""
    return {
        "path": str(outcome.path),
        "changed": outcome.changed,
        "error": error_entry(outcome.problem) if outcome.problem else None,
        "sites": [
            site_entry(site)
            for site in outcome.sites
            if show_kept or site.action is not Action.KEEP
        ],
    }


def error_entry(problem: Problem) -> dict[str, Any]:
    """What is wrong with a file."""
    return {"message": problem.message, "line": problem.line}


def site_entry(site: Site) -> dict[str, Any]:
    """One number."""
    return {
        "code": site.code,
        "action": site.action.value,
        "line": site.line,
        "column": site.column,
        "literal": site.literal,
        "function": site.function,
        "reason": site.reason,
        "group": site.group,
        "depends_on": list(site.depends_on),
        "replacement": site.replacement,
        "values": site.values,
    }


def _summary(tally: Tally) -> dict[str, Any]:
    return {
        "files": tally.files,
        "changed": tally.changed,
        "errors": tally.failed,
        "groups": tally.groups,
        "rewrite": dict(sorted(tally.rewritten.items())),
        "review": dict(sorted(tally.review.items())),
        "keep": tally.kept,
        "tests_that_can_shrink": tally.can_shrink,
        "tests_that_cannot_shrink": tally.held,
    }
