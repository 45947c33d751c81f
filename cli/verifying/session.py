"""One run of pytest on one copy of the project."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chaos_migrate.cli.verifying.process import Ended, watched
from chaos_migrate.cli.verifying.records import CRASHED, HUNG, Run, TestRun, read_events
from chaos_migrate.cli.verifying.watch import AT_START, Watch

PLUGIN = "chaos_migrate_verify"
_USAGE_ERROR, _NO_TESTS = 4, 5  # pytest's exit codes


@dataclass(frozen=True)
class Order:
    """What to run: at which load, with which seed, and which tests (None for all)."""

    load: float
    seed: int
    only: tuple[str, ...] | None = None
    leave_out: tuple[str, ...] = ()
    inject: float = 0.0


@dataclass(frozen=True)
class Pytest:
    """How to run pytest.

    Args:
        python: The interpreter (of the user's environment, not of this program).
        arguments: What to test, relative to `folder`, and what the user passes on.
        project: The root of the project of which copies are run.
        folder: Where to run it, relative to that root.
        bytecode: Where Python may keep what it compiled, so that nothing else is touched.
        timeout: Seconds without an end after which a test, or the collection, counts as hung.
        stop: Set when the user wants no more.
    """

    python: str
    arguments: tuple[str, ...]
    project: Path
    folder: Path
    bytecode: Path
    timeout: float
    stop: threading.Event

    def run(self, tree: Path, order: Order) -> Run:
        """Run pytest in `tree`; nothing that the suite does gets out of here but the result.

        Raises:
            Interrupted: when the user wants no more.
        """
        with tempfile.TemporaryDirectory(
            prefix="chaos-verify-", ignore_cleanup_errors=True
        ) as folder:
            home = Path(folder).resolve()
            events = home / "events"
            environment = self._environment(tree, home, order)
            watch = Watch(events, self.timeout)
            command = [self.python, "-m", "pytest", "-p", PLUGIN]
            command += ["--continue-on-collection-errors", "-o", f"cache_dir={home / 'cache'}"]
            command += ["-o", "enable_assertion_pass_hook=true", *self.arguments]
            try:
                ended = watched(command, tree / self.folder, environment, watch.too_long, self.stop)
            except OSError as error:
                return Run(problem=f"{self.python} cannot be started: {error.strerror or error}")
            told = events.read_bytes() if events.exists() else b""
            for place, name in ((tree, "<project>"), (home, "<tmp>")):
                told = told.replace(json.dumps(str(place))[1:-1].encode(), name.encode())
            return _result(told, ended, self.timeout)

    def _environment(self, tree: Path, home: Path, order: Order) -> dict[str, str]:
        """The user's own, with the orders for the plugin and a place for temporary files."""
        scratch = home / "tmp"
        scratch.mkdir()
        chosen = {"CHAOS_LOAD_MULTIPLIER": f"{order.load:g}"}
        orders = {
            "events": str(home / "events"),
            "bytecode": str(self.bytecode),
            "environment": chosen,
            "seed": str(order.seed),
            "only": order.only,
            "leave_out": order.leave_out,
            "inject": order.inject,
        }
        (home / "orders").write_text(json.dumps(orders), encoding="utf-8")
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        path = [str(Path(__file__).parent / "plugin"), *self._moved(inherited, tree)]
        return {
            **inherited,
            **chosen,
            "CHAOS_VERIFY": str(home / "orders"),
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONHASHSEED": str(order.seed),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(scratch),
        }

    def _moved(self, environment: dict[str, str], tree: Path) -> list[str]:
        """The entries of PYTHONPATH, those inside of the project moved to its copy."""
        entries = [entry for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
        paths = [(self.project / self.folder / entry).resolve() for entry in entries]
        return [
            str(tree / path.relative_to(self.project))
            if path.is_relative_to(self.project)
            else str(path)
            for path in paths
        ]


# Another load, and what pytest and its plugins tell their children.
_NOT_OURS = frozenset({"CHAOS_PROFILE", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER",
                       "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"})  # fmt: skip


def _result(told: bytes, ended: Ended, timeout: float) -> Run:
    run, running, code = read_events(_events(told))
    if code is not None:
        if not (run.found or run.tests or run.uncollected):
            return replace(run, problem=_why_nothing_ran(code, ended))
        return replace(run, lingering=ended.code is None)
    if not told:
        if ended.code is None:
            return replace(
                run, problem=f"nothing was collected within {max(timeout, AT_START):g} s"
            )
        return replace(run, problem=_why_nothing_ran(ended.code, ended))
    if running:
        # With pytest-xdist several may be under way: the one that has taken longest comes first.
        offender = running[0]
        if ended.code is None:
            fate = TestRun(HUNG, f"killed after {timeout:g} s without an end")
        else:
            fate = TestRun(CRASHED, f"ended the process with {_in_words(ended.code)}")
        return replace(run, tests={**run.tests, offender: fate}, offender=offender)
    if run.missing():
        what = "it hung" if ended.code is None else f"ended with {_in_words(ended.code)}"
        return replace(run, problem=f"pytest stopped between two tests: {what}. {_last(ended)}")
    return run


def _events(told: bytes) -> list[dict[str, Any]]:
    """The events; the last line may be cut off."""
    lines = told.split(b"\n")[:-1]
    return [json.loads(line) for line in lines]


def _why_nothing_ran(code: int, ended: Ended) -> str:
    if code == _NO_TESTS:
        return "pytest found no tests there"
    if code == _USAGE_ERROR:
        return f"pytest does not accept its arguments or configuration: {_last(ended)}"
    return f"pytest ended with {_in_words(code)} before any test: {_last(ended)}"


def _last(ended: Ended) -> str:
    lines = [line.strip() for line in ended.output.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    return " | ".join((errors or lines)[-3:])[:600]


def _in_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
