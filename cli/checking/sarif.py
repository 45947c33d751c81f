"""SARIF 2.1.0: findings with their rules, places and fixes, for code scanning and editors."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from chaos_migrate.cli.checking.finding import REFUSALS, Checked, Finding
from chaos_migrate.cli.checking.fixes import Replacement, group_fixes
from chaos_migrate.cli.checking.identity import exact
from chaos_migrate.cli.checking.location import below_top, top
from chaos_migrate.cli.checking.totals import Totals
from chaos_migrate.cli.outcome import Problem
from chaos_migrate.cli.plans import Planner
from chaos_migrate.codemods.plan import Action
from chaos_migrate.codemods.rules import RULES, Rule
from chaos_migrate.codemods.writing.keeps import KEEP

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"
_ORDER = list(RULES)

Json = dict[str, Any]


class SarifReport:
    """One document on standard output. `planner` plans a file once more for its fixes."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._results: list[Json] = []
        self._notifications: list[Json] = []
        self._top = Path.cwd().resolve()

    def file(self, file: Checked) -> None:
        """Keep one file for the end."""
        if file.problem:
            self._notifications.append(_notification(file.problem))
        if not file.findings:
            return
        self._top = top(file.path)
        fixes: dict[int, list[Replacement]] = {}
        if any(finding.site.action is Action.REWRITE for finding in file.findings):
            fixes = group_fixes(self._planner.file(file.path))
        seen: Counter[object] = Counter()
        for finding in file.findings:
            result = _result(finding, seen[exact(finding)])
            seen[exact(finding)] += 1
            if finding.site.action is Action.REWRITE and finding.site.group in fixes:
                fixture = self._planner.options(file.path).fixture
                result["fixes"] = [_fix(file.path, fixes[finding.site.group], fixture)]
            self._results.append(result)

    def end(self, totals: Totals) -> None:
        """Print the document."""
        run = {
            "tool": {"driver": _driver()},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_ROOT: {"uri": f"file://{_uri(self._top.as_posix())}/"}},
            "invocations": [
                {
                    "executionSuccessful": not totals.errors,
                    "toolExecutionNotifications": self._notifications,
                }
            ],
            "results": self._results,
        }
        print(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _driver() -> Json:
    try:
        version = {"version": metadata.version("chaos-migrate")}
    except metadata.PackageNotFoundError:
        version = {}
    return {"name": "chaos-migrate", **version, "rules": [_rule(rule) for rule in RULES.values()]}


def _rule(rule: Rule) -> Json:
    page = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in rule.page.items())
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": next(iter(rule.page.values()), rule.summary)},
        "help": {"text": page or rule.summary, "markdown": page or rule.summary},
        "defaultConfiguration": {"level": "warning" if _is_refusal(rule.code) else "error"},
        "properties": {"tags": ["tests", "chaos-engineering"]},
    }


def _is_refusal(code: str) -> bool:
    return code.startswith(REFUSALS)


def _result(finding: Finding, number: int) -> Json:
    """The finding; `number` tells it from equal ones before it in the file."""
    site = finding.site
    result: Json = {
        "ruleId": site.code,
        "ruleIndex": _ORDER.index(site.code),
        "level": "error" if finding.fails else "warning",
        "message": {"text": finding.message},
        "locations": [_location(finding)],
        "partialFingerprints": {"findingIdentity/v1": _fingerprint(finding, number)},
        "properties": {"literal": site.literal, "values": site.values},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": index,
                "message": {"text": f"{literal or 'this'} belongs to the same group"},
                "physicalLocation": {
                    "artifactLocation": _artifact(finding.path),
                    "region": {"startLine": line, "startColumn": column},
                },
            }
            for index, (line, column, literal) in enumerate(finding.related)
        ]
    if finding.suppressed:
        kind = "inSource" if KEEP in site.reason else "external"
        result["level"] = "note"
        result["suppressions"] = [{"kind": kind, "justification": site.reason}]
    return result


def _location(finding: Finding) -> Json:
    site = finding.site
    region = {
        "startLine": site.line,
        "startColumn": site.column,
        "endLine": site.end_line,
        "endColumn": site.end_column,
    }
    location: Json = {
        "physicalLocation": {"artifactLocation": _artifact(finding.path), "region": region}
    }
    if site.function:
        location["logicalLocations"] = [{"fullyQualifiedName": site.function, "kind": "function"}]
    return location


def _fix(path: Path, replacements: Iterable[Replacement], fixture: str) -> Json:
    text = (
        "Let the count and all that depends on it follow the load. The suite needs the fixture "
        f"{fixture} for it, which chaos-migrate --apply puts into its conftest."
    )
    change = {
        "artifactLocation": _artifact(path),
        "replacements": [
            {
                "deletedRegion": {
                    "startLine": each.line,
                    "startColumn": 1,
                    "endLine": each.end_line,
                    "endColumn": each.end_column,
                },
                "insertedContent": {"text": each.text},
            }
            for each in replacements
        ],
    }
    return {"description": {"text": text}, "artifactChanges": [change]}


def _notification(problem: Problem) -> Json:
    physical: Json = {"artifactLocation": _artifact(problem.path)}
    if problem.line:
        physical["region"] = {"startLine": problem.line}
    return {
        "level": "error",
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": physical}],
    }


def _artifact(path: Path) -> Json:
    return {"uri": _uri(below_top(path)), "uriBaseId": _ROOT}


def _uri(path: str) -> str:
    return quote_from_bytes(path.encode("utf-8", "surrogateescape"))


def _fingerprint(finding: Finding, number: int) -> str:
    identity = json.dumps([exact(finding), number])
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
