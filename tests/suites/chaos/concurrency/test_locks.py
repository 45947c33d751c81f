"""Locks: contention, deadlocks that must not be, elections with one winner."""

import threading
import time

import pytest

from chaos.base import ChaosTestCase


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
class LockChaosTest(ChaosTestCase):

    def test_opposite_orders_do_not_deadlock(self):
        """Two threads, two locks, always taken in one order: both get home."""
        locks = sorted([threading.Lock(), threading.Lock()], key=id)
        home = []

        def cross(number):
            for lock in locks:
                lock.acquire()
            home.append(number)
            for lock in reversed(locks):
                lock.release()

        threads = self._start_threads(cross, 2)
        for thread in threads:
            thread.join(timeout=10)
        self.assertFalse(any(thread.is_alive() for thread in threads))
        self.assertEqual(len(home), 2)

    def test_few_give_up_on_a_busy_lock(self):
        """Whoever has to wait longer than two seconds gives up."""
        lock = threading.Lock()
        gave_up = []

        def work(number):
            if lock.acquire(timeout=2.0):
                time.sleep(0.002)
                lock.release()
            else:
                gave_up.append(number)

        self._join(self._start_threads(work, 6))

        self.assertLessEqual(len(gave_up), 2)

    def test_semaphore_limits_the_crowd(self):
        door = threading.Semaphore(3)
        lock = threading.Lock()
        self.inside = 0
        self.peak = 0
        self.served = 0

        def visit(_):
            with door:
                with lock:
                    self.inside += 1
                    self.peak = max(self.peak, self.inside)
                time.sleep(0.002)
                with lock:
                    self.inside -= 1
                    self.served += 1

        self._join(self._start_threads(visit, 9))

        self.assertTrue(self.peak <= 3)
        self.assertEqual(self.served, 9)
        self.assertEqual(self.inside, 0)

    def test_election_has_one_leader(self):
        num_candidates = 10
        ballot = threading.Lock()
        leaders, followers = [], []

        def stand(name):
            if ballot.acquire(blocking=False):
                leaders.append(name)
            else:
                followers.append(name)

        self._join(self._start_threads(stand, num_candidates))

        self.assertEqual(len(leaders), 1)
        self.assertEqual(len(followers), num_candidates - 1)

    def test_waiters_are_woken(self):
        """All of them wait for one event, which is set once."""
        go = threading.Event()
        woken = []

        def wait(number):
            if go.wait(timeout=30):
                woken.append(number)

        threads = self._start_threads(wait, 10)
        self.assertEqual(woken, [])
        go.set()
        self._join(threads)

        self.assertEqual(len(woken), 10)
        self.assertEqual(sorted(woken), list(range(10)))
