"""Plugs stores, sources and scorers into the services that fetch and keep data."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backend.bootstrap.repeats import new_id
from backend.bootstrap.shared import LOCKS, OUTBOX, Shared
from backend.domain.accounts import Account
from backend.domain.ports import Outbox, PostSource, PriceSource, ReadTable
from backend.engine.calendar import trading_calendar
from backend.providers.posts import RedditAccount, RedditPosts, post_sources
from backend.providers.prices import Outside, price_sources
from backend.providers.scorers import scorer
from backend.services.counters import DataCounters
from backend.services.dataset_manager import DatasetManager
from backend.services.datasets.delivery import DatasetStores
from backend.services.exporting import Exporting
from backend.services.inventory import Inventory
from backend.services.market_data import MarketData, SharedBars
from backend.services.posts import Posts
from backend.services.retention import Retention, short_bars_for
from backend.services.series_status import SeriesStatuses
from backend.services.warming import Warming
from backend.settings import DATABASE, Settings

if TYPE_CHECKING:
    from backend.services.collection import Collection
    from backend.services.imports import Imports
    from backend.stores import FileLocks, Stores

CHECKPOINTS = "checkpoints.sqlite"
HOSTED = ".supabase.co"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DataParts:
    """Stores and data services; heavy parts are built at their first use.

    Attributes:
        account: whose rows are read and written; None for the owner in the settings.
        given: what is shared with the applications of other accounts.
    """

    settings: Settings
    account: Account | None = field(default=None, kw_only=True)
    given: Shared | None = field(default=None, kw_only=True)

    @property
    def owner(self) -> str:
        """Whose rows are read and written."""
        return self.account.owner if self.account else self.settings.owner

    @cached_property
    def shared(self) -> Shared:
        """What the accounts of this machine have in common."""
        return self.given or Shared(self.settings)

    @cached_property
    def stores(self) -> "Stores":
        """The stores of the database or of the Supabase project that the settings name, at the present schema."""
        if self.push_command:
            from backend.stores.supabase.client import SupabaseAccess
            from backend.stores.supabase.stores import supabase_stores

            settings, secret_key = self.settings, self.settings.supabase_secret_key.get_secret_value()
            token = self.account.access_token if self.account else None
            access = SupabaseAccess(settings.supabase_url, settings.supabase_publishable_key, secret_key, token)
            return supabase_stores(access, self.owner)
        from backend.stores import Stores

        return Stores.over(self.shared.database, self.owner)

    @cached_property
    def counters(self) -> DataCounters:
        """Calls and reads of the data services in this process."""
        return self.shared.counters.setdefault(self.owner, DataCounters())

    @cached_property
    def locks(self) -> "FileLocks":
        """Who runs which session, and who fetches which bars, on this machine."""
        return self.shared.locks

    @cached_property
    def market(self) -> MarketData:
        """Bars, in memory, in the store, or from a source."""
        kept = SharedBars(self.stores.market, self.locks, self.shared.room)
        return MarketData(kept, self._price_sources(), self.counters, utc_now)

    def _price_sources(self) -> Sequence[PriceSource]:
        """In the order in which they are asked."""
        return price_sources(self.settings.prices, trading_calendar, Outside(yahoo_url=self.settings.yahoo_url))

    @cached_property
    def warming(self) -> Warming:
        """Fetches bars ahead of time."""
        return Warming(self.market, self.counters)

    @cached_property
    def retention(self) -> Retention:
        """Clears and prunes bars."""
        policy = short_bars_for(self.settings.retention_minutes)
        own_machine = self.owner == self.settings.owner
        return Retention(self.stores.market, self._forget_bars, policy, utc_now, shared=own_machine)

    @cached_property
    def exporting(self) -> Exporting:
        """Writes stored bars to files."""
        return Exporting(self.stores.market, self.settings.prices)

    @cached_property
    def datasets(self) -> DatasetManager:
        """Sentiment datasets."""
        posts = Posts(self.stores.posts, self._post_sources(), scorer(self.settings.scorer), (self.reddit,))
        return DatasetManager(DatasetStores(self.stores.datasets, self.outbox), posts, self.counters, utc_now)

    def _post_sources(self) -> Sequence[PostSource]:
        """In the order in which they are asked."""
        return post_sources(self.settings.posts, (self.reddit,))

    @cached_property
    def outbox(self) -> Outbox:
        """Datasets that wait until the store answers."""
        return self.shared.outbox

    @cached_property
    def imports(self) -> "Imports":
        """Imports of the user's files."""
        from backend.providers.files import read_table

        return self._imports(read_table)

    @cached_property
    def uploads(self) -> "Imports":
        """Imports of files that came over a network: less of each is unpacked."""
        from backend.providers.files import read_upload

        return self._imports(read_upload)

    def _imports(self, read: ReadTable) -> "Imports":
        from backend.services.imports import Imports

        return Imports((self.stores.market, self.stores.posts), read, self._forget, utc_now)

    def _forget_bars(self) -> None:
        """Drop from memory what was read of bars."""
        self.market.forget()
        self.series.forget()

    def _forget(self, symbol: str) -> None:
        """Drop from memory what was read about a symbol before an import."""
        self.market.forget(symbol)
        self.series.forget()
        self.datasets.forget(symbol)

    @cached_property
    def reddit(self) -> RedditPosts:
        """What is new on Reddit, and what was collected there."""
        stated = self.settings
        account = RedditAccount(
            client_id=stated.reddit_client_id,
            client_secret=stated.reddit_client_secret.get_secret_value(),
            user_agent=stated.reddit_user_agent,
            url=stated.reddit_url,
            oauth_url=stated.reddit_oauth_url,
        )
        return RedditPosts(account, stated.subreddits, utc_now)

    @cached_property
    def collection(self) -> "Collection":
        """Visits of live sources of posts."""
        from backend.services.collection import Collection

        return Collection(self.stores.posts, [self.reddit], utc_now, new_id)

    @cached_property
    def series(self) -> SeriesStatuses:
        """What is stored of every series of bars."""
        return SeriesStatuses(self.stores.market, utc_now)

    @cached_property
    def inventory(self) -> Inventory:
        """Datasets with their users, and what bots hold."""
        return Inventory(self.stores.datasets, self.stores.bots)

    def data_status(self) -> dict[str, list[dict[str, Any]]]:
        """What is stored: bars, posts, datasets, what bots hold, replies of models; and what waits to be stored."""
        from backend.services.data_status import data_status

        stored = self.series, self.stores.posts, self.stores.models
        return data_status(self.owner, stored, self.inventory, self.outbox)

    def migrate(self) -> tuple[str, ...]:
        """Bring the database to the present schema; the names of the steps that were applied."""
        from backend.stores import connect_database, migrate

        with closing(connect_database(self.settings.store_url, self.settings.lock_timeout)) as database:
            return migrate(database)

    @property
    def push_command(self) -> str:
        """What brings a Supabase project to the present schema; empty for a database that ``migrate`` can reach."""
        if self.settings.database_url or not self.settings.supabase_url:
            return ""
        host = urlsplit(self.settings.supabase_url).hostname or ""
        if host.endswith(HOSTED):
            return f"supabase link --project-ref {host.removesuffix(HOSTED)} && supabase db push"
        return "supabase db push --db-url DSN"  # of the database behind it, which its address does not tell

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Delete everything in the data folder, and keep others from doing so meanwhile.

        Raises:
            Conflict: another process uses this folder in the same way.
        """
        from backend.stores import FileLocks

        folder = self.settings.data_dir
        with FileLocks(folder.parent / LOCKS).hold(folder.name):
            for pattern in (f"{DATABASE}*", f"{CHECKPOINTS}*", f"{OUTBOX}/*"):
                for file in folder.glob(pattern):
                    file.unlink()
            yield
