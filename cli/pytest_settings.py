"""What pytest itself would do: its settings, from whichever file configures it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from chaos_migrate.cli.read import read_file
from chaos_migrate.cli.toml import ConfigError, read_toml


@dataclass(frozen=True)
class PytestSettings:
    """Patterns of test modules, and of folders that are not searched.

    `timeout` are the seconds after which pytest-timeout ends a test, 0 if it does not.
    """

    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    norecursedirs: tuple[str, ...] = (
        "*.egg",
        ".*",
        "_darcs",
        "build",
        "CVS",
        "dist",
        "node_modules",
        "venv",
        "{arch}",
    )
    timeout: float = 0

    def collects(self, path: Path) -> bool:
        """Whether pytest would look into the file: a test module or a conftest."""
        return path.name == "conftest.py" or _matches(path, self.python_files)

    def enters(self, folder: Path) -> bool:
        """Whether pytest would search the folder."""
        return not _matches(folder, self.norecursedirs)


@cache
def read_settings(folder: Path) -> PytestSettings:
    """The settings that hold for `folder`: of the nearest folder above that configures pytest.

    Raises:
        ConfigError: for a file that pytest could not read either.
    """
    for candidate in (folder, *folder.parents):
        section = _section(candidate)
        if section is not None:
            default = PytestSettings()
            return PytestSettings(
                _patterns(section.get("python_files")) or default.python_files,
                _patterns(section.get("norecursedirs")) or default.norecursedirs,
                _timeout(section),
            )
    return PytestSettings()


def _section(folder: Path) -> dict[str, Any] | None:
    """pytest's section in `folder`; the order of the files and their rules are pytest's own."""
    for name in ("pytest.toml", ".pytest.toml"):
        if (folder / name).is_file():
            return _table(read_toml(folder / name), "pytest") or {}
    for name in ("pytest.ini", ".pytest.ini"):
        if (folder / name).is_file():
            return _ini(folder / name, "pytest") or {}
    if (folder / "pyproject.toml").is_file():
        tool = _table(read_toml(folder / "pyproject.toml"), "tool", "pytest")
        if tool is not None:
            return _table(tool, "ini_options") or tool
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if (folder / name).is_file():
            found = _ini(folder / name, section)
            if found is not None:
                return found
    return None


def _table(data: dict[str, Any], *keys: str) -> dict[str, Any] | None:
    for key in keys:
        value = data.get(key)
        if not isinstance(value, dict):
            return None
        data = value
    return data


def _ini(path: Path, section: str) -> dict[str, Any] | None:
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(read_file(path).decode("utf-8"), str(path))
    except (configparser.Error, OSError, ValueError) as error:
        summary = str(error).splitlines()[0]
        raise ConfigError(path, f"cannot be read: {summary}") from error
    return dict(parser[section]) if parser.has_section(section) else None


def _patterns(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:  # a quote that is never closed
            return tuple(value.split())
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def _matches(path: Path, patterns: tuple[str, ...]) -> bool:
    """pytest's rule: a pattern with a slash is matched with the whole path, else with the name."""
    return any(
        fnmatch(path.as_posix(), f"*/{pattern}") if "/" in pattern else fnmatch(path.name, pattern)
        for pattern in patterns
    )


def _timeout(section: dict[str, Any]) -> float:
    """The limit of pytest-timeout: a setting of its own, or an option that is always given."""
    options = " ".join(_patterns(section.get("addopts")))
    given = re.search(r"--timeout[= ](\S+)", options)
    try:
        return float(given[1] if given else section.get("timeout") or 0)
    except (TypeError, ValueError):
        return 0
