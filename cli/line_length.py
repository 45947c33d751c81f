"""How long a line may be: what the project's formatter is told, where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chaos_migrate.cli.toml import read_toml

_DEFAULT = 88
"""That of ruff and black, where they are configured but not in this."""


def formatter_line_length(folder: Path) -> int | None:
    """The line length of ruff, or else of black, for `folder`; None where neither is configured.

    Raises:
        ConfigError: for a file that is not TOML.
    """
    for candidate in (folder, *folder.parents):
        settings = _settings(candidate)
        if settings:
            lengths = (table.get("line-length") for table in settings)
            return next((length for length in lengths if isinstance(length, int)), _DEFAULT)
        if (candidate / ".git").exists():
            return None
    return None


def _settings(folder: Path) -> list[dict[str, Any]]:
    """What the files of one folder say of either, ruff first."""
    own = [read_toml(folder / n) for n in (".ruff.toml", "ruff.toml") if (folder / n).is_file()]
    if not (folder / "pyproject.toml").is_file():
        return own
    tools = read_toml(folder / "pyproject.toml").get("tool", {})
    found = [tools.get(name) for name in ("ruff", "black")] if isinstance(tools, dict) else []
    return own + [table for table in found if isinstance(table, dict)]
