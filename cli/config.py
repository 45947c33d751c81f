"""The configuration: `[tool.chaos-migrate]` of the nearest pyproject.toml, checked key by key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chaos_migrate.cli.git import repository
from chaos_migrate.cli.line_length import formatter_line_length
from chaos_migrate.cli.toml import ConfigError, read_toml

STYLES = ("helpers", "plain")
SHRINKS = ("power", "always")
_CODE = re.compile(r"CHM\d{0,3}")


@dataclass(frozen=True)
class Config:
    """What the project says about itself; an empty tuple or None stands for "not said".

    `root` is the folder of the file; paths and patterns are relative to it. `line_length` is that
    of ruff or black if nothing is said here.
    """

    root: Path
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    style: str = "helpers"
    shrink: str = "power"
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fixtures: Path | None = None
    always_load: frozenset[str] = frozenset()
    never_load: frozenset[str] = frozenset()
    line_length: int | None = None


def read_config(folder: Path) -> Config:
    """The configuration that holds for `folder` (absolute).

    Raises:
        ConfigError: for a broken file, an unknown key or a value of the wrong type.
    """
    config = _own_config(folder)
    if config.line_length is None:
        return replace(config, line_length=formatter_line_length(folder))
    return config


def _own_config(folder: Path) -> Config:
    for candidate in (folder, *folder.parents):
        path = candidate / "pyproject.toml"
        if path.is_file():
            tools = read_toml(path).get("tool", {})
            section = tools.get("chaos-migrate") if isinstance(tools, dict) else None
            if section is not None:
                return _parse(path, section)
        if (candidate / ".git").exists():
            break
    return Config(root=folder)


def is_code(text: str) -> bool:
    """Whether `text` is a rule code or the beginning of one."""
    return _CODE.fullmatch(text) is not None


def _parse(path: Path, section: object) -> Config:
    if not isinstance(section, dict):
        raise ConfigError(path, "tool.chaos-migrate must be a table")
    values: dict[str, Any] = {}
    for key, value in section.items():
        if key not in _KEYS:
            raise ConfigError(
                path, f"unknown key tool.chaos-migrate.{key} (known: {', '.join(_KEYS)})"
            )
        try:
            values[key.replace("-", "_")] = _KEYS[key](value)
        except ValueError as error:
            raise ConfigError(path, f"tool.chaos-migrate.{key} must be {error}") from None
    if "fixtures" in values:
        values["fixtures"] = path.parent / values["fixtures"]
        project = repository(path.parent.resolve()) or path.parent.resolve()
        if not values["fixtures"].resolve().is_relative_to(project):
            raise ConfigError(path, "tool.chaos-migrate.fixtures leads out of the project")
    return Config(root=path.parent, **values)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings")
    return tuple(value)


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and is_code(v) for v in value):
        raise ValueError('a list of rule codes or their beginnings, like "CHM2" or "CHM101"')
    return tuple(value)


def _names(value: object) -> frozenset[str]:
    return frozenset(_strings(value))


def _codes_by_pattern(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('a table of file patterns, like "tests/slow/*" = ["CHM1"]')
    return {pattern: _codes(codes) for pattern, codes in value.items()}


def _conftest(value: object) -> str:
    if not isinstance(value, str) or "\0" in value or Path(value).name != "conftest.py":
        raise ValueError("the path of a conftest.py, relative to this file")
    return value


def _length(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError("a number of columns")
    return value


def _one_of(*choices: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in choices:
            raise ValueError(" or ".join(f'"{choice}"' for choice in choices))
        return str(value)

    return check


_KEYS: dict[str, Callable[[object], object]] = {
    "include": _strings,
    "exclude": _strings,
    "select": _codes,
    "ignore": _codes,
    "style": _one_of(*STYLES),
    "shrink": _one_of(*SHRINKS),
    "per-file-ignores": _codes_by_pattern,
    "fixtures": _conftest,
    "always-load": _names,
    "never-load": _names,
    "line-length": _length,
}
