"""A history that its source rewrites between two moments of one session is never mixed, and never swapped unseen."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.errors import Cancelled, Conflict
from backend.domain.periods import Period
from backend.domain.sessions import Attempt, Diagnosis, Session, SessionRequest
from backend.domain.timeframes import Timeframe
from tests.adversarial.markets import twin
from tests.agents.sessions import application, run
from tests.servers.yahoo import YahooServer
from tests.services.market.quotes import made_bars

pytestmark = pytest.mark.slow

LISTED = Period(start=date(2001, 1, 2), end=date(2007, 12, 31))
DIVIDEND = date(2007, 12, 20)
REQUEST = SessionRequest(
    text="momentum, drawdown under 95 %", symbols=("KO",), start="2004-01-02", end="2007-12-31", iterations=1
)


@pytest.fixture
def yahoo() -> Iterator[YahooServer]:
    """KO with the moves of a real stock, so that strategies have something to do."""
    market, bars = twin(posts_a_day=0), made_bars("KO", LISTED)
    columns = bars.arrays()
    rows = np.isin(bars.session, np.array(market.session, dtype="datetime64[D]"))
    for name, prices in zip(("open", "high", "low", "close"), market.prices, strict=True):
        columns[name] = np.where(rows, 0.0, columns[name] / columns["close"][~rows][-1] * market.prices[0, 0])
        columns[name][rows] = prices
    with YahooServer() as server:
        server.add(type(bars)(symbol="KO", timeframe=Timeframe.DAY, source="quotes", **columns))
        yield server


def process(folder: Path, yahoo: YahooServer) -> Application:
    return application(folder, prices=("yfinance",), yahoo_url=yahoo.url)


def rewritten(folder: Path, yahoo: YahooServer) -> None:
    """A dividend appears, and somebody asks for earlier years, so that the series is fetched anew."""
    yahoo.series["KO"].dividends[DIVIDEND] = 3.0
    earlier = Period(start=date(2001, 6, 1), end=date(2007, 12, 31))
    found = process(folder, yahoo).market.bars("KO", Timeframe.DAY, earlier)
    assert "it was fetched anew" in found.notices[0]


def saved(app: Application, session: Session) -> tuple[str, str]:
    bot = app.bots.save(session, app.sessions.attempts(session), "kept")
    return bot.bot_id, bot.data_hash


def test_a_bot_is_saved_with_the_bars_of_its_session_or_not_at_all(tmp_path: Path, yahoo: YahooServer) -> None:
    app = process(tmp_path, yahoo)
    session = run(app, REQUEST)
    rewritten(tmp_path, yahoo)
    later = process(tmp_path, yahoo)
    with pytest.raises(Conflict, match="changed since it started"):
        saved(later, later.sessions.load(later.owner, session.session_id))
    bot_id, data_hash = saved(app, session)  # this process still has them
    assert data_hash == session.data_hash
    assert later.verification.verify(later.owner, bot_id).outcome == "reproduced"


def test_one_version_serves_warm_up_and_period(tmp_path: Path, yahoo: YahooServer) -> None:
    app = process(tmp_path, yahoo)
    period = Period(start=date(2006, 1, 3), end=date(2007, 12, 31))
    before = app.market.bars("KO", Timeframe.DAY, period).bars
    yahoo.series["KO"].dividends[DIVIDEND] = 3.0
    after = app.market.bars("KO", Timeframe.DAY, period, warmup_bars=250)
    adjusted = yahoo.series["KO"].adjusted_close()
    shown = np.isin(yahoo.series["KO"].bars["1d"].session, after.bars.session)
    np.testing.assert_allclose(after.bars.close, adjusted[shown], rtol=1e-12)
    assert len(after.bars) == len(before) + 250
    moves = np.abs(np.diff(np.log(after.bars.close)))
    assert moves.max() < 0.3


def test_a_resumed_session_is_not_continued_on_other_prices(
    tmp_path: Path, yahoo: YahooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = process(tmp_path, yahoo)
    opened = app.sessions.open(app.owner, REQUEST.model_copy(update={"iterations": 3}), "test")
    diagnose = app.crew.attempts.diagnose

    def diagnose_and_cancel(session: Session, attempt: Attempt, diagnosis: Diagnosis) -> Attempt:
        app.sessions.cancel(app.owner, opened.session_id)
        return diagnose(session, attempt, diagnosis)

    monkeypatch.setattr(app.crew.attempts, "diagnose", diagnose_and_cancel)
    with pytest.raises(Cancelled):
        app.runner.run(opened)
    stopped = app.sessions.load(app.owner, opened.session_id)
    assert (stopped.status, stopped.data_hash is None) == ("cancelled", False)
    rewritten(tmp_path, yahoo)
    later = process(tmp_path, yahoo)
    with pytest.raises(Conflict, match="changed since it started"):
        later.runner.run(later.sessions.load(later.owner, opened.session_id))
    assert later.stores.ledger.list_openings(later.owner) == ()
