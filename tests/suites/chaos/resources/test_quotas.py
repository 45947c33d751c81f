"""Quotas, disks that fill up, load in phases."""

import queue
import random
import time
from collections import Counter, defaultdict

import pytest

from chaos.base import RunMetrics
from chaos.doubles import Endpoint, LinkDown


def hammer(endpoint, count, metrics):
    """Call the endpoint `count` times and record what comes back."""
    for _ in range(count):
        try:
            endpoint.call()
            metrics.record_success()
        except LinkDown:
            metrics.record_error()
    return metrics


@pytest.mark.chaos
@pytest.mark.chaos_resources
class TestQuotas:
    def test_full_queue_pushes_back(self):
        box = queue.Queue(maxsize=10)
        rejected = 0
        for n in range(25):
            try:
                box.put_nowait(n)
            except queue.Full:
                rejected += 1

        assert box.qsize() == 10
        assert rejected == 15

    def test_writes_to_a_failing_disk(self):
        written = 0
        errors = defaultdict(int)
        writes = 30
        for _ in range(writes):
            if random.random() < 0.05:
                errors["EIO"] += 1
                continue
            written += 1

        assert errors["EIO"] <= 8
        assert written >= writes * 0.7
        assert written + errors["EIO"] == 30

    def test_hammering_through_a_helper(self):
        metrics = hammer(Endpoint(failure_rate=0.05), 24, RunMetrics())

        assert metrics.errors <= 7
        assert metrics.attempts == 24

    def test_load_in_three_phases(self):
        """Warm up, peak, cool down: one budget for the errors of all three."""
        errors = 0
        for _ in range(5):
            errors += random.random() < 0.02
        for _ in range(20):
            errors += random.random() < 0.06
        for _ in range(5):
            errors += random.random() < 0.02

        assert errors <= 7

    def test_stops_when_the_disk_is_sick(self):
        """After four errors the writer gives the disk up."""
        errors = 0
        written = 0
        for _ in range(40):
            if random.random() < 0.03:
                errors += 1
                if errors == 4:
                    break
            else:
                written += 1

        assert written >= 10
        assert errors <= 4

    def test_slower_and_slower(self):
        """Each write waits a little longer than the one before."""
        waits = []
        for i in range(10):
            delay = i * 0.0005
            time.sleep(delay)
            waits.append(delay)

        assert waits == sorted(waits)
        assert sum(waits) < 0.03

    def test_tenants_get_equal_shares(self):
        shares = Counter()
        for i in range(40):
            shares[f"tenant-{i % 4}"] += 1

        assert shares["tenant-0"] == 10
        assert len(shares) == 4

    def test_throttling_shows_up(self):
        throttled = 0
        for _ in range(20):
            if random.random() < 0.4:
                throttled += 1

        assert throttled > 0, "nothing was throttled at all"
        assert throttled < 20

    @pytest.mark.parametrize(
        ("used", "limit", "status"),
        [(10, 100, 200), (100, 100, 429), (99, 100, 200)],
    )
    def test_quota_status(self, used, limit, status):
        assert (429 if used >= limit else 200) == status

    def test_small_writes_seldom_fail(self):
        metrics = RunMetrics()
        for _ in range(60):
            if random.random() < 0.03:
                metrics.record_error("ENOSPC")

        assert metrics.errors >= 0
        assert metrics.kinds["ENOSPC"] <= 8
