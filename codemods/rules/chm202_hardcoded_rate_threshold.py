"""A literal bound on a rate whose trials scale.

## What it does

Finds bounds on events over trials, `success_rate >= 0.8`, and writes one that follows the number
of trials: `min_rate(0.8, of=20, trials=iterations)`. At load 1 it is the author's rate. With
more trials the rate itself holds; with fewer it leaves room for chance.

## Why it matters

A rate looks free of scale and is not. Of 20 trials, 0.8 allows four failures; of ten it allows
two, and a system with one failure in ten fails that test far more often than the other.

## When it refuses

A rate over anything but its own trials or the sum of their counters, a percentage, a rate
expected to be equal to a number. A rate of exactly one or zero is an invariant and stays. Where
the author's trials allow no failure at all, the rate stays and the trials never become fewer.

## How to suppress it

End the line of the assertion with `# chaos: keep` and a reason: the trials stay then as well.
"""

from chaos_migrate.codemods.rules.case import Case

CASES = (
    Case(
        name="a success rate follows the trials that it is over",
        before="""
        import random


        def test_success_rate_on_a_bad_day():
            random.seed(2)
            total = 50
            ok = 0
            for _ in range(total):
                try:
                    if random.random() < 0.06:
                        raise ConnectionResetError
                    ok += 1
                except ConnectionResetError:
                    pass
            success_rate = ok / total
            assert success_rate >= 0.8, f"only {success_rate:.0%} got through"
        """,
        after="""
        import random


        def test_success_rate_on_a_bad_day(chaos_config):
            random.seed(2)
            total = chaos_config.scaled(50, floor=25)
            ok = 0
            for _ in range(total):
                try:
                    if random.random() < 0.06:
                        raise ConnectionResetError
                    ok += 1
                except ConnectionResetError:
                    pass
            success_rate = ok / total
            min_success_rate = chaos_config.min_rate(0.8, of=50, trials=total)
            assert success_rate >= min_success_rate, f"only {success_rate:.0%} got through"
        """,
        runnable=True,
    ),
    Case(
        name="a rate over the length of the results is a rate over the trials",
        before="""
        def test_error_rate(api):
            results = []
            for i in range(40):
                results.append(api.call(f"op-{i}"))
            error_rate = sum(1 for r in results if r.failed) / len(results)
            assert error_rate < 0.25
        """,
        after="""
        def test_error_rate(api, chaos_config):
            results = []
            iterations = chaos_config.scaled(40, floor=20)
            for i in range(iterations):
                results.append(api.call(f"op-{i}"))
            error_rate = sum(1 for r in results if r.failed) / len(results)
            max_error_rate = chaos_config.max_rate(0.25, of=40, trials=iterations, strict=True)
            assert error_rate < max_error_rate
        """,
    ),
    Case(
        name="a rate over the sum of both counters is a rate over the trials",
        before="""
        def test_the_balancer_avoids_the_sick_node(balancer):
            healthy = 0
            sick = 0
            for i in range(60):
                if balancer.route(f"request-{i}").healthy:
                    healthy += 1
                else:
                    sick += 1
            assert healthy / (healthy + sick) >= 0.7
        """,
        after="""
        def test_the_balancer_avoids_the_sick_node(balancer, chaos_config):
            healthy = 0
            sick = 0
            iterations = chaos_config.scaled(60, floor=30)
            for i in range(iterations):
                if balancer.route(f"request-{i}").healthy:
                    healthy += 1
                else:
                    sick += 1
            min_rate = chaos_config.min_rate(0.7, of=60, trials=iterations)
            assert healthy / (healthy + sick) >= min_rate
        """,
    ),
    Case(
        name="a denominator typed as a number follows the count",
        before="""
        def test_delivery(link):
            delivered = 0
            for _ in range(25):
                if link.send():
                    delivered += 1
            assert delivered / 25 >= 0.6
        """,
        after="""
        def test_delivery(link, chaos_config):
            delivered = 0
            iterations = chaos_config.scaled(25, floor=14)
            for _ in range(iterations):
                if link.send():
                    delivered += 1
            min_rate = chaos_config.min_rate(0.6, of=25, trials=iterations)
            assert delivered / iterations >= min_rate
        """,
    ),
    Case(
        name="a part of the count is a rate in other words",
        before="""
        def test_most_replicas_agree(cluster):
            num_reads = 30
            agreed = 0
            for _ in range(num_reads):
                if cluster.read_quorum():
                    agreed += 1
            assert agreed >= num_reads * 0.8
        """,
        after="""
        def test_most_replicas_agree(cluster, chaos_config):
            num_reads = chaos_config.scaled(30, floor=18)
            agreed = 0
            for _ in range(num_reads):
                if cluster.read_quorum():
                    agreed += 1
            min_agreed = chaos_config.min_rate(0.8, of=30, trials=num_reads)
            assert agreed >= num_reads * min_agreed
        """,
    ),
    Case(
        name="a guard against no trials at all is no other denominator",
        before="""
        async def test_failure_rate_of_the_gateway(gateway):
            failed = 0
            attempts = 20
            for _ in range(attempts):
                try:
                    await gateway.ping()
                except OSError:
                    failed += 1
            failure_rate = failed / max(attempts, 1)
            assert failure_rate <= 0.3
        """,
        after="""
        async def test_failure_rate_of_the_gateway(gateway, chaos_config):
            failed = 0
            attempts = chaos_config.scaled(20, floor=10)
            for _ in range(attempts):
                try:
                    await gateway.ping()
                except OSError:
                    failed += 1
            failure_rate = failed / max(attempts, 1)
            max_failure_rate = chaos_config.max_rate(0.3, of=20, trials=attempts)
            assert failure_rate <= max_failure_rate
        """,
    ),
    Case(
        name="a rate that allows no failure stays, and the trials never become fewer",
        before="""
        def test_nearly_all(client):
            ok = 0
            for _ in range(12):
                if client.probe():
                    ok += 1
            assert ok / 12 > 0.95
        """,
        after="""
        def test_nearly_all(client, chaos_config):
            ok = 0
            iterations = chaos_config.scaled(12)
            for _ in range(iterations):
                if client.probe():
                    ok += 1
            assert ok / iterations > 0.95
        """,
    ),
    Case(
        name="a rate of one is an invariant",
        before="""
        def test_all_of_it(disk):
            good = 0
            total = 100
            for _ in range(total):
                if disk.verify():
                    good += 1
            assert good / total == 1.0
        """,
        after="""
        def test_all_of_it(disk, chaos_config):
            good = 0
            total = chaos_config.scaled(100, floor=50)
            for _ in range(total):
                if disk.verify():
                    good += 1
            assert good / total == 1.0
        """,
    ),
    Case(
        name="a rate that somebody else measured is left alone",
        before="""
        def test_reported_rate(monitor):
            for _ in range(3):
                monitor.tick()
            assert monitor.success_rate() >= 0.9
        """,
    ),
    Case(
        name="a rate that is given is a policy, not a threshold",
        before="""
        def test_sampling_can_be_configured(make_tracer):
            tracer = make_tracer(sample_rate=0.25)
            assert tracer.sample_rate == 0.25
        """,
    ),
    Case(
        name="a rate over other trials is refused",
        before="""
        def test_retries_per_request(client):
            retried = 0
            for _ in range(40):
                if client.send().retried:
                    retried += 1
            assert retried / 30 <= 0.5
        """,
        code="CHM404",
    ),
    Case(
        name="errors over what the trials give are a rate that stays, of no fewer trials",
        before="""
        def test_most_pages_are_whole(press):
            damaged = 0
            printed = 0
            for _ in range(20):
                try:
                    page = press.print()
                    if page.torn:
                        damaged += 1
                    printed += 1
                except OSError:
                    damaged += 1
            share = 1 - damaged / max(printed, 1)
            assert share >= 0.7
        """,
        after="""
        def test_most_pages_are_whole(press, chaos_config):
            damaged = 0
            printed = 0
            for _ in range(chaos_config.scaled(20)):
                try:
                    page = press.print()
                    if page.torn:
                        damaged += 1
                    printed += 1
                except OSError:
                    damaged += 1
            share = 1 - damaged / max(printed, 1)
            assert share >= 0.7
        """,
    ),
)
