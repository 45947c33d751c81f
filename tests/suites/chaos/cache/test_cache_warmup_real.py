"""Warming up a cold cache from an event loop."""

import asyncio

import pytest

from chaos.doubles import AsyncEndpoint

from .stores import SmallCache


@pytest.mark.chaos
@pytest.mark.chaos_cache
@pytest.mark.asyncio
async def test_what_was_warmed_is_served():
    """Twenty profiles go in, the same twenty come out."""
    origin = AsyncEndpoint()
    cache = {}
    for i in range(20):
        answer = await origin.call(f"profile {i}")
        cache[f"user:{i}"] = answer["echo"]

    served = 0
    for i in range(20):
        if cache.get(f"user:{i}") == f"profile {i}":
            served += 1

    assert served == 20
    assert len(cache) == 20


@pytest.mark.chaos
@pytest.mark.chaos_cache
@pytest.mark.asyncio
async def test_prefetch_in_one_burst():
    origin = AsyncEndpoint(failure_rate=0.05)
    num_keys = 24

    answers = await asyncio.gather(*[origin.call(k) for k in range(num_keys)], return_exceptions=True)

    errors = [a for a in answers if isinstance(a, Exception)]
    assert len(answers) == num_keys
    assert len(errors) <= 6, "at most 6 failures"


@pytest.mark.chaos
@pytest.mark.chaos_cache
@pytest.mark.asyncio
async def test_hit_ratio_with_every_fourth_key_cold():
    hits = 0
    total = 20
    for i in range(total):
        await asyncio.sleep(0)
        if i % 4 != 0:
            hits += 1

    assert hits / total == pytest.approx(0.75)


@pytest.mark.chaos
@pytest.mark.chaos_cache
@pytest.mark.asyncio
async def test_warmup_loses_no_update():
    cache = SmallCache(maxsize=3)
    updates = asyncio.Queue()
    for key in ("a", "b", "c"):
        updates.put_nowait((key, key * 2))

    async def apply():
        while not updates.empty():
            key, value = await updates.get()
            cache.put(key, value)
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(apply(), apply()), timeout=10)

    assert len(cache) == 3
    assert cache.get("b") == "bb"
