"""Reads the newest submissions and comments of subreddits through praw: read only, and with nobody's praw.ini."""

import configparser
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import praw
import requests
from praw.config import Config
from praw.exceptions import PRAWException
from prawcore import Requestor
from prawcore import exceptions as refusals
from prawcore.const import ACCESS_TOKEN_PATH

from backend.domain.errors import DataUnavailable, Unavailable
from backend.providers.pacing import Pacing, TransientFailure, Unreachable
from backend.providers.posts.reddit_account import RedditAccount

LONGEST_LISTING = 1_000
"""Reddit shows no more of a listing, whoever asks."""

TRANSIENT = {408, 429, 520, 522}
"""Answers that may pass, beside all from 500 on."""

GONE = {"[removed]", "[deleted]", "[deleted by user]", "[removed by reddit]", "[ removed by reddit ]"}
REAL, REAL_OAUTH = "https://www.reddit.com", "https://oauth.reddit.com"


@dataclass(frozen=True)
class Item:
    """One submission or comment.

    Attributes:
        text: title and body; empty for what was deleted or removed.
        score: votes as they were when it was read.
    """

    id: str
    created_at: datetime
    text: str
    author: str
    score: float | None
    link: str


Listing = tuple[Item, ...]
"""Up to ``LONGEST_LISTING`` items: there is none between the oldest of them and the moment of reading but these."""


def read_listings(account: RedditAccount, subreddits: Sequence[str], pacing: Pacing) -> tuple[Listing, ...]:
    """The newest submissions and the newest comments of each subreddit.

    Raises:
        DataUnavailable: Reddit refuses the keys, or does not show a subreddit.
        Unavailable: it does not answer, or its answer is no listing.
    """
    with _reading(account, pacing) as reddit:
        return tuple(listing for name in subreddits for listing in _of_subreddit(reddit, name))


@contextmanager
def _reading(account: RedditAccount, pacing: Pacing) -> Iterator[praw.Reddit]:
    """A reader without a user; all that praw would look up elsewhere is stated."""
    shipped = configparser.ConfigParser(interpolation=None)
    shipped.read_string(files(praw).joinpath("praw.ini").read_text(encoding="utf-8"))
    Config.CONFIG = shipped  # or praw reads those of the working folder and of the home
    with requests.Session() as session:
        yield praw.Reddit(
            "DEFAULT",
            client_id=account.client_id,
            client_secret=account.client_secret,
            user_agent=account.user_agent,
            reddit_url=(account.url or REAL).rstrip("/"),
            oauth_url=(account.oauth_url or account.url or REAL_OAUTH).rstrip("/"),
            username=None,
            password=None,
            refresh_token=None,
            redirect_uri=None,
            check_for_updates=False,
            check_for_async=False,
            requestor_class=_PacedRequestor,
            requestor_kwargs={"session": session, "timeout": account.timeout, "pacing": pacing},
        )


def _of_subreddit(reddit: praw.Reddit, name: str) -> tuple[Listing, Listing]:
    subreddit = reddit.subreddit(name)
    try:
        submissions = _items(subreddit.new(limit=LONGEST_LISTING))
        return submissions, _items(subreddit.comments(limit=LONGEST_LISTING))
    except (refusals.Forbidden, refusals.NotFound, refusals.Redirect, refusals.UnavailableForLegalReasons) as error:
        raise DataUnavailable(
            f"Reddit does not show r/{name} ({type(error).__name__}).", "take it out of BACKPROOF_SUBREDDITS"
        ) from None
    except refusals.OAuthException:
        raise _keys_refused() from None
    except (PRAWException, refusals.PrawcoreException) as error:
        raise _no_listing(name, type(error).__name__) from None
    except (AttributeError, LookupError, TypeError, ValueError) as error:  # praw stumbles over answers of another shape
        raise _no_listing(name, type(error).__name__) from None


def _items(entries: Iterable[Any]) -> Listing:
    """Each item once: a page may repeat what the one before it held, because newer ones came meanwhile."""
    items = (_item(vars(entry)) for entry in entries)
    return tuple({item.id: item for item in items}.values())


