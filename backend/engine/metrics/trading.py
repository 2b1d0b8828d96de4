"""What the closed trades earned; a position left open is none of them."""

from backend.engine.metrics.sample import Sample


def trades(sample: Sample) -> int:
    """Closed trades."""
    return sample.trades


def win_rate(sample: Sample) -> float | None:
    """Share of trades with a profit after costs; None without trades."""
    return _per_trade(sample, sample.winners)


def profit_factor(sample: Sample) -> float | None:
    """Money won / money lost; None when no trade lost."""
    return sample.won / sample.lost if sample.lost > 0.0 else None


def average_trade(sample: Sample) -> float | None:
    """Mean trade return as a fraction of the money put in; None without trades."""
    return _per_trade(sample, sample.returns)


def best_trade(sample: Sample) -> float | None:
    """Highest trade return; None without trades."""
    return sample.best if sample.trades else None


def worst_trade(sample: Sample) -> float | None:
    """Lowest trade return; None without trades."""
    return sample.worst if sample.trades else None


def _per_trade(sample: Sample, total: float) -> float | None:
    return total / sample.trades if sample.trades else None
