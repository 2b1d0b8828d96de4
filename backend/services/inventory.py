"""Tells which datasets are kept for an owner, who uses each, and which bots hold bars of their own."""

from backend.domain.bots import Bot
from backend.domain.ports import BotStore, DatasetStore, DatasetUse
from backend.domain.sentiment import SentimentDataset

__all__ = ["DatasetUse", "Inventory"]


class Inventory:
    """What is kept for each owner.

    Args:
        datasets, bots: where it is kept.
    """

    def __init__(self, datasets: DatasetStore, bots: BotStore) -> None:
        self._datasets = datasets
        self._bots = bots

    def datasets(self, owner: str) -> tuple[DatasetUse, ...]:
        """Every stored version, by symbol, channel and id."""
        every = self._datasets.list_datasets(owner)
        return tuple(sorted(every, key=lambda use: (use.dataset.symbol, use.dataset.channel, use.dataset.id)))

    def page(self, owner: str, limit: int, after: str | None = None) -> tuple[DatasetUse, ...]:
        """Versions without their rows, the one that was stored last first, from the one behind ``after`` on.

        Raises:
            InvalidInput: the owner has no version ``after``.
        """
        return self._datasets.list_datasets(owner, limit, after)

    def dataset(self, owner: str, dataset_id: str) -> SentimentDataset:
        """One version with its rows. Raises NotFound."""
        return self._datasets.load_dataset(owner, dataset_id)

    def use(self, owner: str, dataset_id: str) -> DatasetUse:
        """One version without its rows, and who uses it. Raises NotFound."""
        return self._datasets.dataset_use(owner, dataset_id)

    def linked(self, bot: Bot) -> tuple[SentimentDataset, ...]:
        """The versions that a bot links, with their rows. Raises NotFound."""
        return tuple(self._datasets.load_dataset(bot.owner, link.id) for link in bot.datasets)

    def pinned(self, owner: str, symbol: str | None = None) -> tuple[Bot, ...]:
        """Bots that hold bars of their own, of ``symbol`` or of any."""
        return tuple(bot for bot in self._bots.list_bots(owner) if symbol is None or symbol in bot.symbols)
