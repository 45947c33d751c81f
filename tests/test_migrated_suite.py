"""The suite that ships with the project, migrated as a user would, and then run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SUITE = Path(__file__).parent / "suites" / "chaos"

SETTINGS = """\
[pytest]
asyncio_default_fixture_loop_scope = function
"""

RUNS = """\
import os, sys, pytest
for seed in range(int(sys.argv[1])):
    os.environ["CHAOS_SEED"] = str(seed)
    if pytest.main(["-q", "-p", "no:cacheprovider", "chaos"]):
        sys.exit(f"failed with CHAOS_SEED={seed}")
"""


@dataclass(frozen=True)
class Checkout:
    """A git repository that holds nothing but the suite."""

    path: Path

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as if no test were running it; a deadlock ends as a failure."""
        ours = ("CHAOS_", "PYTEST_", "GIT_")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        return subprocess.run(
            command,
            cwd=self.path,
            env={**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def passes(self, runs: int, **environment: str) -> None:
        """Run the suite several times, with another seed each time."""
        done = self.run(sys.executable, "-c", RUNS, str(runs), **environment)
        assert done.returncode == 0, done.stdout + done.stderr

    def git(self, *arguments: str) -> None:
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = self.run("git", *author, *arguments)
        assert done.returncode == 0, done.stderr

    def migrate(self, *options: str) -> subprocess.CompletedProcess[str]:
        done = self.run(sys.executable, "-m", "chaos_migrate.cli", "chaos", *options)
        assert done.returncode == 0, done.stderr
        return done

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.path.glob("chaos/**/*.py")}


def checkout(path: Path) -> Checkout:
    """A fresh one, as it was before its migration."""
    shutil.copytree(SUITE, path / "chaos", ignore=shutil.ignore_patterns("__pycache__"))
    (path / "pytest.ini").write_text(SETTINGS)
    made = Checkout(path)
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "The suite as its authors wrote it")
    return made


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    migrated = checkout(tmp_path_factory.mktemp("after"))
    migrated.migrate("--apply")
    return migrated


def test_a_second_run_changes_nothing(after: Checkout) -> None:
    files = after.files()
    assert "Nothing to change" in after.migrate("--apply").stderr
    assert after.files() == files


def test_the_patch_of_a_dry_run_is_what_apply_writes(tmp_path: Path, after: Checkout) -> None:
    here = checkout(tmp_path)
    untouched = here.files()
    here.migrate("--dry-run", "--output", "x.patch")
    assert here.files() == untouched
    here.git("apply", "x.patch")
    assert [*here.files().values()] == [*after.files().values()]


def test_ten_runs_pass_before_the_migration(before: Checkout) -> None:
    before.passes(runs=10)


@pytest.mark.parametrize("load", ["0.5", "1", "1.3", "2", "4"])
def test_ten_runs_pass_after_it_at_every_load(after: Checkout, load: str) -> None:
    after.passes(runs=10, CHAOS_LOAD_MULTIPLIER=load)


@pytest.mark.parametrize("option", ["--style=plain", "--shrink=always"])
def test_migrations_of_other_kinds_pass_as_well(tmp_path: Path, option: str) -> None:
    suite = checkout(tmp_path)
    suite.migrate("--apply", option)
    for load in ("0.5", "1.3", "4"):
        suite.passes(runs=1, CHAOS_LOAD_MULTIPLIER=load)


def test_at_load_1_tests_draw_and_compare_the_same_as_before(before: Checkout) -> None:
    report = before.path / "report.json"
    command = (sys.executable, "-m", "chaos_migrate.cli", "verify", "chaos")
    options = ("--loads", "1", "--runs", "3", "--format", "json", "--output", str(report))
    done = before.run(*command, *options)
    found = json.loads(report.read_text())
    assert not [test for test in found["tests"] if test["difference"]]
    assert found["summary"]["compared"] > 100
    assert done.returncode == 0, done.stderr
