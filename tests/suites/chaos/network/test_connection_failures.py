"""Refused, reset and half-open connections, as the connection layer sees them."""

import threading

import pytest

from chaos.base import ChaosTestCase
from chaos.doubles import CircuitBreaker, Endpoint, LinkDown, Rejected


@pytest.mark.chaos
@pytest.mark.chaos_network
class TestConnectionFailures(ChaosTestCase):

    def test_refused_connections_are_recorded(self):
        """Scenario: the listener refuses a connection in twenty.

        Expected: the errors are counted, and they remain the exception.
        """
        endpoint = Endpoint(failure_rate=0.05)

        for _ in range(12):
            try:
                endpoint.call("hello")
                self.metrics.record_success()
            except LinkDown:
                self.metrics.record_error("refused")

        summary = self.metrics.get_summary()
        self.assertLessEqual(summary["error_count"], 4)

    def test_parallel_clients_are_all_answered(self):
        endpoint = Endpoint()
        answers = []
        lock = threading.Lock()

        def client(number):
            answer = endpoint.call(number)
            with lock:
                answers.append(answer["echo"])

        num_clients = 8
        threads = []
        for number in range(num_clients):
            thread = threading.Thread(target=client, args=(number,))
            threads.append(thread)
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(8, len(answers))
        self.assertEqual(len(set(answers)), 8)

    def test_backoff_doubles(self):
        delays = [0.1 * 2 ** attempt for attempt in range(4)]

        self.assertEqual(delays, [0.1, 0.2, 0.4, 0.8])

    def test_breaker_opens_after_five_failures(self):
        """Ten calls against a threshold of five: the second half never reaches the wire."""
        endpoint = Endpoint(failure_rate=1.0)
        breaker = CircuitBreaker(failure_threshold=5)

        for _ in range(10):
            try:
                breaker.call(endpoint.call)
            except (LinkDown, Rejected):
                self.metrics.record_error()

        self.assertTrue(breaker.is_open)
        self.assertEqual(endpoint.calls, 5)
        self.assertEqual(breaker.refused, 5)
        self.assertEqual(self.metrics.errors, 10)

    def test_listener_is_up_after_two_refusals(self):
        """Two attempts come too early; whoever comes later is answered."""
        endpoint = Endpoint()
        refused = 0
        answered = 0

        for attempt in range(12):
            try:
                if attempt < 2:
                    raise LinkDown("the listener is still starting")
                endpoint.call("hello")
                answered += 1
            except LinkDown:
                refused += 1

        self.assertEqual(refused, 2)
        self.assertEqual(answered, 10)
