"""Imported prices: they are in the store already, so there is nothing further to fetch."""

from backend.domain.bars import Bars
from backend.domain.errors import DataUnavailable
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe


class ImportedPrices:
    """Stands for the user's files in the order of sources; serves what an import stored under its name."""

    name = "file"
    remote = False

    def symbols(self) -> tuple[str, ...]:
        """None beyond those stored."""
        return ()

    def span(self, symbol: str, timeframe: Timeframe) -> Period | None:  # noqa: ARG002 - the port names them
        """Nothing beyond what is stored."""
        return None

    def longest_request(self, timeframe: Timeframe) -> int | None:  # noqa: ARG002 - the port names it
        """No limit."""
        return None

    def fetch(self, symbol: str, timeframe: Timeframe, period: Period) -> Bars:
        """Raises DataUnavailable: a file is read when it is imported."""
        raise DataUnavailable(
            f"No file with {timeframe} bars of {symbol} from {period.start} to {period.end} was imported.",
            "import one: `backproof data import prices FILE`",
        )
