"""The rules of another backtester are said where they were used, and no verdict is reached by them."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.bootstrap import Application
from backend.domain.execution import Execution, Profile
from backend.domain.results import BacktestRun
from backend.domain.sessions import SessionRequest
from backend.domain.spec import Risk, StrategySpec
from backend.domain.timeframes import Timeframe
from backend.services.backtests import BacktestRequest
from tests.agents.sessions import application

TIGHT = StrategySpec(name="Tight", long_entry="close > 0", risk=Risk(stop_loss=0.005))
PERIOD = {"timeframe": Timeframe.DAY, "start": date(2005, 1, 3), "end": date(2006, 12, 29)}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Application:
    folder: Path = tmp_path_factory.mktemp("profiles")
    return application(folder)


def traded(app: Application, profile: Profile, risk: Risk) -> BacktestRun:
    spec, execution = TIGHT.model_copy(update={"risk": risk}), Execution(profile=profile)
    return app.backtests.run(
        BacktestRequest(owner="local", spec=spec, symbols=("AAPL",), execution=execution, **PERIOD)  # type: ignore[arg-type]
    )


def test_what_a_borrowed_profile_leaves_out_is_said(app: Application) -> None:
    """Half a percent below each entry: most bars of entry touch it, and vectorbt does not look at them."""
    own, borrowed = (traded(app, profile, TIGHT.risk) for profile in ("default", "vectorbt"))
    assert borrowed.metrics.total_return > own.metrics.total_return
    assert any("filled as vectorbt does: the bar of entry is not watched" in notice for notice in borrowed.notices)
    assert not any("filled as" in notice for notice in own.notices)


def test_without_stops_there_is_nothing_to_say(app: Application) -> None:
    own, borrowed = (traded(app, profile, Risk()) for profile in ("default", "backtesting"))
    assert borrowed.equity_value == own.equity_value
    assert not any("filled as" in notice for notice in borrowed.notices)


@pytest.mark.parametrize("profile", ["backtesting", "vectorbt"])
def test_no_session_is_judged_by_borrowed_rules(profile: Profile) -> None:
    with pytest.raises(ValidationError, match="proves nothing"):
        SessionRequest(text="trend on AAPL", execution=Execution(profile=profile))
    assert SessionRequest(text="trend on AAPL").execution.profile == "default"
