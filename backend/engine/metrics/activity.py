"""How much of the time and money was at work, and what trading cost."""

from backend.engine.metrics.sample import Sample


def exposure(sample: Sample) -> float:
    """Share of the closes at which a position was held."""
    return sample.bars_held / sample.size


def turnover(sample: Sample) -> float | None:
    """Value of all fills in a year as a multiple of the mean equity; None when that is not above zero."""
    mean_equity = sample.total_equity / sample.size
    if mean_equity <= 0.0:
        return None
    return sample.traded / mean_equity * sample.periods_per_year / sample.size


def costs_paid(sample: Sample) -> float:
    """Commission, slippage and fees for borrowing in money, the costs of marking an open position included."""
    return sample.costs
