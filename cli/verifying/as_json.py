"""The report for programs."""

from __future__ import annotations

import json
from typing import Any

from chaos_migrate.cli.verifying.findings import Findings
from chaos_migrate.cli.verifying.identity import Difference
from chaos_migrate.cli.verifying.intervals import Passes
from chaos_migrate.cli.verifying.verdicts import Cell


def as_json(findings: Findings) -> str:
    """One document with everything."""
    differences = {difference.test: difference for difference in findings.differences}
    document: dict[str, Any] = {
        "version": 1,
        "before": findings.titles[0],
        "after": findings.titles[1],
        "loads": findings.loads,
        "interrupted": findings.interrupted,
        "tests": [
            {
                "test": test,
                "nondeterministic": test in findings.wavering,
                "difference": _difference(differences[test]) if test in differences else None,
                "cells": [_cell(cell) for cell in cells],
            }
            for test, cells in findings.by_test.items()
        ],
        "strength": [vars(strength) for strength in findings.strengths],
        "inject": findings.injected,
        "caught": [
            {
                "test": each.test,
                "load": each.load,
                "by": each.by,
                "before": {"noticed": each.before.passed, "runs": each.before.runs},
                "after": {"noticed": each.after.passed, "runs": each.after.runs},
                "weaker": each.weaker,
            }
            for each in findings.caught
        ],
        "notes": findings.notes,
        "summary": {
            "verdicts": {verdict.value: n for verdict, n in findings.by_verdict.items()},
            "compared": findings.compared,
            "different": len(findings.differences),
            "runs": findings.runs,
            "seconds": round(findings.seconds, 1),
            "worse": findings.worse,
        },
    }
    return json.dumps(document, indent=1)


def _difference(difference: Difference) -> dict[str, str]:
    return {"what": difference.what, "where": difference.where}


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "load": cell.load,
        "verdict": cell.verdict.value,
        "reason": cell.reason,
        "cause": cell.cause,
        "more_runs": cell.more,
        "before": _passes(cell.before),
        "after": _passes(cell.after),
    }


def _passes(passes: Passes) -> dict[str, float]:
    low, high = passes.interval()
    return {
        "passed": passes.passed,
        "runs": passes.runs,
        "rate": round(passes.rate, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
