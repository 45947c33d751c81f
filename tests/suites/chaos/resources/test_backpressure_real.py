"""Backpressure on an event loop."""

import asyncio
import random
import time

import pytest

MAX_DROPPED = 6


@pytest.mark.chaos
@pytest.mark.chaos_resources
@pytest.mark.asyncio
async def test_bounded_queue_delivers_everything():
    box = asyncio.Queue(maxsize=4)
    total = 30
    received = []

    async def produce():
        for n in range(total):
            await box.put(n)

    async def consume():
        while len(received) < total:
            received.append(await box.get())

    await asyncio.wait_for(asyncio.gather(produce(), consume()), timeout=30)

    assert received == list(range(total))
    assert len(received) == 30


@pytest.mark.chaos
@pytest.mark.chaos_resources
@pytest.mark.asyncio
async def test_overloaded_stream_drops_few_events():
    num_events = 25
    dropped = []
    for event in range(num_events):
        await asyncio.sleep(0)
        if random.random() < 0.04:
            dropped.append(event)

    drop_rate = len(dropped) / num_events
    assert len(dropped) <= MAX_DROPPED
    assert drop_rate <= 0.25


@pytest.mark.chaos
@pytest.mark.chaos_resources
@pytest.mark.asyncio
async def test_pause_is_respected():
    """The server asks for a pause; the client takes it."""
    pause = 0.01
    began = time.monotonic()
    await asyncio.sleep(pause)
    assert time.monotonic() - began >= 0.009


@pytest.mark.chaos
@pytest.mark.chaos_resources
@pytest.mark.asyncio
async def test_workers_drain_the_backlog():
    backlog = asyncio.Queue()
    for n in range(60):
        backlog.put_nowait(n)
    done = 0
    stolen = 0

    async def drain():
        nonlocal done, stolen
        while not backlog.empty():
            backlog.get_nowait()
            await asyncio.sleep(0)
            if random.random() < 0.05:
                stolen += 1
            else:
                done += 1

    await asyncio.gather(*[drain() for _ in range(3)])

    assert done + stolen == 60
    assert done / 60 >= 0.75


@pytest.mark.chaos
@pytest.mark.chaos_resources
@pytest.mark.asyncio
async def test_flow_control_with_every_fifth_ack_missing():
    acked = 0
    missing = 0
    for i in range(20):
        await asyncio.sleep(0)
        if i % 5 == 4:
            missing += 1
        else:
            acked += 1

    assert missing <= 5
    assert acked / 20 >= 0.7
