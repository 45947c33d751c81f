"""Migrate mutated real files until something breaks.

    nice python -m tests.laws.fuzz --seconds 1200 --keep found FOLDERS...

What breaks is kept in the folder `found`, one file a case, its reason in the first line. The cases
of a seed are always the same: `--seed 3 --first 1234` goes on where another run has stopped.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from chaos_migrate.cli.plans import Planner
from chaos_migrate.cli.run import migrated
from chaos_migrate.codemods.plan import Options
from tests.laws.folding import folds_back
from tests.laws.mutations import excerpt, mutated
from tests.laws.places import only_planned_places_differ

PATIENCE = 20
"""Seconds of work that one file may take at most."""

# The program may say of a mutated file that it is no Python, but not that it failed itself.
OWN_MISTAKES = ("a mistake of this program", "left alone: ")
EXCUSED = ("left alone: does not compile", "left alone: LibCST cannot parse this")
LIKELY = ("range(", "gather(", "Thread(", "submit(", ".map(", "timeout=", "while ")


class Hung(BaseException):
    """A file took longer than `PATIENCE`."""


@dataclass(frozen=True)
class Case:
    """A mutated file: what was found wrong with it (empty: nothing), and what became of it."""

    path: Path
    text: str
    fault: str
    result: str


def cases(files: list[Path], seed: int, first: int = 0) -> Iterator[Case]:
    """Mutated files without end."""
    number = first
    while True:
        random = Random(f"{seed}:{number}")
        path = random.choice(files)
        text = path.read_bytes().decode("utf-8")
        options = Options(
            style=random.choice(["helpers", "plain"]), shrink=random.choice(["power", "always"])
        )
        yield tried(path, mutated(excerpt(text, random), random), options)
        number += 1


def tried(path: Path, text: str, options: Options) -> Case:
    """What is wrong with the migration of `text`, as the content of `path`."""
    signal.signal(signal.SIGPROF, _hung)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        planned = Planner(lambda _: options).text(path, text.encode("utf-8", "surrogatepass"))
        outcome = migrated(planned)
        if outcome.problem:
            message = outcome.problem.message
            own = message.startswith(OWN_MISTAKES) and not message.startswith(EXCUSED)
            traceback = outcome.problem.traceback
            return Case(path, text, f"{message}\n{traceback}" if own else "", "refused")
        if not outcome.changed:
            return Case(path, text, "", "no change")
        assert planned.source is not None
        folds_back(planned.source.text, outcome.after.decode(planned.source.encoding))
        only_planned_places_differ(planned.source, planned.plan.edits, outcome.after)
        return Case(path, text, "", "rewritten")
    except Hung:
        return Case(path, text, f"took longer than {PATIENCE} seconds", "hung")
    except Exception as error:
        return Case(path, text, f"{type(error).__name__}: {error}", "wrong")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def likely(path: Path) -> bool:
    """Whether a file is of sensible size, readable, and has something like load in it."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return len(data) < 500_000 and any(word in text for word in LIKELY)


def _hung(*_: object) -> None:
    raise Hung


def main() -> None:
    """Run for some time, report and keep what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("found"))
    given = parser.parse_args()
    files = sorted(path for folder in given.folders for path in folder.rglob("*.py"))
    files = [path for path in files if path.is_file() and likely(path)]
    print(f"{len(files)} files", flush=True)
    end, results, slowest = time.monotonic() + given.seconds, Counter[str](), (0.0, 0)
    started = time.process_time()
    for number, case in enumerate(cases(files, given.seed, given.first), start=given.first):
        now = time.process_time()
        slowest, started = max(slowest, (now - started, number)), now
        results["faults" if case.fault else case.result] += 1
        if case.fault:
            given.keep.mkdir(exist_ok=True)
            summary = case.fault.splitlines()[0]
            print(f"{number}: {case.path}: {summary}", flush=True)
            comment = "".join(f"# {line}\n" for line in (str(case.path), *case.fault.splitlines()))
            (given.keep / f"{number}.py").write_text(comment + case.text, "utf-8", "surrogatepass")
        if time.monotonic() > end:
            break
    print(f"{results.total()} cases: {dict(results)}")
    print(f"the slowest, number {slowest[1]}, took {slowest[0]:.1f} s")
    sys.exit(1 if results["faults"] else 0)


if __name__ == "__main__":
    main()
