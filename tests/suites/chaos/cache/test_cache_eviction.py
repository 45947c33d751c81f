"""What leaves the cache, and what must not."""

import random
import time

import pytest

from chaos.doubles import Endpoint, LinkDown

from .stores import CorruptEntry, SmallCache


def read_checked(entry):
    body, checksum = entry
    if sum(body) % 256 != checksum:
        raise CorruptEntry("checksum")
    return body


@pytest.mark.chaos
@pytest.mark.chaos_cache
class TestEviction:

    def test_size_is_never_exceeded(self):
        cache = SmallCache(maxsize=8)
        for i in range(12):
            cache.put(i, i)

        assert len(cache) == 8
        assert cache.evicted == 4
        assert cache.get(0) is None

    @pytest.mark.parametrize(("maxsize", "evicted"), [(4, 6), (8, 2), (16, 0)])
    def test_eviction_by_size(self, maxsize, evicted):
        cache = SmallCache(maxsize=maxsize)
        for key in range(10):
            cache.put(key, "x")
        assert cache.evicted == evicted

    def test_corrupt_entries_are_found(self):
        """The first two entries were hit by a bad disk; the other ones are fine."""
        corrupt = 0
        good = 0
        for i in range(10):
            body = bytes([i, i, i])
            entry = (body, 255 if i < 2 else sum(body) % 256)
            try:
                read_checked(entry)
                good += 1
            except CorruptEntry:
                corrupt += 1

        assert corrupt == 2
        assert good == 8

    def test_expiry_is_noticed(self):
        """Polls until the entry is gone; how often does not matter."""
        expires = time.monotonic() + 0.01
        gone = False
        for _ in range(2000):
            if time.monotonic() >= expires:
                gone = True
                break
            time.sleep(0.002)
        assert gone

    def test_invalidation_reaches_most_nodes(self):
        node = Endpoint(failure_rate=0.05)
        sent, lost = 0, 0
        while sent < 25:
            sent += 1
            try:
                node.call("invalidate")
            except LinkDown:
                lost += 1
        assert lost / max(sent, 1) <= 0.3

    def test_refills_take_as_long_as_they_are_told(self):
        samples = [random.uniform(0.010, 0.030) for _ in range(40)]

        assert sum(samples) / len(samples) == pytest.approx(0.020, abs=0.006)

    def test_every_write_is_announced_in_both_regions(self):
        origin = Endpoint()
        announced = []
        for i in range(20):
            version = origin.call(f"version {i}")["echo"]
            announced.append(("north", version))
            announced.append(("south", version))

        assert len(announced) == 40
        assert origin.calls == 20
