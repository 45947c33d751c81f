"""The pool: exhaustion, reuse, leaks, settings."""

import random
import threading

import pytest

from chaos.doubles import ConnectionPool, LinkDown, PoolTimeout

SETTINGS = {"host": "localhost", "port": 5432, "pool_size": 5, "max_overflow": 0, "timeout": 30}


@pytest.mark.chaos
@pytest.mark.chaos_database
class TestPool:

    def test_sixth_connection_has_to_wait(self, pool):
        """Eight want one, five get one, three time out."""
        held = []
        timeouts = 0
        for _ in range(8):
            try:
                held.append(pool.acquire(timeout=0.002))
            except PoolTimeout:
                timeouts += 1

        assert len(held) == 5
        assert timeouts == 3

    def test_connections_are_reused(self, pool):
        used = 0
        for _ in range(50):
            connection = pool.acquire()
            used += 1
            pool.release(connection)

        assert used == 50
        assert pool.created == 1
        assert pool.in_use == 0

    def test_broken_queries_give_their_connection_back(self, pool):
        failures = 0
        for _ in range(20):
            connection = pool.acquire()
            try:
                if random.random() < 0.05:
                    raise LinkDown("server closed the connection unexpectedly")
            except LinkDown:
                failures += 1
            finally:
                pool.release(connection)

        assert pool.in_use == 0, "leaked connections"
        assert failures <= 5, f"{failures} of 20 queries failed"

    def test_threads_share_a_pool(self):
        """As many threads as connections: nobody has to wait, nobody is refused."""
        pool_size = 10
        pool = ConnectionPool(size=pool_size)
        refused = []
        served = []

        def query(number):
            try:
                connection = pool.acquire(timeout=0.001)
            except PoolTimeout:
                refused.append(number)
                return
            gate.wait(timeout=30)
            served.append(number)
            pool.release(connection)

        gate = threading.Barrier(10)
        threads = [threading.Thread(target=query, args=(n,), daemon=True) for n in range(10)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(timeout=30)

        assert not refused
        assert len(served) == 10

    def test_settings_are_what_operations_asked_for(self):
        assert SETTINGS["port"] == 5432
        assert SETTINGS["pool_size"] == 5
        assert SETTINGS["timeout"] == 30

    @pytest.mark.parametrize("size", [1, 3, 5])
    def test_capacity(self, size):
        pool = ConnectionPool(size=size)
        for _ in range(size):
            pool.acquire()
        with pytest.raises(PoolTimeout):
            pool.acquire(timeout=0.005)
        assert pool.created == size
