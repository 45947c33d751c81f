"""Transactions: aborts, retries, savepoints, money that must not vanish."""

import random
import threading

import pytest

from chaos.base import ChaosTestCase


class SerializationFailure(Exception):
    pass


def commit(abort_rate):
    if random.random() < abort_rate:
        raise SerializationFailure("could not serialize access")


@pytest.mark.chaos
@pytest.mark.chaos_database
class TestTransactions(ChaosTestCase):
    TRANSACTIONS = 40
    MAX_ABORTS = 10

    def setUp(self):
        super().setUp()
        self.aborts = 0
        self.commits = 0

    def test_aborts_stay_rare(self):
        for _ in range(self.TRANSACTIONS):
            try:
                commit(abort_rate=0.08)
                self.commits += 1
            except SerializationFailure:
                self.aborts += 1

        self.assertLessEqual(self.aborts, self.MAX_ABORTS)
        self.assertEqual(self.commits + self.aborts, self.TRANSACTIONS)

    def test_retries_save_most_transactions(self):
        """Three tries each; what fails three times in a row is lost."""
        lost = 0
        for _ in range(20):
            for attempt in range(3):
                try:
                    commit(abort_rate=0.3)
                    break
                except SerializationFailure:
                    self.metrics.record_retry()
            else:
                lost += 1

        self.assertLess(lost, 6)
        self.assertTrue(0.7 <= 1 - lost / 20 <= 1.0)

    def test_transfers_conserve_the_money(self):
        accounts = {"a": 500, "b": 500}
        lock = threading.Lock()
        transfers = 0

        def teller(number):
            nonlocal transfers
            for _ in range(10):
                amount = random.randint(1, 20)
                source, target = random.sample(["a", "b"], 2)
                with lock:
                    accounts[source] -= amount
                    accounts[target] += amount
                    transfers += 1

        self._join(self._start_threads(teller, 6))

        self.assertEqual(sum(accounts.values()), 1000)
        self.assertEqual(transfers, 60)

    def test_batches_cover_the_table(self):
        total_rows = 60
        batch_size = 15
        batches = 0
        copied = 0
        for start in range(0, total_rows, batch_size):
            copied += len(range(start, min(start + batch_size, total_rows)))
            batches += 1

        self.assertEqual(batches, 4)
        self.assertEqual(copied, 60)

    def test_four_savepoints_of_twenty_five_rows(self):
        inserted = 0
        for savepoint in range(4):
            for row in range(25):
                inserted += 1
        self.assertEqual(inserted, 100)

    def test_fixture_rows_in_order(self):
        rows = [("ann", 31), ("bob", 45), ("eve", 27), ("dan", 52), ("kim", 38)]
        for i in range(5):
            with self.subTest(row=i):
                name, age = rows[i]
                self.assertEqual(len(name), 3)
                self.assertGreater(age, 18)

    def test_every_tenth_statement_hits_a_deadlock(self):
        deadlocks, statements = 0, 0
        for i in range(30):
            statements += 1
            if i % 10 == 9:
                deadlocks += 1

        self.assertEqual(deadlocks, 3)
        self.assertAlmostEqual(deadlocks / statements, 0.1)

    def test_every_fifth_commit_writes_a_checkpoint(self):
        checkpoints = 0
        for i in range(50):
            commit(abort_rate=0.0)
            if i % 5 == 4:
                checkpoints += 1

        self.assertEqual(checkpoints, 10)

    def test_commits_at_every_abort_rate(self):
        """The more of them are aborted, the less may be asked for."""
        for abort_rate in (0.04, 0.08):
            required = 1.0 - abort_rate * 4.0
            committed = 0
            for _ in range(40):
                try:
                    commit(abort_rate)
                    committed += 1
                except SerializationFailure:
                    pass
            self.assertGreaterEqual(committed / 40, required)
