"""The contract of PostStore."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.ports import PostSpan
from backend.stores import Stores
from tests.stores.samples import EVER, NOON, make_post, period

SCORER = "finance_lexicon/1"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_posts_come_back_as_they_were(stores: Stores) -> None:
    bare = make_post("p0", known_at=None, score=None, author="", url="", date_only=True)
    assert stores.posts.write_posts("file", [make_post("p1"), bare]) == 2
    assert stores.posts.read_posts("file", "AAPL", "reddit", EVER) == (bare, make_post("p1"))


def test_posts_are_read_by_time_and_then_by_id(stores: Stores) -> None:
    early = make_post("z", created_at=NOON - timedelta(microseconds=1))
    stores.posts.write_posts("file", [make_post("b"), make_post("a"), early])
    assert [post.id for post in stores.posts.read_posts("file", "AAPL", "reddit", EVER)] == ["z", "a", "b"]


def test_only_posts_not_yet_stored_are_added_and_counted(stores: Stores) -> None:
    assert stores.posts.write_posts("file", [make_post("p1"), make_post("p1", text="again")]) == 1
    assert stores.posts.write_posts("file", [make_post("p1", text="changed"), make_post("p2")]) == 1
    assert stores.posts.write_posts("file", []) == 0
    texts = [post.text for post in stores.posts.read_posts("file", "AAPL", "reddit", EVER)]
    assert texts == [make_post().text] * 2


def test_provider_channel_and_symbol_are_part_of_the_key(stores: Stores) -> None:
    written = stores.posts.write_posts("file", [make_post(), make_post(symbol="IBM"), make_post(channel="news")])
    assert written + stores.posts.write_posts("sample", [make_post()]) == 4
    assert stores.posts.read_posts("sample", "AAPL", "reddit", EVER) == (make_post(),)


def test_a_period_holds_the_utc_days_of_both_its_ends(stores: Stores) -> None:
    stamps = ["2024-05-05T23:59:59.999999", "2024-05-06T00:00:00", "2024-05-07T23:59:59.999999", "2024-05-08T00:00:00"]
    stores.posts.write_posts("file", [make_post(str(n), created_at=at(stamp)) for n, stamp in enumerate(stamps)])
    inside = stores.posts.read_posts("file", "AAPL", "reddit", period("2024-05-06", "2024-05-07"))
    assert [post.id for post in inside] == ["1", "2"]


def test_a_stamp_of_another_zone_is_the_same_moment_in_utc(stores: Stores) -> None:
    tokyo = timezone(timedelta(hours=9))
    stores.posts.write_posts("file", [make_post(created_at=datetime(2024, 5, 7, 3, tzinfo=tokyo))])
    (stored,) = stores.posts.read_posts("file", "AAPL", "reddit", period("2024-05-06", "2024-05-06"))
    assert stored.created_at == at("2024-05-06T18:00:00")


def test_a_stamp_without_a_zone_is_refused(stores: Stores) -> None:
    with pytest.raises(InvalidInput, match="has no time zone"):
        stores.posts.write_posts("file", [make_post(created_at=NOON.replace(tzinfo=None))])


def test_a_span_tells_first_and_last_day(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a"), make_post("b", created_at=NOON + timedelta(days=9))])
    span = PostSpan("AAPL", "reddit", "file", NOON.date(), NOON.date() + timedelta(days=9), 2)
    assert stores.posts.post_span("file", "AAPL", "reddit") == span
    assert stores.posts.post_span("sample", "AAPL", "reddit") is None
    assert stores.posts.post_spans() == (span,)


def test_scored_posts_recognise_equal_texts_and_authors(stores: Stores) -> None:
    texts = ["Buy  NOW", "buy now\n", "sell"]
    authors = ["kim", "kim", ""]
    posts = [
        make_post(str(n), text=text, author=author) for n, (text, author) in enumerate(zip(texts, authors, strict=True))
    ]
    stores.posts.write_posts("file", posts)
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"0": 0.5, "1": 1 / 3, "2": -1.0})
    scored = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert scored is not None
    assert scored.sentiment.tolist() == [0.5, 1 / 3, -1.0]
    assert scored.created_at.tolist() == [NOON.replace(tzinfo=None, microsecond=0)] * 3
    assert scored.text_key[0] == scored.text_key[1] != scored.text_key[2]
    assert scored.author_key[0] == scored.author_key[1] != 0
    assert scored.author_key[2] == 0


def test_posts_count_as_scored_only_when_every_one_of_the_period_is(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a"), make_post("b", created_at=NOON + timedelta(days=1))])
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5})
    day, next_day = period("2024-05-06", "2024-05-06"), period("2024-05-06", "2024-05-07")
    assert stores.posts.read_scored("file", "AAPL", "reddit", next_day, SCORER) is None
    assert stores.posts.read_scored("file", "AAPL", "reddit", day, "finance_lexicon/2") is None
    scored = stores.posts.read_scored("file", "AAPL", "reddit", day, SCORER)
    assert scored is not None
    assert len(scored) == 1


def test_a_period_without_posts_is_scored(stores: Stores) -> None:
    scored = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert scored is not None
    assert len(scored) == 0


def test_a_score_written_again_replaces_the_first(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5})
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": -0.5})
    scored = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert scored is not None
    assert scored.sentiment.tolist() == [-0.5]


def test_scores_of_unknown_posts_are_refused_as_a_whole(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    with pytest.raises(NotFound, match=r"scores of 1 reddit posts about AAPL from file .* e\.g\. ghost"):
        stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5, "ghost": 0.1})
    assert stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER) is None


def test_a_score_that_is_no_number_is_refused(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    with pytest.raises(InvalidInput, match="gave post a the score nan"):
        stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": float("nan")})
