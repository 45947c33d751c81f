"""Loops that try a trial again: what is surely the last that they do."""

import ast
from textwrap import dedent

import pytest

from chaos_migrate.codemods.reading.retries import last_statements

LAST = {
    "before a break": """
        for attempt in range(3):
            done += 1
            break
        """,
    "before a break behind the whole try": """
        for attempt in range(3):
            try:
                call()
            except OSError:
                continue
            else:
                done += 1
            break
        """,
    "before the flag that the loop asks for": """
        while tries < 3 and not ok:
            try:
                call()
                done += 1
                ok = True
            except OSError:
                tries += 1
        """,
    "after the flag, whatever comes then": """
        while not ok:
            try:
                ok = True
                call()
                done += 1
                call()
            except OSError:
                tries += 1
        """,
    "in a lock, before a return": """
        while True:
            with lock:
                done += 1
            return
        """,
    "where both arms leave": """
        while True:
            done += 1
            if quick:
                break
            else:
                return
        """,
    "before a call that nobody catches": """
        while True:
            done += 1
            call()
            break
        """,
}

NOT_LAST = {
    "where the loop goes on": """
        for attempt in range(3):
            done += 1
        """,
    "before a call that may fail and is tried again": """
        for attempt in range(3):
            try:
                done += 1
                call()
                break
            except OSError:
                pass
        """,
    "where only one arm leaves": """
        for attempt in range(3):
            done += 1
            if quick:
                break
        """,
    "before the break of a loop inside": """
        for attempt in range(3):
            done += 1
            for other in range(3):
                break
        """,
    "before a flag that is taken back": """
        while not ok:
            done += 1
            ok = True
            ok = check()
        """,
    "before a flag that the loop does not ask for": """
        while tries < 3:
            done += 1
            ok = True
        """,
    "before a return of what may fail": """
        while True:
            try:
                done += 1
                return call()
            except OSError:
                pass
        """,
    "before a look at what may not be there": """
        while True:
            try:
                done += 1
                status = reply["status"]
                break
            except KeyError:
                pass
        """,
    "in an error that is swallowed": """
        while True:
            with suppress(OSError):
                done += 1
                call()
                break
        """,
}


def counted_last(code: str) -> bool:
    loop = ast.parse(dedent(code)).body[0]
    assert isinstance(loop, ast.For | ast.While)
    return any(ast.unparse(statement) == "done += 1" for statement in last_statements(loop))


@pytest.mark.parametrize("code", LAST.values(), ids=LAST.keys())
def test_a_count_is_last(code: str) -> None:
    assert counted_last(code)


@pytest.mark.parametrize("code", NOT_LAST.values(), ids=NOT_LAST.keys())
def test_a_count_is_not_last(code: str) -> None:
    assert not counted_last(code)
