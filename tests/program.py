"""The program as a process: started as users do, or forked from one that has loaded it already.

To load it takes Python a fifth of a second, and the tests run it some five hundred times.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from unittest.mock import patch

from chaos_migrate import cli, codemods, fixtures_templates

TIMEOUT = 300
ADDED = "PYTEST_ADDOPTS"
"""The variable by which the tests themselves tell something to each pytest that they start."""


@dataclass(frozen=True)
class Done:
    """A process that has ended; its output is bytes, because patches are."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()


def surroundings(*hidden: str) -> dict[str, str]:
    """The environment, as if no pytest were running, and without what begins with one of these."""
    told = {ADDED: os.environ[ADDED]}
    hidden = ("CHAOS_", "PYTEST_", *hidden)
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | told


def started(
    arguments: Sequence[str | bytes], folder: Path, environment: Mapping[str, str], stdin: bytes
) -> Done:
    """What the program does in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "chaos_migrate.cli", *arguments],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=environment,
        check=False,
        timeout=TIMEOUT,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def forked(
    arguments: Sequence[str | bytes], folder: Path, environment: Mapping[str, str], stdin: bytes
) -> Done:
    """The same, but for what Python decides when it starts, such as the order of sets."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        (home / "stdin").write_bytes(stdin)
        process = _server().Process(target=_run, args=(arguments, folder, dict(environment), home))
        process.start()
        process.join(TIMEOUT)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired([*arguments], TIMEOUT)
        out, err = ((home / name).read_bytes() for name in ("stdout", "stderr"))
        return Done(process.exitcode, out, err.decode())


@cache
def _server() -> ForkServerContext:
    """Forks processes from one that has loaded all of the program, and what that loads lazily."""
    lazily = ["difflib", "libcst.native", "pathspec", "rich.live", "rich.progress", "rich.table"]
    ours = [
        module.name
        for package in (cli, codemods, fixtures_templates)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*ours, *lazily, __name__])
    here = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, here))):  # finds this file
        forkserver.ensure_running()
    return context


def _run(
    arguments: Sequence[str | bytes], folder: Path, environment: dict[str, str], home: Path
) -> None:
    from chaos_migrate.cli.__main__ import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        flags = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(home / name, flags), number)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.argv = ["chaos-migrate", *map(os.fsdecode, arguments)]
    main()
