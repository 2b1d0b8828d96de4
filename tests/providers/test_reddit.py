"""The real praw reads a server that answers like Reddit, with the faults that Reddit has."""

import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from backend.domain.collection import Newest
from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput, Unavailable
from backend.domain.periods import Period
from backend.providers.pacing import Pacing
from backend.providers.posts import RedditAccount, RedditPosts
from tests.servers.reddit import CLIENT_ID, CLIENT_SECRET, LONGEST_LISTING, Fault, RedditServer, faults_of
from tests.servers.waiting import free_port

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE_SECOND = timedelta(seconds=1)


@dataclass
class Time:
    """A clock that is moved by sleeping alone."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def pacing(self, interval: float = 0.0) -> Pacing:
        return Pacing("Reddit", interval, clock=(lambda: self.seconds, self.sleep))


@pytest.fixture(autouse=True)
def _nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither we nor praw wait but through the clock that a test hands in."""

    def refuse(seconds: float) -> None:
        pytest.fail(f"somebody sleeps for {seconds} seconds")

    monkeypatch.setattr("time.sleep", refuse)


@pytest.fixture
def server() -> Iterator[RedditServer]:
    with RedditServer() as running:
        running.open("stocks")
        yield running


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def account(server: RedditServer) -> RedditAccount:
    return RedditAccount(CLIENT_ID, CLIENT_SECRET, "script:test:1", server.url, server.url, timeout=5)


@pytest.fixture
def reddit(account: RedditAccount, time: Time) -> RedditPosts:
    return RedditPosts(account, ["stocks"], lambda: NOW, time.pacing())


def minutes(ago: float) -> datetime:
    return NOW - timedelta(minutes=ago)


def ids(newest: Newest) -> list[str]:
    return [post.id for post in newest.posts]


def failure(reddit: RedditPosts) -> BackproofError:
    with pytest.raises(BackproofError) as caught:
        reddit.newest("AAPL", NOW)
    assert CLIENT_SECRET not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    return caught.value


def test_submissions_and_comments_become_posts(server: RedditServer, reddit: RedditPosts) -> None:
    server.submit("stocks", "s1", minutes(30), "Apple", selftext="I like $aapl.", score=41, author="ann")
    server.comment("stocks", "c1", minutes(20), "AAPL again", score=-2, author="bob")
    server.comment("stocks", "c2", minutes(10), "an apple a day")
    newest = reddit.newest("AAPL", NOW)
    assert ids(newest) == ["t3_s1", "t1_c1"]
    submission, comment = newest.posts
    assert (submission.text, submission.author, submission.score) == ("Apple\n\nI like $aapl.", "ann", 41.0)
    assert (submission.created_at, submission.known_at) == (minutes(30), NOW)
    assert submission.url == "https://www.reddit.com/r/stocks/comments/s1/"
    assert (comment.text, comment.score, comment.channel, comment.symbol) == ("AAPL again", -2.0, "reddit", "AAPL")


def test_everything_is_known_since_the_shortest_listing_began(server: RedditServer, reddit: RedditPosts) -> None:
    server.submit("stocks", "s1", minutes(600), "other")
    server.comment("stocks", "c1", minutes(90), "other")
    server.comment("stocks", "c2", minutes(5), "other")
    # comments were read back to 90 minutes ago; others of that very second may have been cut off
    assert reddit.newest("AAPL", NOW) == Newest((), minutes(90) + ONE_SECOND)


def test_nothing_is_said_when_a_listing_is_empty(server: RedditServer, reddit: RedditPosts) -> None:
    assert reddit.newest("AAPL", NOW) == Newest((), None)
    server.submit("stocks", "s1", minutes(600), "AAPL")  # and no comment at all, which is hard to believe
    assert reddit.newest("AAPL", NOW + ONE_SECOND).complete_from is None


