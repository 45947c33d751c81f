"""The suite under migration is read: none of its code is ever imported or run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import LOAD_TEST

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

MARK = "__import__('pathlib').Path({path!r}).touch()\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["tests", "--dry-run", "-v"],
        ["tests", "--apply", "--allow-dirty"],
        ["tests", "--format=json", "--show-kept"],
        ["tests/test_x.py", "--dry-run"],
        ["check", "tests", "--format=json"],
    ],
)
@pytest.mark.parametrize("cwd", [".", "tests"])
def test_a_suite_whose_import_leaves_a_mark_leaves_none(
    work: Workplace, arguments: list[str], cwd: str
) -> None:
    mark = work.folder / "it was run"
    trap = MARK.format(path=str(mark))
    # All that Python or pytest would run by itself, and names that shadow modules of ours.
    for name in ("tests/__init__", "tests/conftest", "conftest", "setup", "sitecustomize"):
        work.write(f"{name}.py", trap)
    for name in ("click", "libcst", "rich", "ast", "tomllib", "chaos_migrate"):
        work.write(f"tests/{name}.py", trap)
        work.write(f"{name}.pth", trap)
    work.write("tests/helpers.py", f"{trap}def request(number):\n    return number\n")
    body = LOAD_TEST.partition("\n\n\n")[2].partition("\n\n\n")[2]
    work.write("tests/test_x.py", f"from tests.helpers import request\n{trap}\n\n{body}")
    paths = arguments if cwd == "." else [a.replace("tests", ".", 1) for a in arguments]
    # `python -m` would look for modules in the working directory first; the program does not.
    program = Path(sys.executable).with_name("chaos-migrate")
    done = subprocess.run(
        [program, *paths], cwd=work.folder / cwd, capture_output=True, check=False
    )
    assert done.returncode == ("check" in arguments), done.stderr
    assert b"scaled(100" in done.stdout + (work.folder / "tests" / "test_x.py").read_bytes()
    assert not mark.exists()
