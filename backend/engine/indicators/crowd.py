"""Sentiment and posts of a channel as they were known at the end of each bar."""

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.errors import DataUnavailable
from backend.domain.frames import Frame, SentimentColumns


def sentiment(frame: Frame, channel: str) -> Floats:
    """Mean sentiment of the bar's posts in [-1, 1]; shape (T,), NaN without posts or where none were fetched."""
    return _view(_columns(frame, channel).mean)


def sentiment_std(frame: Frame, channel: str) -> Floats:
    """Standard deviation of the bar's posts; shape (T,), NaN with fewer than two."""
    return _view(_columns(frame, channel).std)


def post_count(frame: Frame, channel: str) -> Floats:
    """Number of the bar's posts; shape (T,), 0 where fetched and none, NaN where not fetched."""
    return _view(_columns(frame, channel).posts)


def _columns(frame: Frame, channel: str) -> SentimentColumns:
    if channel not in frame.sentiment:
        known = ", ".join(sorted(frame.sentiment)) or "none"
        raise DataUnavailable(
            f"The strategy reads the channel {channel}, but the data of {frame.bars.symbol} has no such channel.",
            f"fetch or import it, or leave it out of the strategy (channels at hand: {known})",
        )
    return frame.sentiment[channel]


def _view(column: Floats) -> Floats:
    line = np.ascontiguousarray(column, dtype=np.float64).view()
    line.setflags(write=False)
    return line
