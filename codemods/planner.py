"""The plan of a file: groups to edits, and every number that was looked at to a site."""

from __future__ import annotations

import ast
import re
from collections.abc import Container

from chaos_migrate.codemods.deciding.groups import find_groups
from chaos_migrate.codemods.edits import AddParameter, Edit
from chaos_migrate.codemods.functions import Test, find_tests
from chaos_migrate.codemods.plan import Action, Options, Plan, Shrink, Site, TestPlan
from chaos_migrate.codemods.reading.reader import read_test
from chaos_migrate.codemods.screening import Screen
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite
from chaos_migrate.codemods.writing.keeps import find_keeps
from chaos_migrate.codemods.writing.writer import Writer

# The smallest number that could be load; a file without one needs no reading.
_CANDIDATE = re.compile(rb"(?<![\w.])(?:[3-9]|[1-9][0-9_]+)(?![\w.])|load_multiplier|scaled\(")


def plan_source(
    source: Source, suite: Suite, options: Options, settled: Container[ast.AST] = ()
) -> Plan:
    """Everything that can be said of a file's numbers, and the edits that rewrite them.

    Nothing is said of the tests that are `settled`.
    Never raises for what the code is like: a test that is nested too deeply is left alone.
    """
    keeps = find_keeps(source)
    if not _CANDIDATE.search(source.data):
        return Plan(unused_keeps=keeps.unused)
    sites: list[Site] = []
    edits: list[Edit] = []
    shrinks: list[Shrink] = []
    tests: list[TestPlan] = []
    groups: dict[int, tuple[Edit, ...]] = {}
    number = 0
    screen = Screen(suite)
    for test in find_tests(source, suite):
        if test.node in settled or not screen.passes(test) or not repeats(test):
            continue
        try:
            context = read_test(test, suite)
        except RecursionError:
            continue
        findings = find_groups(context, options)
        own: list[Site] = []
        writer = Writer(context, options, keeps)
        parameters: list[Edit] = []
        for group in findings.groups:
            number += 1
            written = writer.write(group, number)
            own.extend(written.sites)
            edits.extend(written.edits)
            # Only the first group of a test brings the parameter that all of them need.
            parameters += [edit for edit in written.edits if isinstance(edit, AddParameter)]
            if written.edits:
                groups[number] = tuple(dict.fromkeys((*parameters, *written.edits)))
            shrinks.extend(written.shrinks)
        for remark in findings.remarks:
            own.extend(writer.remark(remark))
        for count, reason in findings.kept:
            if count.symbol.source is source and not count.symbol.adaptive:
                own.append(writer.keep(count, reason))
        sites.extend(own)
        tests.append(TestPlan(test.name, test.node.lineno, tuple(own)))
    return Plan(
        tuple(_once(sites)),
        tuple(edits),
        options.fixture if edits else None,
        tuple(shrinks),
        keeps.unused,
        groups,
        tuple(tests),
    )


def repeats(test: Test) -> bool:
    """Whether anything in the test runs more than once: without it there is no load."""
    for node in test.nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.comprehension):
            return True
        if isinstance(node, ast.Call):
            function = node.func
            last = function.id if isinstance(function, ast.Name) else ""
            if isinstance(function, ast.Attribute):
                last = function.attr
            if last in ("map", "imap", "imap_unordered", "starmap", "list"):
                return True
            if any(
                isinstance(a, ast.Constant) and type(a.value) is int and a.value > 2
                for a in (*node.args, *(k.value for k in node.keywords))
            ):
                return True
    return False


def _once(sites: list[Site]) -> list[Site]:
    """One site a place, in their order: what several tests read is told once, the strongest way."""
    order = [Action.REWRITE, Action.REVIEW, Action.KEEP]
    best: dict[tuple[int, int], Site] = {}
    for site in sites:
        key = (site.line, site.column)
        if key not in best or order.index(site.action) < order.index(best[key].action):
            best[key] = site
    return sorted(best.values(), key=lambda site: (site.line, site.column))
