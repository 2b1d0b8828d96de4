"""Minutes of SPY across the change of the clocks on 2024-03-10, from the file to the result."""

import json
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.engine.calendar import NEW_YORK
from tests.cli.conftest import Backproof

SPEC: dict[str, Any] = {
    "name": "Minute trend",
    "long_entry": "cross_above(ema(close, 20), ema(close, 60)) and minute_of_session() >= 30",
    "long_exit": "cross_below(ema(close, 20), ema(close, 60)) or minute_of_session() >= 385",
}
MINUTE = timedelta(minutes=1)
CHANGE = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.fixture
def minutes(backproof: Backproof, own_home: Path, real_data: Path) -> Path:
    """A strategy, beside stored minutes from 2024-02-20 to 2024-04-05."""
    file = str(real_data / "intraday_1min_spy.parquet")
    assert backproof("data", "import", "prices", file, "--bar-stamp", "start", "--json").code == 0
    (own_home / "minute.json").write_text(json.dumps(SPEC), encoding="utf-8")
    return own_home / "minute.json"


def _run(backproof: Backproof, spec: Path, *options: str) -> dict[str, Any]:
    ended = backproof("backtest", "run", "--spec", str(spec), "--symbols", "SPY", *options, "--json")
    assert ended.code == 0, ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def _moments(stamps: list[str]) -> list[datetime]:
    return [datetime.fromisoformat(stamp) for stamp in stamps]


@pytest.mark.slow
def test_minutes_are_traded_in_their_sessions_and_scaled_to_a_year(backproof: Backproof, minutes: Path) -> None:
    period = ("--start", "2024-02-26", "--end", "2024-04-05", "--timeframe", "1m")
    run = _run(backproof, minutes, *period, "--trades", "--equity")
    ends = _moments(run["equity"]["time"])
    sessions = [list(bars) for _, bars in groupby(ends, key=lambda end: end.astimezone(NEW_YORK).date())]
    # 2024-02-26 to 2024-04-05 are 30 weekdays, of which Good Friday, the 29th of March, is none: 29 x 390
    assert (len(sessions), run["bars"]) == (29, 11_310)
    for session in sessions:
        assert session[-1].time() == (time(21) if session[0] < CHANGE else time(20))
        assert session == [session[0] + n * MINUTE for n in range(390)]
    equity = np.array([100_000.0, *run["equity"]["value"]])
    returns = equity[1:] / equity[:-1] - 1
    assert run["metrics"]["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * (390 * 252) ** 0.5)
    assert len(run["trades"]) > 50
    for trade in run["trades"]:
        entered, left = _moments([trade["entry_time"], trade["exit_time"]])
        # the bar of 10:00 is the first to decide, at 10:01; that of 15:55 is the first to leave at the latest, at 15:56
        assert time(10, 1) <= entered.astimezone(NEW_YORK).time() < left.astimezone(NEW_YORK).time() <= time(15, 56)
        assert entered + MINUTE in ends


@pytest.mark.slow
def test_minutes_before_the_start_warm_up(backproof: Backproof, minutes: Path) -> None:
    """A run that begins on the first session after the change trades that day as one that began weeks before."""
    later, whole = (
        _run(backproof, minutes, "--start", start, "--end", "2024-03-11", "--timeframe", "1m", "--trades")["trades"]
        for start in ("2024-03-11", "2024-02-26")
    )
    same_day = [trade for trade in whole if trade["entry_time"] >= "2024-03-11"]
    assert [trade["entry_time"] for trade in later] == [trade["entry_time"] for trade in same_day] != []
    assert [trade["return"] for trade in later] == pytest.approx([trade["return"] for trade in same_day])


@pytest.mark.slow
def test_longer_bars_are_made_of_the_minutes(backproof: Backproof, minutes: Path) -> None:
    run = _run(backproof, minutes, "--timeframe", "15m", "--start", "2024-03-08", "--end", "2024-03-12", "--equity")
    # three sessions of 26 quarters of an hour
    assert run["bars"] == 78
    ends = _moments(run["equity"]["time"])
    assert [end.astimezone(NEW_YORK).time() for end in ends[::26]] == [time(9, 45)] * 3
    assert [end.astimezone(NEW_YORK).time() for end in ends[25::26]] == [time(16)] * 3
