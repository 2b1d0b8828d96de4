"""The strategy beside buying at the first open and holding to the last close, free of costs."""

from backend.engine.metrics.sample import Sample, deviation_of


def benchmark_return(sample: Sample) -> float:
    """Last close / first open - 1."""
    bars, rows = sample.simulation.bars, sample.simulation.rows
    return float(bars.close[rows.stop - 1] / bars.open[rows.start]) - 1.0


def beta(sample: Sample) -> float | None:
    """Covariance with the benchmark's bar returns / their variance; None when they do not vary."""
    moments = sample.moments
    varies = deviation_of(moments.benchmark_squares, sample.size)
    return moments.products / moments.benchmark_squares if varies else None


def alpha(sample: Sample) -> float | None:
    """Yearly mean return that beta does not explain (Jensen 1968): (mean - beta x benchmark mean) x periods per year.

    Returns:
        None where beta is.
    """
    slope = beta(sample)
    if slope is None:
        return None
    return (sample.moments.mean - slope * sample.moments.benchmark_mean) * sample.periods_per_year
