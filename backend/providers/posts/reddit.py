"""Posts of Reddit through praw: the newest of each visit, for Reddit gives no others away."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from backend.domain.collection import Newest
from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput
from backend.domain.periods import Period
from backend.domain.ports import Clock
from backend.domain.sentiment import Channel, Post
from backend.providers.pacing import Pacing
from backend.providers.posts.mentions import mentions
from backend.providers.posts.reddit_account import RedditAccount

if TYPE_CHECKING:
    from backend.providers.posts.reddit_listings import Item, Listing

SECONDS_BETWEEN_REQUESTS = 0.6
"""Reddit allows a script 100 requests a minute; a stand-in at another address has no such limit."""

SUBREDDIT = re.compile(r"[A-Za-z0-9_]{2,21}")
ONE_SECOND = timedelta(seconds=1)


class RedditPosts:
    """Collects what is new on Reddit, and stands in the order of sources for what was collected.

    Args:
        account: the keys, and where to ask.
        subreddits: where to look.
        clock: names today where nothing was collected yet.
        pacing: how fast Reddit is asked.
    """

    name = "reddit"
    channel: Channel = "reddit"
    notice = (
        "Each counts from when it was written, in the words that the first visit after it found: "
        "what was edited or deleted before that visit is not what people read then."
    )

    def __init__(
        self, account: RedditAccount, subreddits: Sequence[str], clock: Clock, pacing: Pacing | None = None
    ) -> None:
        self._account = account
        self._subreddits = tuple(subreddits)
        self._clock = clock
        self._pacing = pacing or Pacing("Reddit", 0.0 if account.url else SECONDS_BETWEEN_REQUESTS)
        self._visit: tuple[datetime, tuple[Listing, ...] | BackproofError] | None = None

    def span(self, symbol: str, channel: Channel) -> Period | None:  # noqa: ARG002 - the port names them
        """Nothing beyond what was collected and is stored."""
        return None

    def fetch(self, symbol: str, channel: Channel, period: Period) -> Sequence[Post]:
        """Raises DataUnavailable: nothing can be had but what is new."""
        raise DataUnavailable(
            f"{self.no_history(None)}, so not the {channel} posts about {symbol} from {period.start} to {period.end}.",
            "collect from now on: `backproof collect`",
        )

    def no_history(self, since: date | None) -> str:
        """The day from which on there is something."""
        return f"reddit via praw has no history before {since or self._clock().date()}"

    def newest(self, symbol: str, seen_at: datetime) -> Newest:
        """Submissions and comments that mention the symbol; symbols of one visit share what was read.

        Raises:
            DataUnavailable: a key is missing or refused, or Reddit does not show a subreddit.
            InvalidInput: the name of a subreddit cannot be one.
            Unavailable: Reddit does not answer.
        """
        listings = self._listings(seen_at)
        items = {item.id: item for listing in listings for item in listing if item.created_at <= seen_at}
        found = sorted(items.values(), key=lambda item: (item.created_at, item.id))
        posts = (_post(item, symbol, seen_at) for item in found if mentions(symbol, item.text))
        return Newest(tuple(posts), _complete_from(listings, seen_at))

    def _listings(self, seen_at: datetime) -> "tuple[Listing, ...]":
        """What Reddit lists, read once for all symbols of a visit; it is not asked again for what failed."""
        if self._visit is None or self._visit[0] != seen_at:
            try:
                self._visit = seen_at, self._read()
            except BackproofError as failure:
                self._visit = seen_at, failure
        listings = self._visit[1]
        if isinstance(listings, BackproofError):
            raise listings
        return listings

    def _read(self) -> "tuple[Listing, ...]":
        self._require_settings()

        from backend.providers.posts.reddit_listings import read_listings

        return read_listings(self._account, self._subreddits, self._pacing)

    def _require_settings(self) -> None:
        missing = self._account.missing()
        if missing:
            raise DataUnavailable(
                f"Reddit is not set up: {', '.join(missing)} must be set.",
                "REDDIT_CLIENT_ID, REDDIT_CLIENT_SECRET and REDDIT_USER_AGENT come from a script application that you "
                "register at reddit.com/prefs/apps",
            )
        for name in self._subreddits or ("",):
            if not SUBREDDIT.fullmatch(name):
                raise InvalidInput(
                    f'"{name[:40]}" cannot be a subreddit.',
                    "state names without r/, as in BACKPROOF_SUBREDDITS=stocks,investing",
                )


def _complete_from(listings: "Sequence[Listing]", seen_at: datetime) -> datetime | None:
    """The moment from which on no listing was cut; None when one is empty, for then Reddit may have failed to list it.

    Of the second in which a listing ends there may have been more.
    """
    if not all(listings):
        return None
    oldest = [min(item.created_at for item in listing) for listing in listings]
    return min(max(oldest) + ONE_SECOND, seen_at)


def _post(item: "Item", symbol: str, seen_at: datetime) -> Post:
    return Post(
        id=item.id,
        symbol=symbol,
        channel=RedditPosts.channel,
        created_at=item.created_at,
        known_at=seen_at,
        author=item.author,
        text=item.text,
        score=item.score,
        url=item.link,
    )
