"""The program killed at random moments of `--apply`: nothing is ever half done.

`CHAOS_LONG=1 pytest tests/cli/test_killed.py` kills it 100 times on 200 files.
"""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.conftest import LOAD_TEST

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

KILLS, FILES = (100, 200) if os.environ.get("CHAOS_LONG") else (3, 40)
APPLY = [sys.executable, "-m", "chaos_migrate.cli", "tests", "--apply", "-q"]

Tree = dict[str, tuple[int, bytes]]
"""Type and mode, and content or target, of everything in a folder."""


def tree(work: Workplace) -> Tree:
    """All that is below the folder of the tests."""
    found = {}
    for path in sorted((work.folder / "tests").rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            found[str(path)] = (mode, path.read_bytes())
        elif stat.S_ISLNK(mode):
            found[str(path)] = (mode, os.fsencode(path.readlink()))
    return found


def test_killed_at_any_moment_every_file_is_whole_and_the_next_run_cleans_up(
    work: Workplace,
) -> None:
    a_suite(work)
    old = tree(work)
    assert subprocess.run(APPLY, check=False).returncode == 0
    new = tree(work)
    changed = [path for path in new if new[path] != old.get(path)]
    conftest = str(work.folder / "tests" / "conftest.py")
    assert len(changed) == FILES + 1

    midway, chance = 0, random.Random(0)
    for _ in range(KILLS):
        restore(old)
        killed_soon_after(Path(chance.choice(changed)), chance.uniform(0, 0.02))
        left = tree(work)
        for path, now in left.items():
            if not is_temporary(path):
                assert now in (old[path], new[path]), f"{path} is neither old nor new"
        written = [path for path in changed if left[path] == new[path]]
        assert not written or conftest in written, "tests without their fixtures"
        midway += 0 < len(written) < len(changed)
        done = subprocess.run(APPLY, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert tree(work) == new
    assert midway > KILLS / 2, "hardly any moment was one of writing"


def a_suite(work: Workplace) -> None:
    """Folders of tests that all change, with permissions and links of many kinds."""
    for number in range(FILES):
        path = work.write(f"tests/{number % 5} of 5/test_{number}.py", LOAD_TEST * (1 + number % 3))
        path.chmod((0o644, 0o600, 0o755, 0o640)[number % 4])
    work.write("tests/conftest.py", "# their own\n").chmod(0o640)
    link = work.folder / "tests" / "test_link.py"
    link.symlink_to(Path("0 of 5") / "test_0.py")
    work.commit()


def restore(old: Tree) -> None:
    """Put every file back, in place, as it was."""
    for path, (mode, content) in old.items():
        if stat.S_ISREG(mode):
            Path(path).write_bytes(content)


def killed_soon_after(path: Path, seconds: float) -> None:
    """Start the program, and kill it some time after it has replaced a file, wherever it is."""
    before = path.stat().st_ino
    with subprocess.Popen(APPLY, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and path.stat().st_ino == before:
            time.sleep(0.001)
        time.sleep(seconds)
        process.kill()


def is_temporary(path: str) -> bool:
    """Whether a file is one that only the program itself can have left."""
    return Path(path).name.startswith(".chaos-migrate-")
