"""Imported posts: they are in the store already, so there is nothing further to fetch."""

from collections.abc import Sequence

from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post


class ImportedPosts:
    """Stands for the user's files in the order of sources; serves what an import stored under its name."""

    name = "file"
    notice = ""

    def span(self, symbol: str, channel: Channel) -> Period | None:  # noqa: ARG002 - the port names them
        """Nothing beyond what is stored."""
        return None

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Raises DataUnavailable: a file is read when it is imported."""
        raise DataUnavailable(
            f"No file with {channel} posts about {symbol} from {period.start} to {period.end} was imported.",
            f"import one: `backproof data import posts FILE --channel {channel}`",
        )
