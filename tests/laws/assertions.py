"""Generated assertions on what a load has counted, in many forms."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.laws.trials import Load, indented

# The most frequent ones in chaos suites.
USUAL = (
    "assert bad <= {k}",
    "assert bad <= {k}, 'Threshold exceeded'",
    "assert bad < {k}, f'{{bad}} of {n} failed'",
    "assert ok >= {k}",
    "assert ok / {total} >= {p}, 'too few'",
    "success_rate = ok / {total}\nassert success_rate >= {p}",
    "assert len(seen) == {total}",
    "assert ok + bad == {total}",
)

PLAIN = (
    "assert bad <= {k}",
    "assert bad < {k}, 'at most {k}'",
    "assert ok >= {k}, f'{{ok}} of {n}'",
    "assert ok > {k}, 'too few: ' + str(ok)",
    "assert {k} >= bad",
    "assert len(seen) == {total}",
    "assert ok + bad == {total}",
    "assert ok == {total} - bad",
    "assert bad == {total} - 1",
    "assert ok / {total} >= {p}",
    "assert bad / {total} <= {p}",
    "assert (ok / {total}\n        >= {p}), (\n    'too few')",
    "assert bad > 0",
    "assert bad >= 1",
    "assert not bad",
    "assert {k} <= ok <= {total}",
    "assert 0 <= bad <= {k} and ok >= 0",
    "assert bad <= {k} or not ok",
    "assert not bad > {k}",
    "rate = bad / max(ok + bad, 1)\nassert rate < {p}",
    "success_rate = ok / {total}\nassert success_rate >= {p}, f'{{success_rate:.2f}} < {p}'",
    "percent = 100.0 * ok / {total}\nassert percent >= 60.0",
    "assert ok > bad",
    "assert ok >= bad * 0.5",
    "assert ok >= {total} * {p}",
    "limit = {k}\nassert bad <= limit",
    "max_failures = {k}\nassert bad <= max_failures, f'{{bad}} > {{max_failures}}'",
    "assert len(set(seen)) == len(seen)",
    "assert len(set(seen)) == {total}",
    "assert seen == list(range({total}))",
    "assert sorted(seen) == [i for i in range({total})]",
    "assert sum(1 for s in seen if s) <= {k}",
    "assert len([s for s in seen if s is not None]) == {total}",
    "assert all(s is not None for s in seen) and len(seen) >= {k}",
    "assert sum(seen) / max(len(seen), 1) < {total}",
    "assert max(seen, default=0) <= {total}",
    "assert statistics.mean(seen or [0]) < {total}",
    "if bad:\n    assert bad <= {k}",
    "for value in seen:\n    assert value < {total}",
    "try:\n    assert ok >= {k}\nfinally:\n    log.append('judged')",
    "with contextlib.nullcontext():\n    assert bad <= {k}",
    "assert len(log) <= {total}",
    "assert len(CALLS) >= 0",
    "assert (rest := {total} - ok) >= 0 and rest <= {k}",
    "print(f'{{ok}}/{total}')",
    "elapsed = time.monotonic() - started\nassert elapsed < 30.0",
    "assert time.monotonic() - started < 60, 'too slow'",
    "elapsed = time.monotonic() - started\n"
    "assert {total} / elapsed > 1e-3, f'{{{total} / elapsed:.1f}} a second'",
    "mean = (time.monotonic() - started) / {total}\nassert mean < 30.0, 'slow'",
    "print(f'{{ok / {total}:.1%}} of them')\nassert ok / {total} >= {p}",
    "if bad > {k}:\n    pytest.fail('more than {k} failed')",
)
# The methods of unittest.TestCase.
UNITTEST = (
    "self.assertEqual(len(seen), {total})",
    "self.assertEqual({total}, ok + bad)",
    "self.assertLessEqual(bad, {k})",
    "self.assertLess(bad, {k}, 'at most {k}')",
    "self.assertGreaterEqual(ok, {k}, msg=f'{{ok}} of {n}')",
    "self.assertGreater(ok / {total}, {p})",
    "self.assertTrue(bad <= {k})",
    "self.assertFalse(bad > {k}, 'too many')",
    "self.assertEqual(bad, 0)",
    "self.assertIn(ok, range({total} + 1))",
    "self.assertAlmostEqual(ok / {total}, {p}, delta=0.9)",
    "with self.subTest('bad'):\n    self.assertLessEqual(bad, {k})",
)


@st.composite
def assertions(draw: st.DrawFn, load: Load, unittest: bool = False) -> str:
    """Statements that judge the load, by a number that makes sense or by any other."""
    forms = PLAIN + UNITTEST if unittest else PLAIN
    form = draw(st.sampled_from(USUAL if draw(st.booleans()) else forms))
    expected = int(load.n * float(load.p))
    sensible = expected + draw(st.integers(1, 4)) if "bad" in form else load.n // 2
    k = draw(st.sampled_from([sensible, sensible, load.n - 1, draw(st.integers(0, 120))]))
    rate = draw(st.sampled_from(["0.5", "0.5", "0.7", "0.95", load.p]))
    return form.format(n=load.n, p=rate, k=k, total=load.total)


def nested(draw: st.DrawFn, text: str) -> str:
    """The statements as they are, or within a block."""
    within = draw(st.sampled_from(("", "", "", "if True:", "with contextlib.nullcontext() as _:")))
    return f"{within}\n{indented(text)}" if within else text