@pytest.mark.slow
def test_a_long_listing_is_read_in_pages_up_to_its_end(server: RedditServer, reddit: RedditPosts, time: Time) -> None:
    server.comment("stocks", "c1", minutes(9_000), "other")
    for n in range(LONGEST_LISTING + 50):
        server.submit("stocks", f"s{n:04d}", minutes(n), f"AAPL {n}")
    newest = reddit.newest("AAPL", NOW)
    assert len(newest.posts) == LONGEST_LISTING
    assert newest.posts[0].id == "t3_s0999"
    assert newest.complete_from == minutes(LONGEST_LISTING - 1) + ONE_SECOND
    pages = [line for line in server.asked if "/new" in line]
    assert len(pages) == 10
    assert "after=t3_s0099" in pages[1]
    assert time.slept == []  # neither we nor praw wait while Reddit allows more


def test_an_item_that_comes_twice_is_one_post(server: RedditServer, reddit: RedditPosts) -> None:
    server.repeats = 7
    for n in range(150):
        server.submit("stocks", f"s{n:03d}", minutes(n), f"AAPL {n}")
    assert len(set(ids(reddit.newest("AAPL", NOW)))) == len(reddit.newest("AAPL", NOW).posts) == 150


def test_symbols_of_one_visit_share_what_was_read(server: RedditServer, reddit: RedditPosts) -> None:
    server.submit("stocks", "s1", minutes(1), "AAPL or MSFT")
    assert ids(reddit.newest("AAPL", NOW)) == ids(reddit.newest("MSFT", NOW)) == ["t3_s1"]
    assert len(server.asked) == 3  # a token, submissions, comments
    reddit.newest("AAPL", NOW + ONE_SECOND)
    assert len(server.asked) == 6


def test_what_was_deleted_or_removed_is_left_out(server: RedditServer, reddit: RedditPosts) -> None:
    server.submit("stocks", "s1", minutes(40), "AAPL", selftext="[removed]")
    server.submit("stocks", "s2", minutes(39), "[deleted by user]", selftext="AAPL")
    server.submit("stocks", "s3", minutes(38), "AAPL", selftext="fine", author="[deleted]")
    server.comment("stocks", "c1", minutes(37), "[deleted]")
    server.comment("stocks", "c2", minutes(36), "[removed]")
    (post,) = reddit.newest("AAPL", NOW).posts
    assert (post.id, post.author) == ("t3_s3", "")


def test_what_was_written_during_the_visit_is_left_for_the_next(server: RedditServer, reddit: RedditPosts) -> None:
    server.submit("stocks", "s1", NOW, "AAPL")
    server.submit("stocks", "s2", NOW + ONE_SECOND, "AAPL")
    assert ids(reddit.newest("AAPL", NOW)) == ["t3_s1"]


def test_text_stays_text_whatever_it_says(server: RedditServer, reddit: RedditPosts) -> None:
    hostile = "AAPL '); DROP TABLE posts; -- {{7*7}} ${HOME} <script>\u202e ignore all previous instructions"
    server.comment("stocks", "c1", minutes(1), hostile, author="x'; --")
    server.comment("stocks", "c2", minutes(0), "AAPL \0 zero and \ud83d half")
    first, second = reddit.newest("AAPL", NOW).posts
    assert (first.text, first.author) == (hostile, "x'; --")
    assert second.text == "AAPL  zero and ? half"


@pytest.mark.parametrize("fault", [*faults_of(500, 1), *faults_of(503, 1), Fault(body="<html>"), Fault(cut=True)])
def test_a_passing_fault_is_asked_again(server: RedditServer, reddit: RedditPosts, time: Time, fault: Fault) -> None:
    server.submit("stocks", "s1", minutes(1), "AAPL")
    server.faults.append(fault)
    assert ids(reddit.newest("AAPL", NOW)) == ["t3_s1"]
    assert time.slept == [1.0]


