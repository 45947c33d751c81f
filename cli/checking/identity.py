"""When two findings are the same: by what they say, never by where they stand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chaos_migrate.cli.checking.statements import Statement, statements
from chaos_migrate.codemods.source import Source

if TYPE_CHECKING:
    from chaos_migrate.cli.checking.finding import Finding

Key = Callable[["Finding"], Hashable]

_NUMBER = re.compile(r"\b\d[\w.]*")


def exact(finding: Finding) -> Hashable:
    """The rule, the function and the text."""
    return finding.site.code, finding.site.function, finding.text


def touched(finding: Finding) -> Hashable:
    """The same with any other number: an old number that was changed is no new one."""
    return finding.site.code, finding.site.function, _NUMBER.sub("0", finding.text)


def elsewhere(finding: Finding) -> Hashable:
    """The rule and the text: its function has another name, or it went to another function."""
    return finding.site.code, finding.text


def moved(finding: Finding) -> Hashable:
    """The rule, the text and the function without its class: functions change files and classes."""
    return finding.site.code, finding.site.function.rpartition(".")[2], finding.text


IN_A_FILE: tuple[Key, ...] = (exact, touched, elsewhere)
"""How findings of two versions of one file are matched, the surest way first."""


def unmatched(
    new: Iterable[Finding], old: Iterable[Finding], keys: Sequence[Key]
) -> tuple[list[Finding], list[Finding]]:
    """The findings of either side without a counterpart on the other.

    Every finding has one counterpart at most; of equal ones the first belongs to the first.
    """
    new, old = list(new), list(old)
    for key in keys:
        waiting: dict[Hashable, deque[Finding]] = defaultdict(deque)
        for finding in old:
            waiting[key(finding)].append(finding)
        gone: set[Finding] = set()
        for finding in new:
            if counterparts := waiting.get(key(finding)):
                gone |= {finding, counterparts.popleft()}
        new = [finding for finding in new if finding not in gone]
        old = [finding for finding in old if finding not in gone]
    return new, old


def in_new_statements(findings: Sequence[Finding], old: Source) -> list[Finding]:
    """Those findings of one file whose statements `old` does not have, or not so often.

    Another line may change what is to be said of a number; the number is not new for that.
    """
    if not findings:
        return []
    by_statement: dict[Statement, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_statement[finding.statement].append(finding)
    functions = {statement.function for statement in by_statement}
    added = Counter(_texts(findings[0].source, functions))
    added.subtract(Counter(_texts(old, functions)))
    new: set[Finding] = set()
    for statement in reversed(by_statement):  # of equal ones the last is taken for the new one
        key = statement.function, statement.text
        if added[key] > 0:
            added[key] -= 1
            new.update(by_statement[statement])
    return [finding for finding in findings if finding in new]


def _texts(source: Source, functions: Collection[str]) -> Iterator[tuple[str, str]]:
    for statement in statements(source):
        if statement.function in functions:
            yield statement.function, statement.text
