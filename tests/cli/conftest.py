"""A folder to work in, with git repositories made on the spot and the program run as a process."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.program import Done, forked, started

LOAD_TEST = """\
import time


def request(number):
    time.sleep(0)
    return number


def test_every_request_arrives():
    responses = []
    for i in range(100):
        responses.append(request(i))
    assert len(responses) == 100
"""
"""A test whose count is beyond doubt load: it is rewritten, and needs the fixtures."""


@dataclass(frozen=True)
class Workplace:
    """The working directory of a test."""

    folder: Path

    def write(self, name: str, content: str | bytes = LOAD_TEST) -> Path:
        """Put a file into the folder, by default a test that is certain to be rewritten."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, name: str) -> str:
        """The text of a file of the folder, with its own line ends."""
        return (self.folder / name).read_bytes().decode()

    def names(self, folder: str = ".") -> list[str]:
        """What lies in a folder, hidden files too."""
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run git in the folder; a failure fails the test."""
        command = ["git", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, cwd=self.folder, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self) -> None:
        """Commit everything in the folder, in a repository made for it where there is none."""
        if not (self.folder / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "state")

    def run(self, *arguments: str | bytes, stdin: bytes = b"", cwd: str = ".", **env: str) -> Done:
        """Run the program, and insist that it never shows a traceback."""
        done = forked(arguments, self.folder / cwd, {**os.environ, **env}, stdin)
        assert "Traceback" not in done.err, done.err
        return done

    def start(self, *arguments: str | bytes, **env: str) -> Done:
        """The same, started by Python itself."""
        done = started(arguments, self.folder, {**os.environ, **env}, stdin=b"")
        assert "Traceback" not in done.err, done.err
        return done


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own git, colours or hooks in the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "PYTHONDONTWRITEBYTECODE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "CHAOS_LOAD_MULTIPLIER", "CHAOS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """An empty working directory, outside of any repository."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Workplace(folder)
