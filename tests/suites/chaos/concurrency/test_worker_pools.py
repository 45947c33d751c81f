"""Pools of workers: nothing lost, nothing done twice, a few failures at most."""

import queue
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from chaos.base import STORM_SIZE, RunMetrics
from chaos.doubles import Endpoint, LinkDown

NUM_THREADS = 5
OPS_PER_THREAD = 20


class Tally:
    """A counter that many threads may turn."""

    def __init__(self):
        self.value = 0
        self._lock = threading.Lock()

    def bump(self):
        with self._lock:
            self.value += 1


@pytest.mark.chaos
@pytest.mark.chaos_concurrency
class TestWorkerPools:
    def setup_method(self):
        self.metrics = RunMetrics()

    def test_jobs_mostly_succeed(self):
        """Twenty jobs share four workers. One job in sixteen dies."""

        def job(number):
            time.sleep(random.uniform(0.0005, 0.002))
            if random.random() < 0.06:
                raise LinkDown(f"job {number}")
            return number

        completed = 0
        succeeded = 0
        with ThreadPoolExecutor(max_workers=4) as executor:
            futures = [executor.submit(job, n) for n in range(20)]
            for future in as_completed(futures):
                completed += 1
                try:
                    future.result()
                    succeeded += 1
                except LinkDown as error:
                    self.metrics.record_error(str(error))

        assert completed == 20
        assert succeeded >= 14, "too many jobs died"
        assert succeeded + self.metrics.errors == completed

    def test_no_update_is_lost(self):
        tally = Tally()

        def worker():
            for _ in range(OPS_PER_THREAD):
                tally.bump()

        threads = [threading.Thread(target=worker) for _ in range(NUM_THREADS)]
        for t in threads: t.start()
        for t in threads: t.join()

        assert tally.value == 100   # 5 threads x 20 operations

    def test_threads_times_operations(self):
        num_threads = 6
        ops_per_thread = 15
        done = []
        failed = 0
        lock = threading.Lock()

        def worker(thread_id):
            nonlocal failed
            for op in range(ops_per_thread):
                ok = random.random() >= 0.05
                with lock:
                    if ok:
                        done.append((thread_id, op))
                    else:
                        failed += 1

        threads = []
        for thread_id in range(num_threads):
            t = threading.Thread(target=worker, args=(thread_id,))
            t.start()
            threads.append(t)
        for t in threads:
            t.join(timeout=30)

        assert len(done) + failed == num_threads * ops_per_thread
        assert len(set(done)) == len(done)
        assert failed <= 15

    def test_mapped_jobs_keep_their_order(self):
        endpoint = Endpoint()
        with ThreadPoolExecutor(max_workers=8) as pool:
            echoes = [a["echo"] for a in pool.map(endpoint.call, range(32))]

        assert echoes == list(range(32))
        assert len(echoes) == 32

    def test_everybody_meets_at_the_barrier(self):
        num_workers = 6
        barrier = threading.Barrier(num_workers)

        def meet(number):
            barrier.wait(timeout=30)
            return number

        with ThreadPoolExecutor(max_workers=num_workers) as pool:
            met = list(pool.map(meet, range(num_workers)))

        assert len(met) == 6

    def test_producers_and_consumers_balance(self):
        """Three producers with twenty items each, two consumers with thirty: one item off, and this hangs."""
        box = queue.Queue(maxsize=10)
        taken = []

        def produce(name):
            for n in range(20):
                box.put((name, n), timeout=30)

        def consume():
            for _ in range(30):
                taken.append(box.get(timeout=30))

        threads = [threading.Thread(target=produce, args=(f"p{i}",)) for i in range(3)]
        threads += [threading.Thread(target=consume) for _ in range(2)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(timeout=60)

        assert len(taken) == 60
        assert box.empty()

    @pytest.mark.parametrize("workers", [1, 2, 4, 8])
    def test_any_pool_size_finishes(self, workers):
        with ThreadPoolExecutor(max_workers=workers) as pool:
            lengths = list(pool.map(len, ["a", "bb", "ccc"]))
        assert lengths == [1, 2, 3]

    def test_storm_of_the_usual_size_is_weathered(self):
        endpoint = Endpoint()
        with ThreadPoolExecutor(max_workers=6) as pool:
            answers = [pool.submit(endpoint.call, n) for n in range(STORM_SIZE)]

        assert len([a for a in answers if a.result()["status"] == 200]) == 24

    def test_workers_survive_a_noisy_neighbour(self):
        """The neighbour takes the processor away; the workers go on all the same."""
        workers = [threading.Thread(target=sum, args=([1, 2, 3],)) for _ in range(12)]
        for t in workers:
            t.start()
        for t in workers:
            t.join(timeout=30)

        survived = 0
        for _ in range(20):
            if random.random() < 0.97:
                survived += 1
        assert survived >= 15
