"""Work on many files in processes of their own, with the results in the order of the files.

A process that dies costs the file that it had in hand: another one takes over the rest.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar

Result = TypeVar("Result")
Work = Callable[[Path], Result]
"""What is done with a file: it raises nothing, and it and its results can be pickled."""

Lost = Callable[[Path, str], Result]
"""The result of a file that took its process with it, and why."""

# Files that lie together share helper modules, so that they go to one process.
_CHUNK = 4
# Results that wait for an earlier file; beyond, nothing new is begun.
_WAITING = 256


def in_processes(
    work: Work[Result], files: Iterable[Path], lost: Lost[Result], jobs: int
) -> Iterator[Result]:
    """The results of `work` on `files`, from `jobs` processes.

    Files are taken as they are needed, and only a few results ever wait for their turn.
    """
    crew = _Crew(work, enumerate(files), lost)
    try:
        yield from crew.results(jobs)
    finally:
        crew.dismiss()


@dataclass(eq=False)
class _Worker:
    """One process, and the files that it has in hand, by their positions."""

    process: BaseProcess
    connection: Connection
    hand: deque[tuple[int, Path]] = field(default_factory=deque)

    def give(self, chunk: list[tuple[int, Path]]) -> None:
        """Have it work on these as well."""
        self.hand += chunk
        if chunk:
            with suppress(OSError):  # of a dead one: that shows where its results are waited for
                self.connection.send([path for _, path in chunk])

    def end(self) -> str:
        """Let go of a process that is dead; why it is."""
        self.connection.close()
        self.process.join()
        code = self.process.exitcode or 0
        self.process.close()
        if code >= 0:
            return f"the process that worked on it ended with exit code {code}"
        if code == -getattr(signal, "SIGKILL", 0):
            return "the process that worked on it was killed, perhaps for want of memory"
        return f"the process that worked on it was killed by signal {-code}"


@dataclass(eq=False)
class _Crew(Generic[Result]):
    """The processes of a run, and the results that are not due yet, by the files' positions."""

    work: Work[Result]
    files: Iterator[tuple[int, Path]]
    lost: Lost[Result]
    workers: list[_Worker] = field(default_factory=list)
    done: dict[int, Result] = field(default_factory=dict)

    def results(self, jobs: int) -> Iterator[Result]:
        """All results, in order."""
        for _ in range(jobs):
            self._hire()
        position = 0
        while True:
            self._hand_out()
            busy = [worker for worker in self.workers if worker.hand]
            if not busy and not self.done:
                return
            ready = wait([worker.connection for worker in busy]) if busy else []
            for worker in busy:
                if worker.connection in ready:
                    self._take_from(worker)
            while position in self.done:
                yield self.done.pop(position)
                position += 1

    def dismiss(self) -> None:
        """End all processes, whatever they do: nothing that they hold is wanted any more."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.end()

    def _hire(self) -> None:
        """Start one more process, if the machine lets us."""
        ours, theirs = multiprocessing.Pipe()
        arguments = (self.work, theirs, ours)
        process = multiprocessing.Process(target=_serve, args=arguments, daemon=True)
        # An interrupt is for us: a process that is just being started would tell of it as well.
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process.start()
        except OSError:
            ours.close()
        else:
            self.workers.append(_Worker(process, ours))
        finally:
            signal.signal(signal.SIGINT, heard)
            theirs.close()

    def _hand_out(self) -> None:
        """See that every process has something to begin with when it has finished its chunk."""
        for worker in self.workers:
            # Where nobody works, all that waits does so for a file that a dead process left behind.
            idle = not any(each.hand for each in self.workers)
            if len(worker.hand) < _CHUNK and (idle or len(self.done) < _WAITING):
                worker.give(list(islice(self.files, _CHUNK)))
        if not self.workers:  # not one could be started
            for position, path in islice(self.files, 1):
                self.done[position] = self.work(path)

    def _take_from(self, worker: _Worker) -> None:
        """Receive one result, or find that the process is dead and put another in its place."""
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            self.workers.remove(worker)
            (position, path), *rest = worker.hand
            self.done[position] = self.lost(path, worker.end())
            self.files = chain(rest, self.files)
            self._hire()
        else:
            position, _ = worker.hand.popleft()
            self.done[position] = result


def _serve(work: Work[Result], connection: Connection, other_end: Connection) -> None:
    """Be such a process."""
    other_end.close()  # or this one would never hear that the other one is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, ConnectionError):
        while True:
            for path in connection.recv():
                connection.send(work(path))
