"""Tasks on an event loop: limits, cancellation, a burst with casualties."""

import asyncio
import random
import time
import unittest

import pytest


class Overload(Exception):
    pass


async def handle(number):
    await asyncio.sleep(random.uniform(0.0005, 0.002))
    if random.random() < 0.05:
        raise Overload(number)
    return number


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
@pytest.mark.asyncio
async def test_burst_with_casualties():
    tasks = [asyncio.create_task(handle(n)) for n in range(30)]
    results = await asyncio.gather(*tasks, return_exceptions=True)

    succeeded = len([r for r in results if not isinstance(r, Exception)])
    error_rate = 1 - succeeded / 30
    assert error_rate < 0.3, f"{error_rate:.0%} of the tasks failed"


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
@pytest.mark.asyncio
async def test_gate_admits_five_at_a_time():
    gate = asyncio.Semaphore(5)
    inside = peak = 0
    finished = []

    async def enter(number):
        nonlocal inside, peak
        async with gate:
            inside += 1
            peak = max(peak, inside)
            await asyncio.sleep(0.001)
            inside -= 1
        finished.append(number)

    await asyncio.gather(*[enter(n) for n in range(20)])

    assert peak <= 5
    assert len(finished) == 20


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
@pytest.mark.asyncio
async def test_every_second_task_is_cancelled():
    num_tasks = 10
    tasks = [asyncio.create_task(asyncio.sleep(0.02)) for _ in range(num_tasks)]
    await asyncio.sleep(0)

    for i in range(num_tasks):
        if i % 2 == 0:
            tasks[i].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    cancelled = sum(isinstance(o, asyncio.CancelledError) for o in outcomes)
    assert cancelled == 5
    assert len(outcomes) - cancelled == 5


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
@pytest.mark.asyncio
async def test_concurrent_sleeps_overlap():
    """A hundred naps at once last about as long as one of them, not as a hundred."""
    nap = 0.005
    began = time.perf_counter()
    await asyncio.gather(*[asyncio.sleep(nap) for _ in range(100)])
    elapsed = time.perf_counter() - began

    assert elapsed >= 0.004
    assert elapsed < 4.0


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
@pytest.mark.asyncio
async def test_lease_goes_to_whoever_asks_first():
    """Twelve nodes want the lease; eleven of them come too late."""
    taken = asyncio.Event()
    holders = []
    late = []

    async def claim(node):
        await asyncio.sleep(0)
        if taken.is_set():
            late.append(node)
        else:
            taken.set()
            holders.append(node)

    await asyncio.gather(*[claim(n) for n in range(12)])

    assert len(holders) == 1
    assert len(late) == 11


class TestMailbox(unittest.IsolatedAsyncioTestCase):
    """The event loop comes from unittest here."""

    async def test_mailbox_keeps_everything(self):
        mailbox = asyncio.Queue()
        for n in range(50):
            await mailbox.put(n)

        read = []
        while not mailbox.empty():
            read.append(await mailbox.get())

        self.assertEqual(len(read), 50)
        self.assertTrue(mailbox.empty())
