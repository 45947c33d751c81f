"""What a test module can see of its own suite: helper functions, classes and their bases.

Helpers in other files are read, never edited.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chaos_migrate.codemods.source import Source
from chaos_migrate.codemods.trees import remembered, statements

Load = Callable[[Path], Source | None]
Bases = tuple[tuple[Source, ast.ClassDef], ...]
Member = tuple[Source, ast.stmt]
Place = tuple[Source, ast.AST]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Definition:
    """Where a global name comes from: a def, a class, the value assigned to it, or an import.

    `node` is None for a name from outside the suite; `dotted` is its full name then.
    """

    source: Source
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr | None
    dotted: str = ""

    def full_name(self, dotted: str) -> str:
        """A dotted name as it is outside of the suite; its first part is what was defined."""
        _, dot, rest = dotted.partition(".")
        return self.dotted + dot + rest


@dataclass(frozen=True, eq=False)
class Assigned:
    """One `self.name = value` in a method of a class."""

    source: Source
    method: ast.FunctionDef | ast.AsyncFunctionDef
    value: ast.expr


@dataclass(eq=False)
class Suite:
    """The files of a suite, read through `load` as they are needed (None: no such file)."""

    load: Load
    _found: dict[tuple[Source, str], Definition | None] = field(default_factory=dict)
    _bases: dict[ast.ClassDef, Bases] = field(default_factory=dict)
    _members: dict[ast.ClassDef, dict[str, Member]] = field(default_factory=dict)
    _setup: dict[ast.ClassDef, dict[str, list[Assigned]]] = field(default_factory=dict)
    _attributes: dict[ast.ClassDef, dict[str, list[Place]]] = field(default_factory=dict)
    _modules: dict[tuple[Path, str], Source | None] = field(default_factory=dict)
    _tested: dict[tuple[Path, str], Definition | None] = field(default_factory=dict)

    def names(self, source: Source) -> dict[str, ast.stmt]:
        """The statement that binds each global name of a module; rebound names are left out."""
        return _global_names(source.tree)

    def find(self, source: Source, name: str) -> Definition | None:
        """The definition of a global name of a module, through the imports of the suite."""
        key = (source, name)
        if key not in self._found:
            self._found[key] = self._find(source, name, depth=8)
        return self._found[key]

    def _find(self, source: Source, name: str, depth: int) -> Definition | None:
        statement = self.names(source).get(name)
        if isinstance(statement, _DEFINITIONS):
            return Definition(source, statement)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            return Definition(source, statement.value)
        if isinstance(statement, ast.Import):
            return Definition(source, None, _imported(statement, name))
        if isinstance(statement, ast.ImportFrom) and depth:
            original = next(a.name for a in statement.names if (a.asname or a.name) == name)
            module = "." * statement.level + (statement.module or "")
            target = self.module(source, module)
            if target is not None:
                found = self._find(target, original, depth - 1)
                if found is not None:
                    return found
            return Definition(source, None, f"{statement.module or ''}.{original}".lstrip("."))
        return None

    def module(self, source: Source, name: str) -> Source | None:
        """The suite's file behind an import of `name` (leading dots: relative), if there is one.

        An absolute name is looked for beside the importing file and above it, as far as the
        folders are called like the name's first part or hold it: `sys.path` cannot be known.
        """
        folder = source.path.absolute().parent
        if (folder, name) not in self._modules:
            self._modules[folder, name] = self._load_module(folder, name)
        return self._modules[folder, name]

    def under_test(self, source: Source, dotted: str) -> Definition | None:
        """What of the code that the suite tests goes by the full name that a module imports."""
        key = (source.path.absolute().parent, dotted)
        if key not in self._tested:
            module, _, name = dotted.rpartition(".")
            target = self._search_module(key[0], module) if module else None
            found = self._find(target, name, depth=4) if target is not None else None
            self._tested[key] = found
        return self._tested[key]

    def class_under_test(self, source: Source, dotted: str) -> ast.ClassDef | None:
        """A class of the code that the suite tests, by the full name that a module imports."""
        found = self.under_test(source, dotted)
        return found.node if found and isinstance(found.node, ast.ClassDef) else None

    def _load_module(self, folder: Path, name: str) -> Source | None:
        root = _suite_root(folder)
        found = self._search_module(folder, name)
        if found is not None and root is not None and root not in found.path.parents:
            return None  # the code under test is not of the suite
        return found

    def _search_module(self, folder: Path, name: str) -> Source | None:
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name.split(".") if part]
        if level:
            for _ in range(level - 1):
                folder = folder.parent
            return self._load_file(folder, parts)
        for base in (folder, *folder.parents):
            found = self._load_file(base, parts) or self._load_file(base / "src", parts)
            if found is not None:
                return found
        return None

    def _load_file(self, base: Path, parts: list[str]) -> Source | None:
        if not parts:
            return self.load(base / "__init__.py")
        path = base.joinpath(*parts)
        return self.load(path.with_name(path.name + ".py")) or self.load(path / "__init__.py")

    def bases(self, source: Source, cls: ast.ClassDef) -> Bases:
        """The class and its bases within the suite, nearest first (as far as they can be read)."""
        if cls not in self._bases:
            self._bases[cls] = tuple(self._line(source, cls))
        return self._bases[cls]

    def _line(self, source: Source, cls: ast.ClassDef) -> Iterator[tuple[Source, ast.ClassDef]]:
        seen: set[int] = set()
        pending = [(source, cls)]
        while pending:
            where, node = pending.pop(0)
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield where, node
            for base in node.bases:
                if isinstance(base, ast.Name):
                    found = self.find(where, base.id)
                    if found is not None and isinstance(found.node, ast.ClassDef):
                        pending.append((found.source, found.node))

    def assigned(self, source: Source, cls: ast.ClassDef, name: str) -> list[Assigned]:
        """Every `self.name = value` in the methods of a class and its bases."""
        found: list[Assigned] = []
        for where, node in self.bases(source, cls):
            found.extend(self._set_in(where, node).get(name, ()))
        return found

    def _set_in(self, source: Source, cls: ast.ClassDef) -> dict[str, list[Assigned]]:
        if cls not in self._setup:
            self._setup[cls] = _attributes_set(source, cls)
        return self._setup[cls]

    def foreign_bases(self, source: Source, cls: ast.ClassDef) -> set[str]:
        """The dotted names of the bases that are not of the suite: `unittest.TestCase`."""
        names: set[str] = set()
        for where, node in self.bases(source, cls):
            for base in node.bases:
                dotted = ast.unparse(base)
                found = self.find(where, dotted.partition(".")[0])
                if found is None:
                    names.add(dotted)
                elif found.node is None:
                    names.add(found.full_name(dotted))
        return names

    def member(self, source: Source, cls: ast.ClassDef, name: str) -> Member | None:
        """The statement of the class, or of its bases, that defines the attribute `name`."""
        if cls not in self._members:
            members = self._members[cls] = {}
            for where, node in self.bases(source, cls):
                for statement in node.body:
                    for bound in _bound_names(statement):
                        members.setdefault(bound, (where, statement))
        return self._members[cls].get(name)

    def attributes(self, source: Source, cls: ast.ClassDef) -> dict[str, list[Place]]:
        """All code that may stand behind each attribute of a class or its objects.

        That are the statements of the class and its bases, and what their methods assign.
        """
        if cls not in self._attributes:
            found = self._attributes[cls] = defaultdict(list)
            for where, node in self.bases(source, cls):
                for statement in node.body:
                    for bound in _bound_names(statement):
                        found[bound].append((where, statement))
                for name, values in self._set_in(where, node).items():
                    found[name] += [(where, assigned.value) for assigned in values]
        return self._attributes[cls]


def _attributes_set(source: Source, cls: ast.ClassDef) -> dict[str, list[Assigned]]:
    """What the methods of a class assign to attributes of `self`."""
    found: dict[str, list[Assigned]] = {}
    for method in cls.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for statement in statements(method.body):
            if isinstance(statement, ast.Assign):
                targets = statement.targets
            elif isinstance(statement, ast.AnnAssign):
                targets = [statement.target]
            else:
                continue
            for target in targets:
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                    and statement.value is not None
                ):
                    assigned = Assigned(source, method, statement.value)
                    found.setdefault(target.attr, []).append(assigned)
    return found


def _suite_root(folder: Path) -> Path | None:
    """The outermost folder of tests around a file; None where no folder says that it is one."""
    around = [path for path in (folder, *folder.parents) if _TESTS.search(path.name)]
    return around[-1] if around else None


_TESTS = re.compile(r"^(unit|functional|integration)?[_-]?tests?$|^testing$|_tests?$|^t$")


@remembered
def _global_names(tree: ast.Module) -> dict[str, ast.stmt]:
    names: dict[str, ast.stmt] = {}
    rebound: set[str] = set()
    for statement in _top_level(tree.body):
        for name in _bound_names(statement):
            if name in names and not isinstance(names[name], ast.Import | ast.ImportFrom):
                rebound.add(name)
            names[name] = statement
    for node in statements(tree.body):
        if isinstance(node, ast.Global):
            rebound.update(node.names)
    return {name: statement for name, statement in names.items() if name not in rebound}


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under `if` and `try` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _top_level([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.Try):
            handlers = [s for handler in statement.handlers for s in handler.body]
            yield from _top_level([*statement.body, *handlers, *statement.orelse])


def _bound_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, _DEFINITIONS):
        return [statement.name]
    if isinstance(statement, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [alias.asname or alias.name for alias in statement.names]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign | ast.AugAssign):
        return [statement.target.id] if isinstance(statement.target, ast.Name) else []
    return []


def _imported(statement: ast.Import, name: str) -> str:
    for alias in statement.names:
        if (alias.asname or alias.name.partition(".")[0]) == name:
            return alias.name if alias.asname else name
    return name
