"""Reading a TOML file, or saying in one line what is wrong with it."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chaos_migrate.cli.read import read_file

_LARGEST = 1024 * 1024
# The parser takes quadratic time on a dotted key; no key of a person has a hundred parts.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""")
_toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


class ConfigError(Exception):
    """A configuration file that cannot be obeyed; the message names the file and the key."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")


@cache
def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConfigError: when it cannot be read or is not TOML.
    """
    try:
        text = read_file(path, _LARGEST).decode("utf-8")
        if _ENDLESS_KEY.search(text):
            raise ConfigError(path, "has a key of more than a hundred parts")
        content: dict[str, Any] = _toml.loads(text)
    except OSError as error:
        raise ConfigError(path, f"cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, f"not valid TOML: {error}") from error
    return content
