"""The strategy beside buying at the first open and holding to the last close, free of costs."""

from backend.engine.metrics.sample import Sample, deviation_of


def benchmark_return(sample: Sample) -> float:
    """Last value of the benchmark / its value before the first close - 1."""
    return sample.benchmark_return


def beta(sample: Sample) -> float | None:
    """Covariance with the benchmark's bar returns / their variance; None when they do not vary."""
    varies = deviation_of(sample.benchmark_squares, sample.size)
    return sample.products / sample.benchmark_squares if varies else None


def alpha(sample: Sample) -> float | None:
    """Yearly mean return that beta does not explain (Jensen 1968): (mean - beta x benchmark mean) x periods per year.

    Returns:
        None where beta is.
    """
    slope = beta(sample)
    return None if slope is None else (sample.mean - slope * sample.benchmark_mean) * sample.periods_per_year
