"""The hooks, run by the real pre-commit program on commits of a real repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_check_new import ENTRY, old_tests

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"

# The hooks as they are published, except that the program installed here is run: installing it
# again would need a package index.
CONFIG = """\
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: chaos-migrate
        language: system
      - id: chaos-migrate-full
        language: system
        stages: [manual]
"""


def pre_commit(work: Workplace, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pre-commit in the folder."""
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=work.folder, capture_output=True, text=True, check=False)


def commit(work: Workplace) -> subprocess.CompletedProcess[str]:
    """Try to commit what is staged."""
    command = ["git", "commit", "-m", "change"]
    return subprocess.run(command, cwd=work.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def hooked(work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A repository with old findings, in which the hooks are installed."""
    scripts = sysconfig.get_path("scripts")
    monkeypatch.setenv("PATH", os.pathsep.join([scripts, os.environ["PATH"]]))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / MANIFEST.name).write_bytes(MANIFEST.read_bytes())
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "hooks"]):
        subprocess.run(["git", *arguments], cwd=hooks, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True
    )
    work.write("tests/test_old.py", old_tests(2))
    work.write("service.py", "def test_load():\n    for i in range(50):\n        i.call()\n")
    config = CONFIG.format(hooks=hooks, revision=head.stdout.strip())
    work.write(".pre-commit-config.yaml", config)
    work.commit()
    installed = pre_commit(work, "install")
    assert installed.returncode == 0, installed.stderr
    return work


def test_the_manifest_is_valid(work: Workplace) -> None:
    done = pre_commit(work, "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout


def test_a_commit_that_adds_a_threshold_is_stopped_and_told_what_to_write(
    hooked: Workplace,
) -> None:
    text = hooked.read("tests/test_old.py")
    hooked.write(
        "tests/test_old.py",
        text.replace("failures <= 4", "failures <= 4\n    assert failures < 9", 1),
    )
    hooked.git("add", "-A")
    before = hooked.git("rev-parse", "HEAD")
    done = commit(hooked)
    assert done.returncode == 1
    assert hooked.git("rev-parse", "HEAD") == before
    said = done.stdout + done.stderr
    assert "tests/test_old.py:17:23: CHM201 9 is hardcoded" in said
    assert "(write chaos_config.max_count(9, of=20, trials=iterations, strict=True))" in said
    assert said.count("CHM") == 2, "the finding, and the sum"


def test_a_commit_that_touches_old_findings_goes_through(hooked: Workplace) -> None:
    text = hooked.read("tests/test_old.py").replace("failures <= 4", "failures <= 5", 1)
    hooked.write("tests/test_old.py", "import os\n" + text.replace('"too many"', '"oh"', 1))
    hooked.write("service.py", hooked.read("service.py").replace("50", "70"))
    hooked.git("add", "-A")
    done = commit(hooked)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_not_staged_stops_no_commit(hooked: Workplace) -> None:
    text = hooked.read("tests/test_old.py")
    hooked.write("tests/test_old.py", "import os\n" + text)
    hooked.git("add", "-A")
    hooked.write("tests/test_old.py", "import os\n" + text + ENTRY)
    assert commit(hooked).returncode == 0
    assert hooked.read("tests/test_old.py").endswith(ENTRY)


def test_the_other_hook_finds_everything(hooked: Workplace) -> None:
    arguments = ("run", "--all-files", "--hook-stage", "manual", "chaos-migrate-full")
    done = pre_commit(hooked, *arguments)
    assert done.returncode == 1
    assert "4 findings in 1 of 1 file" in done.stdout
