"""Nothing is replaced, missing or thin without a word on the session, the run and the bot."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from backend.bootstrap import Application
from backend.domain.errors import BackproofError, DataUnavailable, InvalidInput
from backend.domain.execution import Execution
from backend.domain.results import BacktestRun
from backend.domain.sessions import Session, SessionRequest
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.services.backtests import BacktestRequest
from tests.adversarial.markets import SYMBOL, import_market, imported, twin
from tests.agents.sessions import application, run

FIRST_YEAR_END = date(2004, 12, 31)
MOODY = StrategySpec(name="moody", long_entry='sentiment("reddit") > 0', long_exit='sentiment("reddit") < 0')


def session_on(app: Application, symbol: str = SYMBOL, **fields: object) -> Session:
    text = f"best strategy on ${symbol} with reddit sentiment, drawdown under 90 %"
    return run(app, SessionRequest.model_validate({"text": text, "iterations": 1} | fields))


def run_on(app: Application, symbol: str = SYMBOL, spec: StrategySpec = MOODY) -> BacktestRun:
    start, end = date(2004, 1, 2), date(2007, 12, 31)
    return app.backtests.run(BacktestRequest(app.owner, spec, (symbol,), Timeframe.DAY, start, end, Execution()))


def test_posts_of_a_part_of_the_period_are_announced_everywhere(tmp_path: Path) -> None:
    market = twin()
    thin = replace(market, posts=tuple(post for post in market.posts if post.at.date() <= FIRST_YEAR_END))
    app = imported(tmp_path / "store", thin)
    session = session_on(app)
    bot = app.bots.save(session, app.sessions.attempts(session), "thin")
    for notices in (session.notices, bot.notices, run_on(app).notices):
        assert any("are known for 25.0 % of the sessions" in notice for notice in notices)


def test_coverage_is_judged_on_the_period_of_the_session(tmp_path: Path) -> None:
    """A stored dataset that is complete later says nothing about a period for which there are no posts."""
    market = twin()
    late = replace(market, posts=tuple(post for post in market.posts if post.at.date() > FIRST_YEAR_END))
    app = imported(tmp_path / "store", late)
    session_on(app)
    session = session_on(app, start="2004-01-02", end="2005-01-31")
    assert session.verdict is not None
    (coverage,) = [check for check in session.verdict.checks if check.name == "coverage"]
    assert coverage.passed is False
    assert coverage.value is not None
    assert coverage.value < 0.1


def test_sample_data_is_named_on_session_run_and_bot(tmp_path: Path) -> None:
    app = application(tmp_path)
    session = session_on(app, "AAPL", start="2004-01-02", end="2007-12-31")
    bot = app.bots.save(session, app.sessions.attempts(session), "sample")
    for notices in (session.notices, bot.notices, run_on(app, "AAPL").notices):
        assert any("sample data" in notice for notice in notices)
        assert any("synthetic" in notice for notice in notices)


def test_a_file_that_does_not_reach_far_enough_is_named_when_the_sample_serves_instead(tmp_path: Path) -> None:
    market = twin()
    short = replace(market, session=market.session[:200], prices=market.prices[:, :200], posts=())
    app = import_market(application(tmp_path / "store"), tmp_path, short, "AAPL")
    session = session_on(app, "AAPL", start="2004-01-02", end="2007-12-31")
    assert any("Prices of AAPL are from sample; the period is not covered by file" in n for n in session.notices)


@pytest.mark.parametrize(
    ("spec", "error", "says"),
    [
        (MOODY.model_copy(update={"long_entry": 'sentiment("redit") > 0'}), InvalidInput, "reddit"),
        (MOODY.model_copy(update={"long_entry": 'sentiment("news") > 0'}), DataUnavailable, "news"),
    ],
)
def test_a_channel_that_is_unknown_or_has_no_posts_is_refused(
    spec: StrategySpec, error: type[BackproofError], says: str, tmp_path: Path
) -> None:
    app = imported(tmp_path / "store", twin())
    with pytest.raises(error) as refusal:
        run_on(app, spec=spec)
    assert says in refusal.value.message + refusal.value.hint


def test_missing_sentiment_trades_neither_a_condition_nor_its_opposite(tmp_path: Path) -> None:
    """After the last post nothing is known: neither ``> 0`` nor ``not (> 0)`` nor ``< 1`` may enter."""
    market = twin()
    thin = replace(market, posts=tuple(post for post in market.posts if post.at.date() <= FIRST_YEAR_END))
    app = imported(tmp_path / "store", thin)
    for entry in ('sentiment("reddit") > 0', 'not (sentiment("reddit") > 0)', 'sentiment("reddit") < 1'):
        once = StrategySpec.model_validate({"name": "m", "long_entry": entry, "risk": {"max_holding_bars": 1}})
        trades = run_on(app, spec=once).trades
        assert trades
        assert max(trade.entry_time.date() for trade in trades) <= date(2005, 1, 4)
