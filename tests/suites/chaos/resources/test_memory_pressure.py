"""Memory, handles and time: what is taken must be given back."""

import random
import statistics
import time

import pytest

from chaos.base import ChaosTestCase

CHUNK = 4096
BUDGET_SECONDS = 5.0


class Handles:
    """Counts what is open."""

    def __init__(self):
        self.open = 0
        self.opened = 0

    def acquire(self):
        self.open += 1
        self.opened += 1

    def release(self):
        self.open -= 1


@pytest.mark.chaos
@pytest.mark.chaos_resources
class TestPressure(ChaosTestCase):

    def test_buffers_are_filled_completely(self):
        buffers = [bytearray(CHUNK) for _ in range(32)]

        self.assertEqual(len(buffers), 32)
        self.assertTrue(all(len(b) == 4096 for b in buffers))

    def test_no_handle_is_left_open(self):
        handles = Handles()
        for _ in range(15):
            handles.acquire()
            try:
                if random.random() < 0.2:
                    raise OSError("disk full")
            except OSError:
                self.metrics.record_error("disk full")
            finally:
                handles.release()

        self.assertEqual(handles.open, 0)
        self.assertEqual(handles.opened, 15)

    def test_hashing_stays_inside_its_budget(self):
        started = time.perf_counter()
        done = 0
        for _ in range(200):
            sum(range(500))
            done += 1
        elapsed = time.perf_counter() - started

        self.assertEqual(done, 200)
        self.assertLess(elapsed, BUDGET_SECONDS)

    def test_latency_of_a_swapping_host(self):
        """Mean and tail of simulated page faults."""
        for _ in range(20):
            self.metrics.record_latency(random.uniform(0.010, 0.050))

        summary = self.metrics.get_summary()
        self.assertEqual(summary["sample_count"], 20)
        self.assertLess(summary["mean_latency"], 0.045)
        self.assertLess(summary["max_latency"], 0.060)

    def test_recovery_is_about_as_fast_as_before(self):
        baseline, recovered = [], []
        for _ in range(10):
            baseline.append(random.uniform(8, 12))
        for _ in range(10):
            recovered.append(random.uniform(8, 14))

        avg_baseline = statistics.mean(baseline)
        avg_recovered = statistics.mean(recovered)
        assert avg_recovered < avg_baseline * 2
        assert abs(avg_recovered - avg_baseline) < 6.0, (
            f"{avg_recovered:.1f} ms after, "
            f"{avg_baseline:.1f} ms before"
        )

    def test_ninety_fifth_percentile(self):
        latencies = sorted(random.uniform(1, 9) for _ in range(20))

        p95 = latencies[18]
        self.assertLess(p95, 10.0)
        self.assertGreaterEqual(len(self.metrics.latencies), 0)
