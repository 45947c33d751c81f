"""What most of the chaos tests start from: a recorder and a TestCase that owns one."""

import statistics
import threading
import time
import unittest
from collections import Counter

# How many clients the storms of this suite are made of.
STORM_SIZE = 24


class RunMetrics:
    """Collects what happened while the faults were being injected."""

    def __init__(self):
        self.errors = 0
        self.successes = 0
        self.retries = 0
        self.latencies = []
        self.kinds = Counter()
        self._began = None
        self._ended = None

    def begin(self):
        self._began = time.perf_counter()

    def end(self):
        self._ended = time.perf_counter()

    def record_error(self, kind="error"):
        self.errors += 1
        self.kinds[kind] += 1

    def record_success(self):
        self.successes += 1

    def record_retry(self):
        self.retries += 1

    def record_latency(self, seconds):
        self.latencies.append(seconds)

    @property
    def attempts(self):
        return self.errors + self.successes

    def get_summary(self):
        elapsed = 0.0
        if self._began is not None and self._ended is not None:
            elapsed = self._ended - self._began
        return {
            "error_count": self.errors,
            "success_count": self.successes,
            "retry_count": self.retries,
            "sample_count": len(self.latencies),
            "mean_latency": statistics.mean(self.latencies) if self.latencies else 0.0,
            "max_latency": max(self.latencies, default=0.0),
            "elapsed": elapsed,
        }


class ChaosTestCase(unittest.TestCase):
    """A TestCase with a fresh recorder for every test."""

    JOIN_TIMEOUT = 30

    def setUp(self):
        super().setUp()
        self.metrics = RunMetrics()

    def _start_threads(self, worker, count):
        """Start `count` threads on `worker` and hand them back, running."""
        threads = []
        for number in range(count):
            thread = threading.Thread(target=worker, args=(number,), daemon=True)
            threads.append(thread)
            thread.start()
        return threads

    def _join(self, threads):
        for thread in threads:
            thread.join(timeout=self.JOIN_TIMEOUT)
            self.assertFalse(thread.is_alive(), "a thread is stuck")
