"""Sessions on an event loop: refreshes in parallel, sticky sessions, slow identity providers."""

import asyncio
import random

import pytest

from chaos.doubles import AsyncEndpoint, LinkDown

pytestmark = [pytest.mark.chaos, pytest.mark.chaos_auth]

REFRESH_TIMEOUT = 0.01


class Refresh:
    def __init__(self, ok):
        self.ok = ok


async def refresh(provider):
    try:
        await provider.call("refresh")
    except LinkDown:
        return Refresh(ok=False)
    return Refresh(ok=True)


@pytest.mark.asyncio
async def test_refreshes_in_parallel():
    provider = AsyncEndpoint(failure_rate=0.06)

    results = await asyncio.gather(*(refresh(provider) for _ in range(16)))

    refreshed = sum(1 for r in results if r.ok)
    assert refreshed >= 11, f"{refreshed} of {len(results)} sessions were refreshed"


@pytest.mark.asyncio
async def test_balancer_spreads_the_sessions():
    """Two backends, a fair coin: neither of them gets everything."""
    left = 0
    for _ in range(30):
        if random.random() < 0.5:
            left += 1
        await asyncio.sleep(0)

    assert 5 <= left <= 25


@pytest.mark.asyncio
async def test_refresh_times_out():
    """The provider hangs; the caller must not."""
    provider = AsyncEndpoint(delay=10)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(provider.call(), timeout=REFRESH_TIMEOUT)


@pytest.mark.asyncio
async def test_logout_everywhere():
    devices = ["phone", "laptop", "tablet", "tv"]
    gone = []

    async def logout(device):
        await asyncio.sleep(0.001)
        gone.append(device)

    await asyncio.wait_for(asyncio.gather(*[logout(devices[i]) for i in range(4)]), 10)

    assert len(gone) == 4
