"""Tokens under fire: expiry, storms of logins, revocation races, key rotation."""
import threading

import pytest

from chaos.base import ChaosTestCase
from chaos.doubles import LinkDown, Rejected, TokenService


@pytest.mark.chaos
@pytest.mark.chaos_auth
class TestTokens(ChaosTestCase):

    def setUp(self):
        super().setUp()
        self.service = TokenService(lifetime=3600)

    def test_expired_tokens_are_refused(self):
        """Every third token is older than its lifetime. Nobody with such a token gets in."""
        accepted = 0
        refused = 0
        for i in range(12):
            age = 7200 if i % 3 == 2 else 0
            token = self.service.issue(f"user{i}", age=age)
            try:
                self.service.verify(token)
                accepted += 1
            except Rejected:
                refused += 1

        self.assertEqual(refused, 4)
        self.assertEqual(accepted, 8)

    def test_login_storm_hands_out_distinct_tokens(self):
        num_users = 12
        lock = threading.Lock()
        granted = 0
        tokens = set()

        def login(name):
            nonlocal granted
            token = self.service.issue(name)
            with lock:
                granted += 1
                tokens.add(token)

        threads = [threading.Thread(target=login, args=(f"u{i}",)) for i in range(num_users)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(timeout=30)

        self.assertEqual(12, granted)
        self.assertEqual(num_users, len(tokens), "two users share a token")

    def test_revocation_has_one_winner(self):
        """Eight admins revoke the same token. One of them did it, seven came too late."""
        token = self.service.issue("mallory")
        outcome = {"won": 0, "late": 0}
        lock = threading.Lock()

        def revoke(_):
            won = self.service.revoke(token)
            with lock:
                outcome["won" if won else "late"] += 1

        self._join(self._start_threads(revoke, 8))

        self.assertEqual(outcome["won"], 1)
        self.assertEqual(outcome["late"], 7)

    def test_three_roles_log_in_together(self):
        # one thread a role: reader, writer, admin
        roles = ("reader", "writer", "admin")
        seen = []

        def enter(number):
            seen.append(self.service.verify(self.service.issue(roles[number])))

        self._join(self._start_threads(enter, 3))
        self.assertEqual(sorted(seen), ["admin", "reader", "writer"])

    def test_key_rotation_in_the_middle(self):
        """The key is rotated before the fifth token; old and new ones live side by side."""
        by_key = {"key-1": 0, "key-2": 0}
        for i in range(10):
            if i == 4:
                self.service.rotate()
            key = self.service.issue("ann").split(".")[0]
            by_key[key] += 1

        self.assertEqual(by_key["key-1"], 4)
        self.assertEqual(by_key["key-2"], 6)

    def test_slow_key_server_costs_few_logins(self):
        self.service = TokenService(slow_rate=0.05)
        token = self.service.issue("bob")
        timeouts = 0

        for _ in range(30):
            try:
                self.service.verify(token)
                self.metrics.record_success()
            except LinkDown:
                timeouts += 1
                self.metrics.record_error("timeout")

        self.assertTrue(timeouts <= 8)
        self.assertEqual(self.metrics.attempts, 30)
