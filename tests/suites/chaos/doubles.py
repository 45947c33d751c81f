"""Stand-ins for the services of the shop: small, local, and as unreliable as they are told to be."""

import asyncio
import random
import threading
import time


class LinkDown(ConnectionError):
    """The other side did not answer."""


class Rejected(RuntimeError):
    """The other side answered, and the answer was no."""


class PoolTimeout(TimeoutError):
    """No connection became free in time."""


class Endpoint:
    """An HTTP-like endpoint that loses a share of the calls."""

    def __init__(self, failure_rate=0.0):
        self.failure_rate = failure_rate
        self.calls = 0

    def call(self, payload=None):
        self.calls += 1
        if random.random() < self.failure_rate:
            raise LinkDown("no answer")
        return {"status": 200, "echo": payload}


class AsyncEndpoint:
    """The same behind an event loop."""

    def __init__(self, failure_rate=0.0, delay=0.0005):
        self.failure_rate = failure_rate
        self.delay = delay

    async def call(self, payload=None):
        await asyncio.sleep(self.delay)
        if random.random() < self.failure_rate:
            raise LinkDown("no answer")
        return {"status": 200, "echo": payload}


class LossyChannel:
    """Datagrams: sending one tells whether it got through."""

    def __init__(self, loss_rate):
        self.loss_rate = loss_rate

    def send(self, packet):
        return random.random() >= self.loss_rate


class CircuitBreaker:
    """Opens after so many failures in a row, and refuses from then on."""

    def __init__(self, failure_threshold=5):
        self.failure_threshold = failure_threshold
        self.failures_in_a_row = 0
        self.refused = 0

    @property
    def is_open(self):
        return self.failures_in_a_row >= self.failure_threshold

    def call(self, function):
        if self.is_open:
            self.refused += 1
            raise Rejected("circuit open")
        try:
            answer = function()
        except LinkDown:
            self.failures_in_a_row += 1
            raise
        self.failures_in_a_row = 0
        return answer


class RateLimiter:
    """Lets `limit` calls through in one window."""

    def __init__(self, limit):
        self.limit = limit
        self.used = 0

    def allow(self):
        if self.used >= self.limit:
            return False
        self.used += 1
        return True


class ConnectionPool:
    """A pool that never has more than `size` connections."""

    def __init__(self, size=5):
        self.size = size
        self.created = 0
        self.in_use = 0
        self._lock = threading.Lock()
        self._free = threading.Semaphore(size)

    def acquire(self, timeout=1.0):
        if not self._free.acquire(timeout=timeout):
            raise PoolTimeout("pool exhausted")
        with self._lock:
            self.in_use += 1
            self.created = max(self.created, self.in_use)
        return object()

    def release(self, connection):
        with self._lock:
            self.in_use -= 1
        self._free.release()


class TokenService:
    """Issues opaque tokens and knows which of them are still good."""

    def __init__(self, lifetime=3600, slow_rate=0.0):
        self.lifetime = lifetime
        self.slow_rate = slow_rate
        self.key_id = "key-1"
        self._valid = {}
        self._counter = 0
        self._lock = threading.Lock()

    def issue(self, user, age=0):
        with self._lock:
            self._counter += 1
            token = f"{self.key_id}.{user}.{self._counter}"
            self._valid[token] = time.time() - age
        return token

    def verify(self, token):
        issued = self._valid.get(token)
        if issued is None:
            raise Rejected("unknown token")
        if time.time() - issued > self.lifetime:
            raise Rejected("expired")
        if random.random() < self.slow_rate:
            raise LinkDown("key server timed out")
        return token.split(".")[1]

    def revoke(self, token):
        """True for the one caller that really revoked it."""
        with self._lock:
            return self._valid.pop(token, None) is not None

    def rotate(self):
        self.key_id = "key-2"
