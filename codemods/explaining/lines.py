"""Every number of a line, with what the program thinks of it and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from chaos_migrate.codemods.deciding.groups import find_groups
from chaos_migrate.codemods.explaining.explanation import Explanation
from chaos_migrate.codemods.explaining.judged import Reader
from chaos_migrate.codemods.explaining.roles import path_to, role
from chaos_migrate.codemods.explaining.sites import site_sentences
from chaos_migrate.codemods.functions import Test, find_tests
from chaos_migrate.codemods.plan import Options, Plan, Site
from chaos_migrate.codemods.planner import plan_source, repeats
from chaos_migrate.codemods.reading.numbers import SMALLEST_SYMBOL
from chaos_migrate.codemods.reading.reader import read_test
from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.suite import Suite


def explain_line(source: Source, suite: Suite, options: Options, line: int) -> list[Explanation]:
    """What there is to say about each number of a line (1-based), from left to right."""
    plan = plan_source(source, suite, options)
    told = {(site.line, site.column): site for site in plan.sites if site.line == line}
    tests = list(find_tests(source, suite))
    test = next((t for t in tests if _spans(t.node, line)), None)
    explanations = []
    for number in _numbers(source.tree, line):
        column = source.column(number.lineno, number.col_offset)
        site = told.pop((line, column), None)
        if site is not None:
            explanations.append(_of_site(site, plan))
            continue
        text = source.segment(number)
        if not text[:1].isdecimal() and text[:1] != ".":  # in an f-string, of Python before 3.12
            text = repr(number.value)
        readers = _readers([test] if test else tests, suite, options, plan)
        sentences = tuple(_unlooked_at(number, test, source, readers))
        explanations.append(Explanation(line, column, text, test.name if test else "", sentences))
    # What is left is a name, or a whole statement, that stands for a number elsewhere.
    explanations += [_of_site(site, plan) for site in told.values()]
    return sorted(explanations, key=lambda explanation: explanation.column)


def _of_site(site: Site, plan: Plan) -> Explanation:
    sentences = site_sentences(site, plan)
    return Explanation(site.line, site.column, site.literal, site.function, sentences, site)


def _numbers(tree: ast.Module, line: int) -> Iterator[ast.Constant]:
    """The numbers that are typed on a line; not those in the text of an f-string's format."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node.lineno != line:
            continue
        if type(node.value) in (int, float):
            yield node


def _spans(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _unlooked_at(
    number: ast.Constant, test: Test | None, source: Source, readers: Iterator[Reader]
) -> Iterator[str]:
    """Why a number is no site: nothing that scales depends on it, or it on that."""
    path = path_to(number, source.tree)
    if test is not None and not repeats(test):
        yield role(path)
        yield f"nothing in `{test.name}` runs more than once, so there is no load in it"
        return
    for reader in readers:
        judgement = reader.judgement(number)
        if judgement is not None:
            if number not in (judgement.left_node, judgement.right_node):
                yield role(path)
            yield from reader.why(number, judgement)
            return
        if beside := reader.beside(number):
            yield from beside
            return
    yield role(path)
    if test is None:
        yield "it stands outside of the tests, and no count of theirs that scales comes from it"
        return
    if type(number.value) is int and number.value < SMALLEST_SYMBOL:
        yield "numbers below three are structure (none, one, both), never load"
    yield "it is not linked to any count that scales, so it stays as it is"


def _readers(tests: list[Test], suite: Suite, options: Options, plan: Plan) -> Iterator[Reader]:
    for test in tests:
        if repeats(test):
            try:
                context = read_test(test, suite)
            except RecursionError:
                continue
            yield Reader(context, find_groups(context, options), plan.sites)
