"""One counter, trials of different sizes.

## What it does

Refuses counts that are fed by loops of different sizes, or by several events of one trial, and
are judged by a single number.

## Why it matters

A bound of 10 on 50 reads and 20 writes together does not say how many of which may fail. No
formula could follow both numbers and be the author's at load 1 for the right reason.

## What to do

Count each kind of trial for itself and give each its bound; or judge by the sum of their names,
which follows by itself.

## How to suppress it

It fails nothing unless `--strict` is given. `# chaos: keep` and a reason at the end of the line
says that the numbers are meant to stay.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="reads and writes of different numbers share a counter of failures",
        before="""
        def test_mixed_load(store):
            failures = 0
            for i in range(50):
                if not store.read(f"key-{i}"):
                    failures += 1
            for i in range(20):
                if not store.write(f"key-{i}"):
                    failures += 1
            assert failures <= 10
        """,
        code="CHM403",
    ),
    Case(
        name="two events of one trial in one counter",
        before="""
        def test_noise(device):
            glitches = 0
            for _ in range(40):
                if device.early():
                    glitches += 1
                if device.late():
                    glitches += 1
            assert glitches <= 10
        """,
        code="CHM403",
    ),
    Case(
        name="time over two loops of different sizes",
        before="""
        import time


        def test_warm_up_and_run(engine):
            begin = time.time()
            for _ in range(60):
                engine.warm()
            for _ in range(100):
                engine.run()
            assert time.time() - begin < 10
        """,
        code="CHM403",
    ),
    Case(
        name="a counter for each kind of trial can follow its own loop",
        before="""
        def test_reads_and_writes(store):
            failed_reads = 0
            failed_writes = 0
            for i in range(50):
                if not store.read(f"key-{i}"):
                    failed_reads += 1
            for i in range(20):
                if not store.write(f"key-{i}"):
                    failed_writes += 1
            assert failed_reads <= 5
            assert failed_writes <= 4
        """,
        after="""
        def test_reads_and_writes(store, chaos_config):
            failed_reads = 0
            failed_writes = 0
            iterations = chaos_config.scaled(50, floor=26)
            for i in range(iterations):
                if not store.read(f"key-{i}"):
                    failed_reads += 1
            iterations_2 = chaos_config.scaled(20, floor=10)
            for i in range(iterations_2):
                if not store.write(f"key-{i}"):
                    failed_writes += 1
            max_failed_reads = chaos_config.max_count(5, of=50, trials=iterations)
            assert failed_reads <= max_failed_reads
            max_failed_writes = chaos_config.max_count(4, of=20, trials=iterations_2)
            assert failed_writes <= max_failed_writes
        """,
    ),
    Case(
        name="judged by the sum of their names, several sizes follow by themselves",
        before="""
        def test_nothing_is_lost(store):
            num_reads = 50
            num_writes = 20
            done = 0
            for i in range(num_reads):
                store.read(f"key-{i}")
                done += 1
            for i in range(num_writes):
                store.write(f"key-{i}")
                done += 1
            assert done == num_reads + num_writes
        """,
        after="""
        def test_nothing_is_lost(store, chaos_config):
            num_reads = chaos_config.scaled(50, floor=25)
            num_writes = chaos_config.scaled(20, floor=10)
            done = 0
            for i in range(num_reads):
                store.read(f"key-{i}")
                done += 1
            for i in range(num_writes):
                store.write(f"key-{i}")
                done += 1
            assert done == num_reads + num_writes
        """,
    ),
    Case(
        name="a recorder that a context manager hands out counts for all loops in its block",
        before="""
        from recording import recorded


        def test_most_requests_succeed(client):
            with recorded("requests") as recorder:
                for i in range(10):
                    recorder.note(client.get(f"/{i}"))
                for _ in range(3):
                    recorder.note(client.get("/health"))
                summary = recorder.finish()
            assert summary.succeeded >= 8
        """,
        helpers={
            "recording.py": """
            from contextlib import contextmanager


            class Recorder:
                def __init__(self, name):
                    self.name = name
                    self.succeeded = 0

                def note(self, ok):
                    if ok:
                        self.succeeded += 1

                def finish(self):
                    return self


            @contextmanager
            def recorded(name):
                recorder = Recorder(name)
                try:
                    yield recorder
                finally:
                    recorder.finish()
            """,
        },
        code="CHM403",
    ),
)
