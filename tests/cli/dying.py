"""The program, where some files are the death of the process that plans them.

`python dying.py START_METHOD ARGUMENTS...`: what a file does is said by its name. Processes are
started by the method named; those that are not forked find this file as their main module.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

from chaos_migrate.cli import plans
from chaos_migrate.cli.__main__ import main
from chaos_migrate.codemods.source import Source, parse_source


def parsed(path: Path, data: bytes) -> Source:
    """The file, unless it is a deadly one."""
    if path.name == "test_exits.py":
        os._exit(7)
    if path.name == "test_is_killed.py":
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name == "test_is_too_large.py":
        raise MemoryError
    if path.name == "test_takes_long.py":
        Path("waiting").touch()
        time.sleep(3)
    return parse_source(path, data)


plans.parse_source = parsed  # type: ignore[attr-defined]

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    main()
