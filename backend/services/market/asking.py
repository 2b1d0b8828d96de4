"""What is asked of market data, and what is answered."""

from dataclasses import dataclass
from datetime import date

from backend.domain.bars import Bars
from backend.domain.errors import InvalidInput
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe


@dataclass(frozen=True)
class OpenPeriod:
    """A period whose ends may be left open: then it goes as far as there are bars.

    Raises:
        InvalidInput: it ends before it starts.
    """

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise InvalidInput(f"The end {self.end} is before the start {self.start}.", "swap the two dates")

    def __str__(self) -> str:
        if self.start and self.end:
            return f"for the whole of {self.start}..{self.end}"
        return f"from {self.start} on" if self.start else f"up to {self.end}" if self.end else ""

    def filled(self, start: date, end: date) -> Period | None:
        """With its open ends filled in; None when nothing is left."""
        first, last = self.start or start, self.end or end
        return Period(start=first, end=last) if first <= last else None


@dataclass(frozen=True)
class Asked:
    """One question for bars."""

    symbol: str
    timeframe: Timeframe
    period: OpenPeriod
    warmup_bars: int = 0


@dataclass(frozen=True, eq=False)
class MarketSlice:
    """Bars of one source, and what must be said about them whatever their prices are.

    Attributes:
        bars: with the warm-up before the period.
        period: what was asked for, open ends and an unfinished session settled by what there is.
    """

    bars: Bars
    period: Period
    notices: tuple[str, ...]
