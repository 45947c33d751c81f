"""Statistics over samples: the steady ones, and those that more trials make more extreme."""

from __future__ import annotations

from chaos_migrate.codemods.reading.algebra import Value
from chaos_migrate.codemods.reading.merging import mixed
from chaos_migrate.codemods.reading.quantities import Collection, Duration, Statistic, Summary

STEADY = {"mean", "fmean", "median", "stdev", "pstdev", "variance", "pvariance", "average", "std",
           "geometric_mean", "harmonic_mean", "nanmean"}  # fmt: skip
EXTREME = {"percentile", "quantile", "quantiles", "nanpercentile"}


def summary_of(kind: Statistic, samples: Value) -> Value:
    """A statistic over samples."""
    if isinstance(samples, Collection):
        timed = isinstance(samples.state.element, Duration)
        return Summary(kind, samples.deps, timed)
    return mixed(samples)


def is_timed(collection: Collection) -> bool:
    """Whether the elements are times."""
    return isinstance(collection.state.element, Duration)
