"""The marked region of a `conftest.py` that holds the fixtures: writing and updating it.

The region is the source of the modules in this folder, one after the other, so what runs in the
user's suite is what is tested here. Their imports come first, and each docstring becomes the
comment above its part.

It goes to the end of the file. There it is out of the reader's way, no `from __future__` import
can follow it, and import sorters, which rearrange the imports at the top of a file, would tear it
apart anywhere above.
"""

from __future__ import annotations

import ast
import functools
import importlib.resources
import re
import symtable
from dataclasses import dataclass

VERSION = 1
"""The version of the region that this program writes."""

_PARTS = {
    "chaos_config": ("margins", "config", "machine", "fixtures"),
    "chaos_load": ("margins", "config", "machine", "fixtures_adopted"),
}
_PACKAGE = "chaos_migrate.fixtures_templates"

_MARKER = re.compile(
    r"(?:\A|(?<=[\r\n]))# (?:(>>>)|<<<) chaos-migrate fixtures\b[^\r\n]*(?:\r\n|\r|\n|\Z)"
)
_START = f"# >>> chaos-migrate fixtures {VERSION}: written by chaos-migrate, which updates it"
_END = "# <<< chaos-migrate fixtures"
_PYTEST = "import pytest"
# A statement above the imports keeps import sorters from mixing them with the user's, in a conftest
# of imports only, and makes the imports need their `noqa` in every conftest alike.
_BARRIER = f"_CHAOS_FIXTURES_VERSION = {VERSION}"
_NOQA = "  # noqa: E402"
_BOM = "\ufeff"


class RegionError(ValueError):
    """A conftest whose region cannot be written; the message is a sentence for its owner."""


def update_conftest(text: str, fixture: str = "chaos_config") -> str:
    """The text of a conftest with the region in it, new or brought up to date.

    Everything outside the region stays as it is, and the region gets the line endings of the
    file. A second update changes nothing. `fixture` is `chaos_config`, or `chaos_load` for a suite
    that has a `chaos_config` of its own.

    Raises:
        RegionError: if the file is not valid Python, its markers are damaged, a newer version
            wrote the region, or the file uses a name of the region for something else.
    """
    region = _find(text)
    if region and region.version > VERSION:
        raise RegionError(
            f"its fixtures were written by a newer chaos-migrate (version {region.version}, "
            f"this one writes {VERSION}): update chaos-migrate"
        )
    _check_names(without_region(text), fixture)
    start, end = (region.start, region.end) if region else (len(text), len(text))
    newline = _newline(text)
    gap = "" if region else newline * _missing_line_ends(text)
    return text[:start] + gap + render_region(fixture).replace("\n", newline) + text[end:]


@functools.cache
def render_region(fixture: str = "chaos_config") -> str:
    """The region as Python source, with its markers; every line ends with a line feed."""
    parts = [_read(name) for name in _PARTS[fixture]]
    standard = sorted({line for part in parts for line in part.imports} - {_PYTEST})
    imports = "\n".join(f"{line}{_NOQA}" for line in standard) + f"\n\n{_PYTEST}{_NOQA}"
    bodies = [f"{part.comment}\n\n\n{part.body}" for part in parts]
    head = f"{_START}\n{_BARRIER}\n\n{imports}\n\n"
    return head + "\n\n\n".join([*bodies, _END]) + "\n"


def has_region(text: str) -> bool:
    """Whether the text holds a region; RegionError if its markers are damaged."""
    return _find(text) is not None


def region_version(text: str) -> int | None:
    """The version of the region in the text, None if there is none."""
    region = _find(text)
    return region.version if region else None


def without_region(text: str) -> str:
    """The suite's own part of a conftest: the region's lines emptied, so that lines keep numbers.

    For telling the fixtures of the suite from ours.
    """
    region = _find(text)
    if region is None:
        return text
    blank = "".join(re.findall(r"\r\n|\r|\n", text[region.start : region.end]))
    return text[: region.start] + blank + text[region.end :]


def injects_config(tree: ast.Module, name: str = "chaos_config") -> bool:
    """Whether an autouse fixture of this module already sets `self.chaos_config` on test classes.

    That is any `X.chaos_config = ...` in it: `self`, `request.instance` and `request.cls` are all
    in use. Ours leaves alone what an instance already has, so such a suite keeps its own.
    """
    return any(
        isinstance(target, ast.Attribute)
        and target.attr == name
        and isinstance(target.ctx, ast.Store)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _is_autouse(function)
        for target in ast.walk(function)
    )


def _is_autouse(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        keyword.arg == "autouse"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is True
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


@dataclass(frozen=True)
class _Part:
    """A module of this folder, as the region needs it."""

    comment: str
    imports: frozenset[str]
    body: str


def _read(name: str) -> _Part:
    """Take a module of this folder apart: its docstring, its imports, and all that follows."""
    source = importlib.resources.files(_PACKAGE).joinpath(f"{name}.py").read_text("utf-8")
    tree = ast.parse(source)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    body = "\n".join(source.splitlines()[imports[-1].end_lineno or 0 :])
    docstring = ast.get_docstring(tree) or ""
    return _Part(
        comment="\n".join(f"# {line}".rstrip() for line in docstring.splitlines()),
        imports=frozenset(ast.unparse(node) for node in imports if isinstance(node, ast.Import)),
        body=body.strip("\n"),
    )


@dataclass(frozen=True)
class _Region:
    """Where the region stands in a text, markers and last line ending included."""

    start: int
    end: int
    version: int


def _find(text: str) -> _Region | None:
    markers = list(_MARKER.finditer(text))
    if not markers:
        return None
    if len(markers) != 2 or not markers[0][1] or markers[1][1]:
        raise RegionError(
            "its chaos-migrate markers are damaged: there must be one '# >>> chaos-migrate "
            "fixtures' line and, below it, one '# <<< chaos-migrate fixtures' line"
        )
    version = re.search(r"fixtures (\d+)", markers[0][0])
    if version is None:
        raise RegionError("its '# >>> chaos-migrate fixtures' line has lost its version number")
    return _Region(markers[0].start(), markers[1].end(), int(version[1]))


def _newline(text: str) -> str:
    first = re.search(r"\r\n|\r|\n", text)
    return first[0] if first else "\n"


def _missing_line_ends(text: str) -> int:
    """How many line ends put the usual blank lines between the text and what follows it.

    Those are one below imports (sorters insist), and two below all else, as formatters do.
    """
    if not text:
        return 0
    body = ast.parse(text.lstrip(_BOM)).body
    wanted = 2 if body and isinstance(body[-1], ast.Import | ast.ImportFrom) else 3
    plain = re.sub(r"\r\n?", "\n", text)
    return max(0, wanted - (len(plain) - len(plain.rstrip("\n"))))


def _check_names(own: str, fixture: str) -> None:
    """Raise RegionError if the suite's own part binds a name that the region binds."""
    try:
        taken = (_names(own) & _names(render_region(fixture))) - {"pytest"}
    except (SyntaxError, ValueError) as error:
        raise RegionError(f"it is not valid Python: {error}") from error
    if taken:
        names = ", ".join(sorted(taken))
        raise RegionError(f"it already defines {names}, a name that the fixtures need")


def _names(text: str) -> set[str]:
    """The names that a module binds at its top level."""
    symbols = symtable.symtable(text.lstrip(_BOM), "conftest.py", "exec").get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
