"""No way round the ledger: whoever looks again at a hold-out, under whatever name, pays for it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.errors import Unavailable
from backend.domain.execution import Costs, Execution
from backend.domain.ledger import Opening
from backend.domain.sessions import Session, SessionRequest
from backend.domain.spec import StrategySpec
from backend.domain.timeframes import Timeframe
from backend.services.backtests import BacktestRequest
from backend.services.conclusions import Conclusions
from tests.adversarial.markets import SYMBOL, Market, import_market, imported, twin
from tests.agents.sessions import run

MARKET = twin(posts_a_day=0)


def look(app: Application, symbol: str = SYMBOL, **fields: Any) -> Session:
    """A quick session that opens its hold-out."""
    text = "best strategy, drawdown under 90 %"
    return run(app, SessionRequest(text=text, symbols=(symbol,), **({"iterations": 1} | fields)))


def rank(session: Session) -> int:
    """Which look it was."""
    assert session.holdout is not None
    assert session.holdout.p_value_adjusted == min(1.0, session.holdout.p_value * session.holdout.openings**2)
    return session.holdout.openings


def backtest(app: Application, spec: StrategySpec, start: date | None = None, end: date | None = None) -> None:
    app.backtests.run(BacktestRequest(app.owner, spec, (SYMBOL,), Timeframe.DAY, start, end, Execution()))


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return imported(tmp_path / "store", MARKET)


def chosen_spec(app: Application, session: Session) -> StrategySpec:
    return next(a.tested for a in app.sessions.attempts(session) if a.attempt_id == session.chosen)


def test_only_the_very_same_look_is_free(app: Application) -> None:
    assert [rank(look(app)), rank(look(app)), rank(look(app, SYMBOL.lower()))] == [1, 1, 1]
    assert rank(look(app, execution=Execution(capital=5_000))) == 2
    assert rank(look(app, execution=Execution(costs=Costs(slippage=0)))) == 3
    assert rank(look(app)) == 1


@pytest.mark.parametrize("disguise", [lambda m: m, lambda m: m.scaled(3.7), Market.upside_down])
def test_another_name_for_a_market_is_no_disguise(
    disguise: Callable[[Market], Market], app: Application, tmp_path: Path
) -> None:
    assert rank(look(app)) == 1
    import_market(app, tmp_path, disguise(MARKET), "OTHER")
    assert rank(look(app, "OTHER", iterations=4)) == 2


def test_a_period_that_shares_a_day_is_the_same_period(app: Application) -> None:
    first = look(app)
    assert first.periods is not None
    holdout = first.periods.holdout
    assert rank(look(app, start="2004-01-02", end=str(holdout.start))) == 2


def test_a_period_whose_results_were_shown_on_validation_is_no_fresh_hold_out(app: Application) -> None:
    """The attempts of a session show what works on its validation; a session that ends there has seen its hold-out."""
    first = look(app)
    assert first.periods is not None
    seen = {"start": "2004-01-02", "end": str(first.periods.validation.end)}
    assert rank(look(app, **seen)) == 2
    assert rank(look(app, **seen)) == 2
    assert rank(look(app)) == 1


def test_another_way_to_write_a_symbol_hides_no_validation_that_was_shown(app: Application, tmp_path: Path) -> None:
    """The ledger knows the returns of openings alone; what a session showed is found by its symbol."""
    for symbol in ("TWN.B", "TWN-B"):
        import_market(app, tmp_path, MARKET, symbol)
    first = look(app, "TWN.B")
    assert first.periods is not None
    seen = {"start": "2004-01-02", "end": str(first.periods.validation.end)}
    assert rank(look(app, "TWN-B", **seen)) == 2


def test_a_rejected_session_showed_its_validation_too(app: Application) -> None:
    impossible = f"best strategy on ${SYMBOL}, Sharpe above 40"
    rejected = run(app, SessionRequest(text=impossible, iterations=1))
    assert (rejected.holdout, rejected.periods is None) == (None, False)
    assert rejected.periods is not None
    assert rank(look(app, start="2004-01-02", end=str(rejected.periods.validation.end))) == 2
    assert rank(look(app)) == 1


def test_an_opening_hides_no_other_session_on_the_same_data(app: Application) -> None:
    """Two sessions showed their validation, of which only one went on to its hold-out; the later period has both."""
    other = run(app, SessionRequest(text="best strategy, Sharpe above 9", symbols=(SYMBOL,), iterations=1))
    first = look(app)
    assert other.holdout is None
    assert first.periods is not None
    assert other.data_hash == first.data_hash
    assert rank(look(app, start="2004-01-02", end=str(first.periods.holdout.start))) == 3


def test_direct_backtests_before_a_session_count_and_a_new_name_does_not(app: Application, tmp_path: Path) -> None:
    spec = chosen_spec(app, look(app))
    renamed = spec.model_copy(update={"name": "something else", "rationale": "for fun"})
    other = imported(tmp_path / "other", MARKET)
    for again in (spec, spec, renamed):
        backtest(other, again)
    backtest(other, spec, end=date(2007, 12, 28))
    assert rank(look(other)) == 3


def test_white_space_and_names_of_series_make_no_new_strategy(app: Application) -> None:
    base = StrategySpec(name="a", long_entry="close > sma(close, 20)", long_exit="close < sma(close, 20)")
    spaced = base.model_copy(update={"long_entry": "  close>sma( close,20.0 ) "})
    for spec in (base, spaced):
        backtest(app, spec)
    assert len(app.stores.ledger.list_openings(app.owner)) == 1


def test_a_failure_between_opening_and_verdict_costs_one_look(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store fails as the verdict is written: nothing was shown; going on writes verdict and opening together."""
    store = app.stores.sessions
    conclude = store.conclude

    def broken(session: Session, opening: Opening | None, openings_seen: int) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(store, "conclude", broken)
    opened = app.sessions.open(app.owner, SessionRequest(text=f"best strategy on ${SYMBOL}", iterations=1), "test")
    with pytest.raises(Unavailable):
        app.runner.run(opened)
    stopped = app.sessions.load(app.owner, opened.session_id)
    assert (stopped.status, stopped.holdout, stopped.verdict) == ("failed", None, None)
    assert app.stores.ledger.list_openings(app.owner) == ()
    monkeypatch.setattr(store, "conclude", conclude)
    assert rank(app.runner.run(stopped)) == 1
    assert len(app.stores.ledger.list_openings(app.owner)) == 1


def test_of_two_sessions_that_conclude_at_once_one_is_the_second(app: Application) -> None:
    """While one session gathers its evidence another concludes: the first must count it and compute its factor anew."""
    conclusions: Conclusions = app.crew.conclusions
    listed = app.stores.ledger.list_openings
    raced: list[int] = []

    class Racing:
        """The ledger, read a moment before somebody else's session writes to it."""

        def list_openings(self, owner: str) -> tuple[Opening, ...]:
            seen = listed(owner)
            if not raced:
                raced.append(0)
                raced[0] = rank(look(app, execution=Execution(capital=7_000)))
            return seen

    conclusions._ledger = Racing()
    assert rank(look(app)) == 2
    assert raced == [1]