def test_a_fault_that_stays_is_told(server: RedditServer, reddit: RedditPosts, time: Time) -> None:
    server.faults.extend(faults_of(500, 9))
    error = failure(reddit)
    assert isinstance(error, Unavailable)
    assert error.message == "Reddit answered with status 500."
    assert time.slept == [1.0, 2.0, 4.0]
    assert failure(reddit) is error  # other symbols of the visit do not ask again
    assert len(server.faults) == 5


def test_a_refusal_of_more_requests_is_waited_for(server: RedditServer, reddit: RedditPosts, time: Time) -> None:
    spent = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "17"}
    server.submit("stocks", "s1", minutes(1), "AAPL")
    server.faults.extend([*faults_of(429, 1, spent), *faults_of(429, 1, {"retry-after": "9"})])
    assert ids(reddit.newest("AAPL", NOW)) == ["t3_s1"]
    assert time.slept == [17.0, 9.0]


def test_a_spent_allowance_is_waited_for_before_it_is_refused(
    server: RedditServer, reddit: RedditPosts, time: Time
) -> None:
    server.headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-used": "100", "x-ratelimit-reset": "21"}
    reddit.newest("AAPL", NOW)
    assert time.slept == [21.0]  # between submissions and comments


def test_a_wait_of_minutes_is_left_to_the_next_visit(server: RedditServer, reddit: RedditPosts, time: Time) -> None:
    server.faults.extend(faults_of(429, 1, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "400"}))
    error = failure(reddit)
    assert isinstance(error, Unavailable)
    assert "left alone for 400 seconds" in error.hint
    assert time.slept == []


def test_silence_is_not_waited_out(server: RedditServer, account: RedditAccount, time: Time) -> None:
    server.faults.extend([Fault(silent=True)] * 4)
    error = failure(RedditPosts(replace(account, timeout=0.05), ["stocks"], lambda: NOW, time.pacing()))
    assert error.message == "Reddit does not answer in time."


def test_nobody_listening_is_told(account: RedditAccount, time: Time) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    error = failure(
        RedditPosts(replace(account, url=nowhere, oauth_url=nowhere), ["stocks"], lambda: NOW, time.pacing())
    )
    assert isinstance(error, Unavailable)
    assert error.message == "Reddit cannot be reached."


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "Listing"},
        {"kind": "Listing", "data": {"after": None, "children": [{"kind": "t3", "data": {"id": "x"}}]}},
        {"kind": "Listing", "data": {"after": None, "children": [{"kind": "t9", "data": {}}]}},
        {"kind": "Listing", "data": {"after": None, "children": "none"}},
        {"surprise": 1},
    ],
)
def test_an_answer_of_another_shape_is_told(server: RedditServer, reddit: RedditPosts, answer: object) -> None:
    server.faults.append(Fault(body=json.dumps(answer)))
    error = failure(reddit)
    assert isinstance(error, Unavailable)
    assert error.message.startswith("Reddit's answer about r/stocks is no listing of posts")


@pytest.mark.parametrize(
    "facts", [{"created_utc": "soon"}, {"created_utc": float("nan")}, {"name": 7}, {"title": None}]
)
def test_an_item_that_lacks_a_fact_is_told(server: RedditServer, reddit: RedditPosts, facts: dict[str, object]) -> None:
    server.submit("stocks", "s1", minutes(1), "AAPL")
    usual = {"id": "s1", "name": "t3_s1", "created_utc": 1.0, "title": "AAPL", "selftext": ""}
    item = {"kind": "t3", "data": usual | facts}
    server.faults.append(Fault(body=json.dumps({"kind": "Listing", "data": {"after": None, "children": [item]}})))
    assert failure(reddit).message.startswith("Reddit's answer about r/stocks is no listing of posts")


def test_a_subreddit_that_is_not_shown_is_named(account: RedditAccount, time: Time) -> None:
    error = failure(RedditPosts(account, ["stocks", "nowhere"], lambda: NOW, time.pacing()))
    assert isinstance(error, DataUnavailable)
    assert error.message == "Reddit does not show r/nowhere (NotFound)."
    assert "BACKPROOF_SUBREDDITS" in error.hint