def _item(facts: dict[str, Any]) -> Item:
    """Raises KeyError, TypeError or ValueError when a fact is missing or not of its kind."""
    created, score = float(facts["created_utc"]), facts.get("score")
    if not (isinstance(facts["name"], str) and math.isfinite(created)):
        raise ValueError(facts["name"])
    known_score = isinstance(score, int | float) and math.isfinite(score)
    return Item(
        id=facts["name"],
        created_at=datetime.fromtimestamp(created, UTC),
        text=_text(facts),
        author=_storable(getattr(facts.get("author"), "name", None) or ""),
        score=float(score) if known_score and score is not None else None,
        link=f"{REAL}{_storable(facts.get('permalink') or '')}",
    )


def _text(facts: dict[str, Any]) -> str:
    parts = [facts["body"]] if "body" in facts else [facts["title"], facts.get("selftext") or ""]
    if any(part.strip().lower() in GONE for part in parts):
        return ""
    return _storable("\n\n".join(part for part in parts if part.strip()))


def _storable(text: str) -> str:
    """Without what no database takes: the character zero and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class _PacedRequestor(Requestor):
    """Asks at the pace of all visits, and again where that helps, so that praw never sleeps or retries by itself."""

    def __init__(self, *, pacing: Pacing, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pacing = pacing
        self._pause = 0.0

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:  # noqa: ARG002
        """The answer; the limit that praw knows gives way to that of the account.

        Raises:
            DataUnavailable: the keys or the addresses are refused.
            Unavailable: no answer, however often it was asked.
        """
        return self._pacing.call(lambda: self._ask(*args, **kwargs))

    def _ask(self, *args: Any, **kwargs: Any) -> requests.Response:
        if self._pause:
            pause, self._pause = self._pause, 0.0
            raise TransientFailure("allows no more requests for now", wait=pause)
        response = _answered(self._http, *args, timeout=self.timeout, **kwargs)
        self._pause = _pause_after(response)
        if response.status_code == 401 or (response.status_code in {400, 403} and args[1].endswith(ACCESS_TOKEN_PATH)):
            raise _keys_refused()
        if response.status_code in TRANSIENT or response.status_code >= 500:
            wait, self._pause = self._pause or _seconds(response, "retry-after"), 0.0
            raise TransientFailure(f"answered with status {response.status_code}", wait=wait or None)
        if response.status_code == 200:
            _require_object(response)
        return response


def _answered(session: requests.Session, *args: Any, **kwargs: Any) -> requests.Response:
    try:
        return session.request(*args, **kwargs)
    except requests.Timeout:
        raise TransientFailure("does not answer in time") from None
    except requests.exceptions.ChunkedEncodingError:
        raise TransientFailure("broke off in the middle of an answer") from None
    except requests.ConnectionError:
        raise Unreachable("cannot be reached") from None
    except requests.RequestException as error:
        raise DataUnavailable(
            f"Reddit cannot be asked with these settings ({type(error).__name__}).",
            "check REDDIT_URL, REDDIT_OAUTH_URL and REDDIT_USER_AGENT",
        ) from None


def _pause_after(response: requests.Response) -> float:
    """Seconds without a request that Reddit asks for; its other counts are taken out, for praw would sleep on them."""
    left = response.headers.pop("x-ratelimit-remaining", "")
    spent = left != "" and _number(left) < 1
    return _seconds(response, "x-ratelimit-reset") if spent else 0.0


def _seconds(response: requests.Response, header: str) -> float:
    return max(0.0, _number(response.headers.get(header, "0")))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def _require_object(response: requests.Response) -> None:
    """Every answer is a JSON object; praw takes some others for a listing that has ended."""
    try:
        document = response.json()
    except ValueError:
        raise TransientFailure("sent an answer that is no JSON") from None
    if not isinstance(document, dict):
        raise TransientFailure("sent an answer that is no JSON object")


def _keys_refused() -> DataUnavailable:
    return DataUnavailable(
        "Reddit refuses the keys.", "check REDDIT_CLIENT_ID, REDDIT_CLIENT_SECRET and REDDIT_USER_AGENT"
    )


def _no_listing(name: str, kind: str) -> Unavailable:
    return Unavailable(f"Reddit's answer about r/{name} is no listing of posts ({kind}).", "try again later")
