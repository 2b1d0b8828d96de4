"""Counts what the data services fetch, read, score and write, so that a session can report it."""

from dataclasses import dataclass, replace


@dataclass
class DataCounters:
    """Running totals of one process; they only grow.

    Attributes:
        source_calls: fetches from a price or post source.
        bars_fetched: bars in the answers of price sources.
        data_reads: reads of bars, posts or datasets from the store.
        posts_scored: texts handed to a scorer.
        dataset_writes: dataset versions added to the store.
        backtests: backtests that were asked for directly.
    """

    source_calls: int = 0
    bars_fetched: int = 0
    data_reads: int = 0
    posts_scored: int = 0
    dataset_writes: int = 0
    backtests: int = 0

    def snapshot(self) -> "DataCounters":
        """The totals of this moment, to subtract from later ones."""
        return replace(self)
