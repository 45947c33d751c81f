"""Which Python has the user's pytest."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which


def default_python() -> str:
    """The interpreter of the user's environment: the active one, else ours if it has pytest."""
    active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
    if active:
        for name in ("bin/python", "Scripts/python.exe"):
            if (Path(active) / name).exists():
                return str(Path(active) / name)
    if find_spec("pytest") is not None:
        return sys.executable
    return which("python3") or which("python") or sys.executable
