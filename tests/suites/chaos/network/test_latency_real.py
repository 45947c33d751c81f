"""Slow answers on a real event loop."""

import asyncio
import random
import time

import pytest

from chaos.doubles import AsyncEndpoint


@pytest.mark.chaos
@pytest.mark.chaos_network
@pytest.mark.asyncio
async def test_burst_of_requests_completes():
    """A burst is answered to the last request."""
    endpoint = AsyncEndpoint()

    results = await asyncio.gather(*[endpoint.call(i) for i in range(20)])

    assert len(results) == 20
    assert all(result["status"] == 200 for result in results)


@pytest.mark.chaos
@pytest.mark.chaos_network
@pytest.mark.asyncio
async def test_slow_answers_are_rare():
    slow = 0
    started = time.perf_counter()

    for _ in range(15):
        if random.random() < 0.05:  # a congested hop
            await asyncio.sleep(0.004)
            slow += 1
        else:
            await asyncio.sleep(0.001)

    elapsed = time.perf_counter() - started
    assert slow <= 5, f"{slow} slow answers"
    assert elapsed < 5.0


@pytest.mark.chaos
@pytest.mark.chaos_network
@pytest.mark.asyncio
async def test_worst_latency_stays_bounded():
    """Jitter is fine as long as its tail is."""
    latencies = []

    for _ in range(10):
        begin = time.perf_counter()
        await asyncio.sleep(random.uniform(0.001, 0.003))
        latencies.append(time.perf_counter() - begin)

    assert max(latencies) < 2.0, "one answer took far too long"


@pytest.mark.chaos
@pytest.mark.chaos_network
@pytest.mark.asyncio
async def test_every_probe_comes_back_in_time():
    """No probe may hang, and none may take noticeably long."""
    endpoint = AsyncEndpoint()
    answered = 0

    for probe in range(20):
        begin = time.perf_counter()
        await asyncio.wait_for(endpoint.call(f"probe {probe}"), timeout=10)
        assert time.perf_counter() - begin < 3.0
        answered += 1

    assert answered == 20


@pytest.mark.chaos
@pytest.mark.chaos_network
@pytest.mark.asyncio
async def test_parallel_requests_wait_for_each_other_a_little():
    """All at once they may queue, but not for long on average."""
    endpoint = AsyncEndpoint()
    waits = []

    async def ask(number):
        begin = time.perf_counter()
        await endpoint.call(number)
        waits.append(time.perf_counter() - begin)

    await asyncio.gather(*[ask(n) for n in range(20)])

    assert len(waits) == 20
    assert sum(waits) / len(waits) < 2.0
