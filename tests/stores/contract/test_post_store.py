"""The contract of PostStore."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from backend.domain.errors import InvalidInput, NotFound
from backend.domain.ports import PostSpan
from backend.stores import Stores
from tests.stores.samples import EVER, NOON, make_post, make_visit, period

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
    assert stores.posts.post_spans() == (span,)


def test_spans_grow_with_what_is_added_and_with_nothing_else(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a"), make_post("b", symbol="IBM")])
    late = NOON + timedelta(days=3)
    # "a" is stored with its first stamp and counts once, whatever is written again
    stores.posts.write_posts("file", [make_post("a", created_at=late), make_post("c", created_at=NOON - timedelta(1))])
    first = NOON.date()
    assert stores.posts.post_spans() == (
        PostSpan("AAPL", "reddit", "file", first - timedelta(1), first, 2),
        PostSpan("IBM", "reddit", "file", first, first, 1),
    )


def test_imported_posts_are_their_owners_and_fetched_ones_everybodys(stores: Stores, strangers: Stores) -> None:
    assert stores.posts.write_posts("file", [make_post("a"), make_post("b")]) == 2
    assert strangers.posts.write_posts("file", [make_post("a", text="mine")]) == 1
    assert strangers.posts.write_posts("sample", [make_post("s")]) == 1
    assert stores.posts.write_posts("sample", [make_post("s")]) == 0
    counts = {"file": 2, "sample": 1}
    assert {span.provider: span.posts for span in stores.posts.post_spans()} == counts
    assert {span.provider: span.posts for span in strangers.posts.post_spans()} == counts | {"file": 1}
    assert [post.text for post in strangers.posts.read_posts("file", "AAPL", "reddit", EVER)] == ["mine"]
    strangers.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 1.0})
    assert stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER).ids == ("a", "b")
    with pytest.raises(NotFound, match="1 reddit posts about AAPL"):
        strangers.posts.write_scores("file", "AAPL", "reddit", SCORER, {"b": 1.0})


def test_scored_posts_recognise_equal_texts_and_authors(stores: Stores) -> None:
    texts = ["Buy  NOW", "buy now\n", "sell"]
    authors = ["kim", "kim", ""]
    posts = [
        make_post(str(n), text=text, author=author) for n, (text, author) in enumerate(zip(texts, authors, strict=True))
    ]
    stores.posts.write_posts("file", posts)
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"0": 0.5, "1": 1 / 3, "2": -1.0})
    read = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert (read.rows, read.ids, read.texts) == ((), (), ())
    scored = read.posts
    assert scored.sentiment.tolist() == [0.5, 1 / 3, -1.0]
    assert scored.created_at.tolist() == [NOON.replace(tzinfo=None, microsecond=0)] * 3
    assert scored.text_key[0] == scored.text_key[1] != scored.text_key[2]
    assert scored.author_key[0] == scored.author_key[1] != 0
    assert scored.author_key[2] == 0


def test_texts_come_only_of_posts_that_the_scorer_has_not_seen(stores: Stores) -> None:
    late = make_post("b", created_at=NOON + timedelta(days=1), text="new")
    stores.posts.write_posts("file", [make_post("a"), late, make_post("c", created_at=NOON + timedelta(days=2))])
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5, "c": -0.5})
    read = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert (read.rows, read.ids, read.texts) == ((1,), ("b",), ("new",))
    np.testing.assert_array_equal(read.posts.sentiment, [0.5, np.nan, -0.5])
    first = stores.posts.read_scored("file", "AAPL", "reddit", period("2024-05-06", "2024-05-06"), SCORER)
    assert (len(first.posts), first.ids) == (1, ())
    other = stores.posts.read_scored("file", "AAPL", "reddit", EVER, "finance_lexicon/2")
    assert other.ids == ("a", "b", "c")
    assert np.isnan(other.posts.sentiment).all()


def test_a_period_without_posts_has_nothing_to_score(stores: Stores) -> None:
    read = stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER)
    assert (len(read.posts), read.rows) == (0, ())


def test_a_score_written_again_replaces_the_first(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5})
    stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": -0.5})
    assert stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER).posts.sentiment.tolist() == [-0.5]


def test_scores_of_unknown_posts_are_refused_as_a_whole(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    with pytest.raises(NotFound, match=r"scores of 1 reddit posts about AAPL from file .* e\.g\. ghost"):
        stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": 0.5, "ghost": 0.1})
    assert stores.posts.read_scored("file", "AAPL", "reddit", EVER, SCORER).ids == ("a",)


def test_a_score_that_is_no_number_is_refused(stores: Stores) -> None:
    stores.posts.write_posts("file", [make_post("a")])
    with pytest.raises(InvalidInput, match="gave post a the score nan"):
        stores.posts.write_scores("file", "AAPL", "reddit", SCORER, {"a": float("nan")})


def test_a_visit_is_kept_with_its_posts_and_what_it_saw(stores: Stores) -> None:
    visit = make_visit("col_1", hours=(0, 2))
    assert stores.posts.write_collected(visit, [make_post("a"), make_post("b")]) == 2
    assert stores.posts.collection_runs(10) == (visit,)
    day = NOON.date()
    seen = ((NOON, NOON + timedelta(hours=2)),)
    assert stores.posts.post_spans() == (PostSpan("AAPL", "reddit", "reddit", day, day, 2, seen),)


def test_a_post_keeps_the_moment_at_which_it_was_first_seen(stores: Stores) -> None:
    stores.posts.write_collected(make_visit("col_1"), [make_post("a")])
    again = make_post("a", known_at=NOON + timedelta(days=3), score=99.0)
    assert stores.posts.write_collected(make_visit("col_2"), [again, make_post("b")]) == 1
    first, _ = stores.posts.read_posts("reddit", "AAPL", "reddit", EVER)
    assert first == make_post("a")


def test_what_visits_saw_is_joined_where_it_meets(stores: Stores) -> None:
    for n, hours in enumerate([(0, 2), (5, 6), (2, 3), (8, 9), (5.5, 7)]):
        stores.posts.write_collected(make_visit(f"col_{n}", hours=hours), [])
    (span,) = stores.posts.post_spans()
    # 0 to 2 is followed by 2 to 3; 5.5 lies within 5 to 6; between 3 and 5, and 7 and 8, nobody looked
    wanted = [(0, 3), (5, 7), (8, 9)]
    assert span.seen == tuple((NOON + timedelta(hours=a), NOON + timedelta(hours=b)) for a, b in wanted)
    assert span.posts == 0


def test_a_failed_visit_is_kept_and_saw_nothing(stores: Stores) -> None:
    failed = make_visit("col_1", hours=None, failed_reason="the site answered with 503")
    assert stores.posts.write_collected(failed, []) == 0
    assert stores.posts.collection_runs(10) == (failed,)
    assert stores.posts.post_spans() == ()


def test_a_visit_written_twice_is_kept_once(stores: Stores) -> None:
    visit = make_visit("col_1")
    assert stores.posts.write_collected(visit, [make_post("a")]) == 1
    assert stores.posts.write_collected(visit, [make_post("a")]) == 0
    assert stores.posts.collection_runs(10) == (visit,)


def test_visits_are_listed_newest_first(stores: Stores) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0)):
        stores.posts.write_collected(make_visit(name, started_at=NOON + timedelta(hours=hours)), [])
    assert [run.id for run in stores.posts.collection_runs(10)] == ["a", "c", "b"]
    assert [run.id for run in stores.posts.collection_runs(2)] == ["a", "c"]


def test_an_import_is_its_owners_and_joined_to_those_before(stores: Stores, strangers: Stores) -> None:
    later = make_visit("import_2", hours=(48, 72), provider="file")
    stores.posts.write_collected(later, [make_post("b", created_at=NOON + timedelta(days=2))])
    first = make_visit("import_1", hours=(0, 1), provider="file")
    for new in (1, 0):
        assert stores.posts.write_collected(first, [make_post("a")]) == new
        (span,) = stores.posts.post_spans()
        assert (span.provider, span.posts) == ("file", 2)
        assert span.seen == tuple((NOON + timedelta(hours=a), NOON + timedelta(hours=b)) for a, b in ((0, 1), (48, 72)))
    assert {run.id for run in stores.posts.collection_runs(10)} == {"import_1", "import_2"}
    assert (strangers.posts.post_spans(), strangers.posts.collection_runs(10)) == ((), ())
    assert strangers.posts.write_collected(first, [make_post("a")]) == 1  # the same file in other hands


def test_what_was_collected_is_everybodys(stores: Stores, strangers: Stores) -> None:
    stores.posts.write_collected(make_visit("col_1"), [make_post("a")])
    assert strangers.posts.collection_runs(10) == stores.posts.collection_runs(10)
    assert strangers.posts.post_spans() == stores.posts.post_spans()
