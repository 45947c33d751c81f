"""Which two versions are compared: a migration that is pending, or one that was carried out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chaos_migrate.cli.choice import Choice
from chaos_migrate.cli.git import branching_point, repository
from chaos_migrate.cli.pipeline import outcomes
from chaos_migrate.cli.request import Request
from chaos_migrate.cli.verifying.trees import Tree, copy_revision, copy_working_tree, put

_LOAD = b"CHAOS_LOAD_MULTIPLIER"


@dataclass(frozen=True)
class Sides:
    """Two copies of the project and what they are; `notes` is what the user should know of them.

    `load_matters` says that the old version, too, may do more at more load: it speaks of the
    variable that is set for its runs.
    """

    before: Tree
    after: Tree
    titles: tuple[str, str]
    changed: int
    load_matters: bool
    notes: tuple[str, ...] = ()


def make_sides(
    root: Path, paths: tuple[Path, ...], against: str | None, choice: Choice, scratch: Path
) -> Sides:
    """Copy both versions of the project at `root` into `scratch`.

    Raises:
        GitError: when git does not know the revision, or does not answer.
        OSError: when the project cannot be copied.
        ConfigError: when the project's configuration is wrong.
    """
    after = copy_working_tree(root, scratch / "after")
    notes: tuple[str, ...] = ()
    pending: list[tuple[Path, bytes]] = []
    if against is None:
        found = list(outcomes(Request(paths=tuple(map(str, paths)), choice=choice)))
        pending = [
            (outcome.path.resolve().relative_to(root), outcome.after)
            for outcome in found
            if outcome.changed
        ]
        problems = [outcome.problem for outcome in found if outcome.problem]
        notes = tuple(f"{problem.path} is not migrated: {problem.message}" for problem in problems)
        if not pending and repository(root):
            against = branching_point(root)
    if against is None:
        before = copy_working_tree(root, scratch / "before")
        titles = ("the suite as it lies there", "the same, migrated (nothing was written to it)")
    else:
        before = copy_revision(root, against, scratch / "before")
        titles = (f"the suite at {against[:12]}", "the suite as it lies there")
    put(after, pending)
    inside = [path.resolve().relative_to(root) for path in paths]
    old, new = _files(before, inside), _files(after, inside)
    changed = sum(old.get(name) != new.get(name) for name in {*old, *new})
    return Sides(before, after, titles, changed, _knows_load(before), notes)


def _knows_load(tree: Tree) -> bool:
    files = (path for path in tree.master.rglob("*.py") if path.is_file())
    return any(_LOAD in path.read_bytes() for path in files)


def _files(tree: Tree, names: list[Path]) -> dict[Path, bytes]:
    """The Python files of the suite by their names, with the conftests above it."""
    found: dict[Path, bytes] = {}
    for name in names:
        top = tree.master / name
        files = [top] if top.is_file() else [*top.rglob("*.py")]
        files += [tree.master / level / "conftest.py" for level in name.parents]
        found.update((f.relative_to(tree.master), f.read_bytes()) for f in files if f.is_file())
    return found
