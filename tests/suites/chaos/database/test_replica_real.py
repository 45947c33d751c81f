"""Replicas: failover, lag, reading one's own writes."""

import asyncio
import random

import pytest

from chaos.doubles import AsyncEndpoint, LinkDown

pytestmark = pytest.mark.chaos_database


@pytest.mark.asyncio
async def test_inserts_survive_a_hiccup(orders):
    """Every insert is tried again until it is in, so all of them are in."""
    primary = AsyncEndpoint(failure_rate=0.1)
    for n in range(40):
        while True:
            try:
                await primary.call(n)
                break
            except LinkDown:
                await asyncio.sleep(0.0005)
        orders.execute("insert into orders (state) values (?)", (f"order-{n}",))

    (count,) = orders.execute("select count(*) from orders").fetchone()
    assert count == 40


@pytest.mark.asyncio
async def test_failover_after_the_tenth_write():
    """The primary goes away for good; from then on the replica takes the writes."""
    primary_up = True
    on_primary = on_replica = 0
    for n in range(20):
        if n == 10:
            primary_up = False
        await asyncio.sleep(0)
        if primary_up:
            on_primary += 1
        else:
            on_replica += 1

    assert on_primary == 10
    assert on_replica == 10


@pytest.mark.asyncio
async def test_reads_from_a_lagging_replica():
    fresh = 0
    stale = 0
    for _ in range(50):
        await asyncio.sleep(0)
        lag = random.expovariate(1 / 10)  # milliseconds
        if lag < 30:
            fresh += 1
        else:
            stale += 1

    freshness = fresh / (fresh + stale)
    assert freshness > 0.8


@pytest.mark.asyncio
async def test_queries_in_parallel_mostly_answered():
    replica = AsyncEndpoint(failure_rate=0.06)
    answered = []
    unanswered = []

    async def query(n):
        try:
            answered.append(await replica.call(n))
        except LinkDown:
            unanswered.append(n)

    await asyncio.gather(*(query(n) for n in range(25)))

    total = len(answered) + len(unanswered)
    assert total == 25
    assert len(answered) >= total * 0.7, (
        f"{len(answered)} of {total} queries were answered, "
        f"the others were {unanswered}"
    )


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05])
@pytest.mark.asyncio
async def test_log_shipping_at_every_loss_rate(loss):
    """The worse the link, the less may be asked of it."""
    shipped = 0
    for _ in range(50):
        await asyncio.sleep(0)
        if random.random() >= loss:
            shipped += 1

    assert shipped / 50 >= 1.0 - loss * 6


@pytest.mark.asyncio
async def test_reads_reach_a_flapping_replica():
    """One read in seven finds the replica gone."""
    answered = 0
    for _ in range(20):
        await asyncio.sleep(0)
        if random.random() >= 0.15:
            answered += 1

    assert answered / 20 >= 0.75
