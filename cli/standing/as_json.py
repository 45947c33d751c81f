"""The standing of a suite as JSON: version 1, stable, one object."""

from __future__ import annotations

import json
from typing import Any

from chaos_migrate.cli.standing.counts import FileStanding, Row, Standing
from chaos_migrate.codemods.progress import State


def as_json(standing: Standing, by: str) -> str:
    """The whole document; ASCII only, so that no encoding can stumble over it."""
    document = {
        "version": 1,
        "path": standing.folder,
        "by": by,
        "total": _row(standing.total),
        "rows": [
            {**_row(row), "files": [_file(file) for file in row.files]} for row in standing.rows(by)
        ],
        "errors": [
            {"path": str(p.path), "line": p.line, "message": p.message} for p in standing.problems
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True)


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "status": row.status.value,
        "percent": row.percent,
        "tests": {state.value: row.tests[state] for state in State},
        "sites_converted": row.sites,
        "thresholds_converted": row.thresholds,
        "refused": dict(sorted(row.refused.items())),
    }


def _file(file: FileStanding) -> dict[str, Any]:
    progress = file.progress
    return {
        "path": file.name,
        "tests": [
            {"name": test.name, "line": test.line, "state": test.state.value}
            for test in progress.tests
        ],
        "counts": [{"line": count.line, "code": count.code} for count in progress.counts],
        "thresholds": [
            {"line": each.line, "assertion": each.assertion, "bound": each.code}
            for each in progress.thresholds
        ],
        "refused": [
            {"line": s.line, "column": s.column, "code": s.code, "literal": s.literal,
             "function": s.function, "reason": s.reason}
            for s in progress.refused
        ],
    }  # fmt: skip
