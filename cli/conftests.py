"""Which conftest.py holds the fixtures of a test, and under which name the test asks for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chaos_migrate.cli.git import repository
from chaos_migrate.cli.outcome import Outcome
from chaos_migrate.cli.read import Unreadable, read_file
from chaos_migrate.cli.targets import as_seen_from_here
from chaos_migrate.codemods.source import Source, SourceError, parse_source

OURS, BESIDE_THEIRS = "chaos_config", "chaos_load"


@dataclass(frozen=True)
class Home:
    """The conftest (absolute, without links) that serves a test, and the fixture's name in it."""

    conftest: Path
    fixture: str


@dataclass(frozen=True)
class _Facts:
    """What matters of one conftest.

    `region` is the fixture's name in our region. `has_own` says that the suite's own part has a
    `chaos_config`, `injects` that it puts one on the instances of test classes.
    """

    region: str | None = None
    has_own: bool = False
    injects: bool = False


class Conftests:
    """The conftests of a suite, each read once.

    Args:
        given: The folder (absolute, without links) that the user wants migrated, the common parent
            where there are several: the fixtures go there unless there is a better place.
        configured: The conftest that the configuration names, which is then the only one.
    """

    def __init__(self, given: Path, configured: Path | None = None) -> None:
        self._given = given
        self._configured = configured
        self._facts: dict[Path, _Facts] = {}
        self._homes: dict[Path, Home] = {}

    def home(self, test: Path) -> Home:
        """Where the fixtures of `test` live, or shall live."""
        folder = test.resolve().parent
        if folder not in self._homes:
            self._homes[folder] = self._find(folder)
        return self._homes[folder]

    def obstacle(self, test: Outcome) -> str | None:
        """Why `test` would not get the fixtures although the conftest has them."""
        if self.home(test.path).fixture != OURS:
            return None
        before = test.before or b""
        if OURS.encode() in before and _defines(parse_source(test.path, before).tree, OURS):
            return f"it has a fixture {OURS} of its own: move that into a conftest.py first"
        for conftest in _conftests_above(test.path.resolve().parent):
            if self._read(conftest).injects:
                return f"{conftest} puts a {OURS} on test classes, but there is no such fixture"
        return None

    def with_fixtures(self, home: Home, own: Outcome | None) -> Outcome:
        """The outcome of the conftest with the region in it; `own` is what else becomes of it."""
        if own is None:
            own = _unplanned(as_seen_from_here(home.conftest))
        if own.problem:
            return own
        try:
            after = _add_region(home, own.after)
        except SourceError as error:
            return own.left_alone(error.message, error.line)
        except ValueError as error:
            return own.left_alone(str(error))
        return replace(own, after=after, adds_fixtures=after != own.after)

    def _find(self, folder: Path) -> Home:
        above = list(_conftests_above(folder))
        theirs = next((path for path in above if self._read(path).has_own), None)
        fixture = BESIDE_THEIRS if theirs else OURS
        if self._configured:
            return Home(self._configured.resolve(), fixture)
        # chaos_load asks for the suite's own chaos_config, so it cannot live further out than that.
        outermost = theirs.parent if theirs else None
        reach = [path for path in above if outermost is None or path.is_relative_to(outermost)]
        for path in reach:
            if self._read(path).region == fixture:
                return Home(path, fixture)
        if outermost and not self._given.is_relative_to(outermost):
            return Home(outermost / "conftest.py", fixture)
        return Home(self._given / "conftest.py", fixture)

    def _read(self, path: Path) -> _Facts:
        if path not in self._facts:
            try:
                self._facts[path] = _facts(parse_source(path, read_file(path)))
            except (Unreadable, SourceError, ValueError, RecursionError):
                self._facts[path] = _Facts()
        return self._facts[path]


def own_lines(data: bytes) -> list[str]:
    """The suite's own lines of a conftest, to see whether anything but our region was changed."""
    from chaos_migrate.fixtures_templates.region import without_region

    text = without_region(data.decode("utf-8", "surrogateescape"))
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _unplanned(path: Path) -> Outcome:
    if not path.exists() and not path.is_symlink():
        return Outcome(path, None, b"")
    try:
        data = read_file(path)
    except Unreadable as error:
        return Outcome.failed(path, str(error))
    return Outcome(path, data, data)


def _add_region(home: Home, data: bytes) -> bytes:
    from chaos_migrate.fixtures_templates.region import update_conftest

    source = parse_source(home.conftest, data)
    if source.text.encode(source.encoding) != data:
        raise SourceError(f"cannot be written back as it is in its encoding, {source.encoding}")
    return update_conftest(source.text, home.fixture).encode(source.encoding)


def _conftests_above(folder: Path) -> Iterator[Path]:
    """The conftests that pytest loads for a test in `folder`, the nearest first."""
    root = repository(folder)
    for level in (folder, *folder.parents):
        conftest = level / "conftest.py"
        if conftest.is_file():
            yield conftest
        if level == root:
            return


def _facts(source: Source) -> _Facts:
    from chaos_migrate.fixtures_templates.region import has_region, injects_config, without_region

    region, own = None, source.tree
    if has_region(source.text):
        region = BESIDE_THEIRS if _defines(source.tree, BESIDE_THEIRS) else OURS
        own = ast.parse(without_region(source.text))
    has_own = _defines(own, OURS)
    return _Facts(region, has_own, injects_config(own) and not has_own)


def _defines(tree: ast.Module, name: str) -> bool:
    """Whether the module has a fixture called `name`, its own or imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if any((alias.asname or alias.name) == name for alias in node.names):
                return True
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            _fixture_name(decorator, node.name) == name for decorator in node.decorator_list
        ):
            return True
    return False


def _fixture_name(decorator: ast.expr, function: str) -> str | None:
    """The name of the fixture that `decorator` makes of `function`, None for another decorator."""
    call = decorator if isinstance(decorator, ast.Call) else None
    target = call.func if call else decorator
    word = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    if not word.endswith("fixture"):
        return None
    for keyword in call.keywords if call else ():
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return function
