"""Sentiment that has no source, or another one than it says, ends in no verdict that counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.collection import CollectionRun
from backend.domain.errors import InvalidInput, Unavailable
from backend.domain.ledger import Opening
from backend.domain.moments import utc_moments
from backend.domain.periods import Period
from backend.domain.sentiment import Coverage, Post, SentimentDay
from backend.domain.sessions import Session, SessionRequest
from backend.domain.verdict import Check
from backend.engine.calendar import trading_calendar
from tests.adversarial.markets import SYMBOL, Market, Message, import_market, imported, twin
from tests.agents.sessions import application, run

REQUEST = SessionRequest(text=f"sentiment momentum on ${SYMBOL} with reddit, drawdown under 95 %", iterations=2)


def leading() -> Market:
    """Posts that know the next session three times out of four, so that their strategy meets every target."""
    market, rng = twin(posts_a_day=0), np.random.default_rng(1)
    rises = np.diff(market.prices[3]) > 0
    good = np.where(rng.random(rises.size) < 0.75, rises, rng.random(rises.size) < 0.5)
    posts = [
        Message(f"p{row}", datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=15), text(bool(good[row])))
        for row, day in enumerate(market.session[:-1])
    ]
    return replace(market, posts=tuple(replace(post, text=f"{post.text} {post.id}") for post in posts))


def text(good: bool) -> str:
    return "strong beat, upgrade" if good else "weak guidance, downgrade"


def causality(session: Session) -> Check:
    assert session.verdict is not None
    return next(check for check in session.verdict.checks if check.name == "causality")


def record(app: Application, day: date, **fields: Any) -> SentimentDay:
    """A made-up record that says how good a session was, and that it comes from the posts that there are."""
    (span,) = app.stores.posts.post_spans()
    (close,) = utc_moments(trading_calendar(day, day).closes)
    made: dict[str, Any] = {"session": day, "cutoff_utc": close, "coverage": Coverage.WITH_POSTS}
    made |= {"posts": 2, "unique_posts": 2, "authors": 1, "positive": 2, "mean": 0.9, "median": 0.9, "std": 0.0}
    made |= {"scorer": "finance_lexicon/1", "point_in_time": True, "available_posts": span.posts}
    return SentimentDay(**(made | fields))


def keep(app: Application, day: SentimentDay) -> None:
    app.datasets.store_sentiment_for_date(app.owner, SYMBOL, "reddit", "file", day)


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return imported(tmp_path / "store", leading())


@pytest.mark.slow
def test_one_made_up_record_at_the_end_is_found(app: Application) -> None:
    """It changes a decision behind every cut point, where removing the future cannot show it."""
    keep(app, record(app, date(2007, 12, 27)))
    session = run(app, REQUEST)
    assert session.verdict is not None
    assert session.verdict.outcome == "unproven"
    assert causality(session).note.startswith(
        "The sentiment of 1 trading session is not what its posts give, the first on 2007-12-27 on reddit: "
    )
    assert (causality(session).passed, causality(session).value) == (False, 1.0)


@pytest.mark.parametrize(
    "change",
    [
        {"mean": 7.0},
        {"median": -1.5},
        {"std": -0.1},
        {"std": None},
        {"mean": None},
        {"posts": -3},
        {"positive": 9},
        {"unique_posts": 3, "positive": 3},
        {"coverage": Coverage.EMPTY},
        {"coverage": Coverage.FAILED, "failed_reason": "away"},
        {"failed_reason": "away"},
    ],
)
def test_a_record_that_cannot_be_right_is_refused(app: Application, change: dict[str, Any]) -> None:
    sound = record(app, date(2005, 3, 14))
    keep(app, sound)
    with pytest.raises(InvalidInput, match="cannot be right"):
        keep(app, sound.model_copy(update=change))


def test_a_record_that_knew_more_than_the_close_is_made_anew(app: Application) -> None:
    day = date(2005, 3, 14)
    keep(app, record(app, day, mean=0.123, point_in_time=False))
    made = app.datasets.get_or_create_dataset(app.owner, SYMBOL, "reddit", Period(start=day, end=day))
    assert (made.metadata.from_cache_days, made.metadata.point_in_time) == (0, True)
    assert made.days.mean[0] != 0.123


@pytest.mark.slow
def test_the_same_session_with_its_own_records_is_proven(app: Application) -> None:
    """So the tests beside this one fail for no other reason."""
    for day in trading_calendar(date(2007, 12, 3), date(2007, 12, 21)).sessions.astype(object):
        app.datasets.get_sentiment_for_date(app.owner, SYMBOL, "reddit", day)
    app.datasets.forget()
    session = run(app, REQUEST)
    assert session.verdict is not None
    assert (session.verdict.outcome, causality(session).passed) == ("proven", True)
    (link,) = session.datasets
    dataset = app.stores.datasets.load_dataset(app.owner, link.id)
    assert dataset.metadata.from_cache_days == 15


@pytest.mark.slow
def test_posts_imported_while_a_session_was_interrupted_are_no_look_ahead(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process has the posts of the store alone, and they are no longer those of the session."""

    def broken(session: Session, opening: Opening | None, openings_seen: int) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(app.stores.sessions, "conclude", broken)
    opened = app.sessions.open(app.owner, REQUEST, "test")
    with pytest.raises(Unavailable):
        app.runner.run(opened)
    later = application(tmp_path / "store")
    more = [Message(f"late{n}", datetime(2006, 3, 1 + n, 14, tzinfo=UTC), f"terrible loss {n}") for n in range(9)]
    import_market(later, tmp_path, replace(leading(), posts=tuple(more)))
    session = later.runner.run(later.sessions.load(later.owner, opened.session_id))
    assert session.verdict is not None
    assert session.verdict.outcome == "unproven"
    assert (
        "is not what its posts give, the first on 2006-03-01 on reddit: posts were imported" in causality(session).note
    )
    assert any("causality: The sentiment of" in reason for reason in session.verdict.reasons)


def test_posts_that_a_visit_found_after_the_close_say_so(tmp_path: Path) -> None:
    """Their moment is certain, their words may have been edited since."""
    app = application(tmp_path / "store", posts=("reddit",))
    close = datetime(2007, 3, 14, 20, tzinfo=UTC)
    seen = (close - timedelta(days=3), close + timedelta(days=2))
    visit = CollectionRun("visit_1", "reddit", SYMBOL, "reddit", seen[1], *seen, 1)
    written = Post(
        id="1", symbol=SYMBOL, channel="reddit", created_at=close - timedelta(hours=1), known_at=seen[1], text="up"
    )
    app.stores.posts.write_collected(visit, [written])
    period = Period(start=close.date(), end=close.date())
    fetched = app.datasets.prefetch(app.owner, None, [SYMBOL], ["reddit"], period, lambda _: None)
    assert fetched.datasets[0].days.posts.tolist() == [1]
    (notice,) = fetched.notices
    assert "in the words that the first visit after it found" in notice
    assert fetched.datasets[0].metadata.notices == fetched.notices
