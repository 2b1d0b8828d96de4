"""What a family of strategies is: a draft with both sides, cut to the direction that the goal asks for."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.errors import InvalidInput
from backend.domain.goal import Direction
from backend.domain.spec import Parameter, Series, StrategySpec


@dataclass(frozen=True)
class Side:
    """When one side is entered and left, as conditions of the language."""

    entry: str
    exit: str


@dataclass(frozen=True)
class Draft:
    """A strategy with both of its sides written out, every parameter used by each of them."""

    title: str
    rationale: str
    parameters: tuple[Parameter, ...]
    long: Side
    short: Side
    series: tuple[Series, ...] = ()

    def directed(self, direction: Direction) -> StrategySpec:
        """The strategy with the sides that ``direction`` allows."""
        sides: dict[str, str] = {}
        if direction != "short":
            sides |= {"long_entry": self.long.entry, "long_exit": self.long.exit}
        if direction != "long":
            sides |= {"short_entry": self.short.entry, "short_exit": self.short.exit}
        return StrategySpec(
            name=self.title, rationale=self.rationale, parameters=self.parameters, series=self.series, **sides
        )


@dataclass(frozen=True)
class Family:
    """A family of the grammar.

    Attributes:
        hints: words of ``Goal.style`` that ask for it, the closest first.
        reads_sentiment: it needs a channel.
        draft: makes the draft from the quoted channel, which is ignored where no sentiment is read.
    """

    name: str
    hints: tuple[str, ...]
    reads_sentiment: bool
    draft: Callable[[str], Draft]

    def build(self, direction: Direction, channel: str | None) -> StrategySpec:
        """The strategy as first proposed, before its numbers are tuned.

        Args:
            direction: the sides to trade.
            channel: a sentiment channel or ``"all"``; None without sentiment.

        Raises:
            InvalidInput: the family reads sentiment and there is no channel.
        """
        if self.reads_sentiment and channel is None:
            raise InvalidInput(f"The family {self.name} reads sentiment and no channel is given.", "name a channel")
        return self.draft(f'"{channel}"').directed(direction)


def whole(name: str, value: int, low: int, high: int) -> Parameter:
    """A whole-number parameter, such as a window in bars."""
    return Parameter(name=name, kind="int", value=value, low=low, high=high)


def real(name: str, value: float, low: float, high: float) -> Parameter:
    """A parameter that need not be whole, such as a threshold."""
    return Parameter(name=name, kind="float", value=value, low=low, high=high)


def mood(channel: str, window: str) -> str:
    """Sentiment averaged over ``window`` sessions, gaps of up to three sessions bridged by the last known value."""
    return f"sma(last_known(sentiment({channel}), 3), {window})"
