"""Visits store what is new, say what may be missing, and go on when one of them fails."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import pytest

from backend.domain.collection import CollectionRun, Newest
from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput, Unavailable
from backend.domain.periods import Period
from backend.domain.sentiment import Channel, Post
from backend.services.collection import Collected, Collection
from tests.services.memory_posts import MemoryPostStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FAR_BACK = timedelta(hours=3)
TODAY = Period(start=NOON.date(), end=NOON.date())


class Forum:
    """A live source of which a test says what it shows; it reaches back ``reach``."""

    name = "reddit"
    channel: Channel = "reddit"

    def __init__(self) -> None:
        self.texts: dict[str, datetime] = {}
        self.reach: timedelta | None = FAR_BACK
        self.failures: dict[str, BackproofError] = {}
        self.visits: list[tuple[str, datetime]] = []

    def no_history(self, since: object) -> str:
        return f"the forum has no history before {since}"

    def newest(self, symbol: str, seen_at: datetime) -> Newest:
        self.visits.append((symbol, seen_at))
        if symbol in self.failures:
            raise self.failures[symbol]
        shown = [(text, at) for text, at in self.texts.items() if at <= seen_at]
        posts = tuple(
            Post(id=text, symbol=symbol, channel="reddit", created_at=at, known_at=seen_at, text=text, score=len(shown))
            for text, at in shown
        )
        return Newest(posts, None if self.reach is None else seen_at - self.reach)


class Desk:
    """A collection whose clock is moved by sleeping alone."""

    def __init__(self) -> None:
        self.forum, self.store, self.now = Forum(), MemoryPostStore(), NOON
        ids = count(1)
        self.collection = Collection(self.store, [self.forum], lambda: self.now, lambda prefix: f"{prefix}_{next(ids)}")
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def visit(self, *symbols: str, after: timedelta = timedelta(0)) -> tuple[Collected, ...]:
        self.now += after
        return self.collection.visit(symbols or ("AAPL",))

    def stored(self) -> dict[str, datetime | None]:
        posts = self.store.read_posts("reddit", "AAPL", "reddit", TODAY)
        return {post.id: post.known_at for post in posts}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_visit_stores_posts_and_itself(desk: Desk) -> None:
    desk.forum.texts = {"one": NOON - hours(2), "two": NOON - hours(1)}
    (result,) = desk.visit()
    assert result == Collected("reddit", "reddit", "AAPL", NOON, found=2, new=2, complete_from=NOON - FAR_BACK)
    assert desk.stored() == {"one": NOON, "two": NOON}
    assert desk.store.collection_runs(9) == (
        CollectionRun("visit_1", "reddit", "AAPL", "reddit", NOON, NOON - FAR_BACK, NOON, 2),
    )


def test_a_post_keeps_the_moment_at_which_it_was_first_seen(desk: Desk) -> None:
    desk.forum.texts = {"one": NOON - hours(2)}
    desk.visit()
    desk.forum.texts["two"] = NOON + hours(1)
    (result,) = desk.visit(after=hours(2))
    assert (result.found, result.new) == (2, 1)
    assert desk.stored() == {"one": NOON, "two": NOON + hours(2)}
    (first, _) = desk.store.read_posts("reddit", "AAPL", "reddit", TODAY)
    assert first.score == 1  # as it was read then


def test_visits_that_overlap_leave_no_hole(desk: Desk) -> None:
    desk.visit()
    (result,) = desk.visit(after=FAR_BACK)  # begins at the very moment at which the first one ended
    assert result.hole is None
    assert desk.store.post_spans()[0].seen == ((NOON - FAR_BACK, NOON + FAR_BACK),)


def test_a_hole_since_the_visit_before_stays_visible(desk: Desk) -> None:
    desk.visit()
    (result,) = desk.visit(after=hours(5))
    assert result.hole == (NOON, NOON + hours(2))
    assert desk.store.post_spans()[0].seen == ((NOON - hours(3), NOON), (NOON + hours(2), NOON + hours(5)))


def test_a_visit_of_which_nothing_can_be_said_is_all_hole(desk: Desk) -> None:
    desk.visit()
    desk.forum.reach = None
    (result,) = desk.visit(after=hours(1))
    assert (result.complete_from, result.hole) == (None, (NOON, NOON + hours(1)))
    assert desk.store.post_spans()[0].seen == ((NOON - FAR_BACK, NOON),)


def test_symbols_have_holes_of_their_own(desk: Desk) -> None:
    desk.visit("AAPL")
    apple, ibm = desk.visit("AAPL", "IBM", after=hours(9))
    assert apple.hole is not None
    assert ibm.hole is None


def test_a_failure_is_recorded_and_does_not_stop_the_others(desk: Desk) -> None:
    desk.forum.failures["IBM"] = Unavailable("Reddit answered with status 500.")
    results = desk.visit("AAPL", "IBM", "MSFT")
    assert [(r.symbol, r.failure and r.failure.message) for r in results] == [
        ("AAPL", None),
        ("IBM", "Reddit answered with status 500."),
        ("MSFT", None),
    ]
    recorded = {run.symbol: run.failed_reason for run in desk.store.collection_runs(9)}
    assert recorded == {"AAPL": None, "IBM": "Reddit answered with status 500.", "MSFT": None}
    assert {at for _, at in desk.forum.visits} == {NOON}  # one moment for all


def test_a_failed_visit_leaves_a_hole_unless_the_next_reaches_over_it(desk: Desk) -> None:
    desk.visit()
    desk.forum.failures["AAPL"] = Unavailable("Reddit cannot be reached.")
    desk.visit(after=hours(1))
    desk.forum.failures.clear()
    (near,) = desk.visit(after=hours(1))
    assert near.hole is None
    assert desk.store.post_spans()[0].seen == ((NOON - FAR_BACK, NOON + hours(2)),)


def test_a_store_that_is_away_is_a_failure_of_the_visit(desk: Desk) -> None:
    desk.store.away = True
    (result,) = desk.visit()
    assert isinstance(result.failure, Unavailable)
    desk.forum.failures["AAPL"] = Unavailable("Reddit cannot be reached.")
    (result,) = desk.visit()
    assert result.failure is desk.forum.failures["AAPL"]
    desk.store.away = False
    desk.forum.failures.clear()
    assert desk.visit()[0].failure is None


def test_a_single_visit_fails_when_nothing_succeeds(desk: Desk) -> None:
    desk.forum.failures = {"AAPL": Unavailable("away"), "IBM": DataUnavailable("refused")}
    with pytest.raises(Unavailable, match="away"):
        desk.collection.visit_or_fail(["AAPL", "IBM"])
    assert len(desk.collection.visit_or_fail(["AAPL", "MSFT"])) == 2


def take(visits: Iterator[tuple[Collected, ...]], number: int) -> list[tuple[Collected, ...]]:
    return list(islice(visits, number))


def test_visits_begin_at_the_stated_distance(desk: Desk) -> None:
    visits = desk.collection.visits(["AAPL"], timedelta(minutes=15), desk.sleep)
    first, second, third = take(visits, 3)
    assert [results[0].visited_at - NOON for results in (first, second, third)] == [hours(0), hours(0.25), hours(0.5)]
    assert desk.slept == [900.0, 900.0]


def test_a_visit_longer_than_the_distance_is_followed_at_once(desk: Desk) -> None:
    visits = desk.collection.visits(["AAPL"], timedelta(minutes=15), desk.sleep)
    next(visits)
    desk.now += hours(1)
    next(visits)
    assert desk.slept == [0.0]


def test_visits_outlast_a_source_that_is_away_but_not_refused_keys(desk: Desk) -> None:
    visits = desk.collection.visits(["AAPL", "IBM"], timedelta(minutes=15), desk.sleep)
    desk.forum.failures = {"AAPL": Unavailable("away"), "IBM": Unavailable("away")}
    assert len(take(visits, 2)) == 2
    desk.forum.failures = {"AAPL": DataUnavailable("Reddit refuses the keys."), "IBM": InvalidInput("no subreddit")}
    with pytest.raises(DataUnavailable, match="refuses the keys"):
        next(visits)


def test_symbols_are_those_stated_or_collected_before(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="No symbol was collected before"):
        desk.collection.symbols([])
    desk.store.write_posts("file", [Post(id="1", symbol="FILE", channel="reddit", created_at=NOON, text="x")])
    desk.visit("MSFT", "AAPL")
    assert desk.collection.symbols([]) == ("AAPL", "MSFT")
    assert desk.collection.symbols(["$ibm", "IBM", "brk.b"]) == ("IBM", "BRK.B")
    with pytest.raises(InvalidInput, match='"a b" cannot be a symbol'):
        desk.collection.symbols(["a b"])
