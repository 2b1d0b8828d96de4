"""Dataset versions made by hand from daily records."""

from datetime import UTC, datetime

from backend.domain.moments import period_of
from backend.domain.sentiment import DatasetMetadata, SentimentDataset, SentimentDays
from backend.domain.timeframes import Timeframe


def dataset_of(days: SentimentDays, available_posts: int | None) -> SentimentDataset:
    """A version of TEST on reddit with these records."""
    covered = period_of(days.session)
    metadata = DatasetMetadata(
        total_days=len(days),
        days_with_data=0,
        total_posts=0,
        avg_sentiment=None,
        coverage=1.0,
        from_cache_days=0,
        fetched_at=datetime(2025, 12, 2, tzinfo=UTC),
        point_in_time=True,
        available_posts=available_posts,
    )
    return SentimentDataset(
        id="ds_1",
        symbol="TEST",
        channel="reddit",
        provider="reddit",
        timeframe=Timeframe.DAY,
        start=covered.start,
        end=covered.end,
        scorer="length/1",
        days=days,
        metadata=metadata,
    )
