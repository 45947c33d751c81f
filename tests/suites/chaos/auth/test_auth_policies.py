"""Policies: what the login layer refuses, and how often."""

import random
from collections import Counter
from unittest import mock

import pytest

from chaos.doubles import RateLimiter, Rejected, TokenService

LOCKOUT_AFTER = 5


class Account:
    """Locks itself after too many wrong passwords."""

    def __init__(self, max_attempts=LOCKOUT_AFTER):
        self.max_attempts = max_attempts
        self.wrong = 0

    @property
    def locked(self):
        return self.wrong >= self.max_attempts

    def login(self, password):
        if self.locked:
            return 423
        if password != "correct horse":
            self.wrong += 1
            return 401
        self.wrong = 0
        return 200


@pytest.mark.chaos
@pytest.mark.chaos_auth
class TestPolicies:
    def test_five_wrong_passwords_lock_the_account(self):
        account = Account()
        for _ in range(5):
            assert account.login("guess") == 401

        assert account.locked
        assert account.login("correct horse") == 423

    def test_limiter_lets_five_through(self):
        limiter = RateLimiter(limit=5)
        allowed = 0
        refused = 0
        for _ in range(12):
            if limiter.allow():
                allowed += 1
            else:
                refused += 1

        assert allowed == 5
        assert refused == 7

    @pytest.mark.parametrize("skew", [-60, -5, 0, 5, 60])
    def test_clock_skew_is_tolerated(self, skew):
        service = TokenService(lifetime=600)
        token = service.issue("eve", age=skew)
        assert service.verify(token) == "eve"

    @mock.patch.object(TokenService, "verify")
    def test_answers_of_the_key_server_in_order(self, verify):
        """The canned answers say what happens to each of the six calls."""
        verify.side_effect = ["ann", Rejected("no"), "ann", Rejected("no"), Rejected("no"), "ann"]
        service = TokenService()
        rejected = 0

        for _ in range(6):
            try:
                service.verify("anything")
            except Rejected:
                rejected += 1

        assert rejected == 3
        assert verify.call_count == 6

    @mock.patch("chaos.doubles.time.time", return_value=1_700_000_000.0)
    def test_nothing_expires_while_the_clock_stands_still(self, _clock):
        service = TokenService(lifetime=1)
        tokens = [service.issue(f"u{n}") for n in range(16)]

        names = [service.verify(token) for token in tokens]

        assert len(names) == 16

    def test_captcha_outcomes(self):
        """A captcha fails honest people now and then: about one in fifteen."""
        outcomes = Counter()
        for _ in range(40):
            outcomes["failed" if random.random() < 0.07 else "passed"] += 1

        assert outcomes["failed"] <= 10, f"captcha is too hard: {outcomes}"
        assert sum(outcomes.values()) == 40

    def test_suspicion_outlasts_the_incident(self):
        """One login from an impossible place, and whatever comes after it is challenged."""
        suspicious = False
        challenged = 0

        for _ in range(30):
            if suspicious:
                challenged += 1
            elif random.random() < 0.5:
                suspicious = True

        assert challenged >= 10

    def test_reset_mails_are_delivered(self):
        """The mail relay loses one in sixteen."""
        delivered = 0
        bounced = 0

        for _ in range(24):
            if random.random() < 0.06:
                bounced += 1
            else:
                delivered += 1

        assert delivered > 15 and bounced < 9
        assert not (bounced > 8)