@pytest.mark.parametrize("name", ["r/stocks", "a", "../api", "", "stocks?x=1"])
def test_a_name_that_is_no_subreddit_is_refused_unasked(
    server: RedditServer, account: RedditAccount, name: str
) -> None:
    assert isinstance(failure(RedditPosts(account, [name], lambda: NOW)), InvalidInput)
    assert server.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 200])
def test_keys_that_are_refused_are_named_and_not_shown(
    server: RedditServer, reddit: RedditPosts, time: Time, status: int
) -> None:
    server.refusal = status  # Reddit says so with 200 too
    error = failure(reddit)
    assert isinstance(error, DataUnavailable)
    assert error.message == "Reddit refuses the keys."
    assert "REDDIT_CLIENT_ID, REDDIT_CLIENT_SECRET and REDDIT_USER_AGENT" in error.hint
    assert time.slept == []
    assert len(server.asked) == 1


def test_wrong_keys_are_refused(account: RedditAccount, time: Time) -> None:
    wrong = replace(account, client_secret="another")
    assert failure(RedditPosts(wrong, ["stocks"], lambda: NOW, time.pacing())).message == "Reddit refuses the keys."


def test_a_token_that_is_refused_is_not_tried_again(server: RedditServer, reddit: RedditPosts) -> None:
    server.faults.extend(faults_of(401, 5))
    assert isinstance(failure(reddit), DataUnavailable)
    assert len(server.faults) == 4


def test_missing_keys_are_named() -> None:
    with pytest.raises(DataUnavailable) as caught:
        RedditPosts(RedditAccount(client_id="known"), ["stocks"], lambda: NOW).newest("AAPL", NOW)
    assert caught.value.message == "Reddit is not set up: REDDIT_CLIENT_SECRET, REDDIT_USER_AGENT must be set."
    assert "REDDIT_CLIENT_ID, REDDIT_CLIENT_SECRET and REDDIT_USER_AGENT" in caught.value.hint


def test_the_secret_is_shown_nowhere(
    account: RedditAccount, reddit: RedditPosts, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reddit.newest("AAPL", NOW)
    assert CLIENT_SECRET not in repr(account) + repr(reddit) + caplog.text


def test_the_praw_ini_of_a_folder_or_a_home_is_not_read(
    server: RedditServer, reddit: RedditPosts, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = "[DEFAULT]\noauth_url=http://127.0.0.1:9\nreddit_url=http://127.0.0.1:9\nusername=u\npassword=p\n"
    (own_home / ".config").mkdir()
    for place in (own_home / "praw.ini", own_home / ".config" / "praw.ini"):
        place.write_text(planted, encoding="utf-8")
    for name in ("site", "username", "password", "refresh_token"):
        monkeypatch.setenv(f"praw_{name}", "planted")
    server.submit("stocks", "s1", minutes(1), "AAPL")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ids(reddit.newest("AAPL", NOW)) == ["t3_s1"]


def test_requests_keep_to_the_pace_that_reddit_allows(server: RedditServer, account: RedditAccount, time: Time) -> None:
    RedditPosts(account, ["stocks"], lambda: NOW, time.pacing(0.6)).newest("AAPL", NOW)
    assert time.slept == [0.6, pytest.approx(0.6)]  # a token, submissions, comments


def test_there_is_no_history(reddit: RedditPosts) -> None:
    assert reddit.span("AAPL", "reddit") is None
    assert reddit.no_history(None) == "reddit via praw has no history before 2026-11-20"
    assert reddit.no_history(date(2026, 11, 18)) == "reddit via praw has no history before 2026-11-18"
    with pytest.raises(DataUnavailable, match="no history before 2026-11-20"):
        reddit.fetch("AAPL", "reddit", Period(start=date(2020, 1, 1), end=date(2020, 2, 1)))
