"""Backtests in full, as a list, and side by side."""

import pytest

from backend.cli.render.format import MISSING
from backend.cli.render.runs import contribution_table, run_report, runs_table, trades_table
from backend.domain.results import BacktestRun
from backend.domain.timeframes import Timeframe
from tests.cli import samples
from tests.cli.render.drawing import drawn


@pytest.mark.parametrize("run", [samples.run(), samples.portfolio()])
@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits_the_terminal(run: BacktestRun, width: int) -> None:
    assert max(map(len, drawn(run_report(run, trades=True), width).splitlines())) <= width


def test_a_run_names_the_hashes_of_strategy_data_and_engine() -> None:
    shown = drawn(run_report(samples.run(), trades=False)).splitlines()
    facts = {tuple(line.split()[:-1]): line.split()[-1] for line in shown if line.split()}
    assert (facts["strategy", "hash"], facts["data", "hash"], facts["engine",]) == ("5f3e" * 8, "c0de" * 8, "1")


def test_the_equity_is_drawn_between_start_and_end() -> None:
    # 100,000 -> 106,190 -> 80,338: steps 19,662 / 25,852 x 7 = 5.3, 7, 0
    assert "100,000.00 ▆█▁ 310,400.00" in drawn(run_report(samples.run(), trades=False))


def test_trades_of_daily_bars_have_dates_and_a_held_position_is_named() -> None:
    lines = drawn(trades_table(samples.run())).splitlines()
    trade = ["long", "2010-01-05", "26.31", "2010-03-05", "27.95", "6,190.20", "+6.2", "%", "41", "signal"]
    assert lines[2].split() == trade
    assert "still held" in lines[4]


def test_trades_of_shorter_bars_have_their_time() -> None:
    hourly = samples.run().model_copy(update={"timeframe": Timeframe.HOUR})
    assert "2010-01-05 14:30" in drawn(trades_table(hourly), 120)


def test_no_trades_are_said_to_be_none() -> None:
    idle = samples.run().model_copy(update={"trades": (), "open_positions": ()})
    assert drawn(trades_table(idle)) == "No trades."


def test_a_portfolio_says_what_each_symbol_earned() -> None:
    # AAPL: 6,190.20 closed - 25,340 held = -19,149.80 of 100,000; MSFT: -512
    lines = [line.split() for line in drawn(contribution_table(samples.portfolio())).splitlines()]
    assert lines[2] == ["AAPL", "1", "100.0", "%", "1", "-19,149.80", "-19.1", "%"]
    assert lines[3] == ["MSFT", "1", "0.0", "%", "0", "-512.00", "-0.5", "%"]
    assert lines[4] == ["IBM", "0", MISSING, "0", "0.00", "0.0", "%"]


def test_trades_of_a_portfolio_name_their_symbol() -> None:
    lines = drawn(trades_table(samples.portfolio()), 120).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["AAPL", "MSFT", "AAPL"]


def test_rates_and_what_they_brought_are_shown() -> None:
    shown = drawn(run_report(samples.portfolio(), trades=False), 120)
    assert "interest earned  1,234.50 at 2 % a year" in shown
    assert "borrowing paid   67.80 at 3 % a year" in shown
    assert "rates          interest 2 % a year, borrowing 3 % a year" in shown
    assert "at most 2 at the same time" in shown
    assert "whole ones at the raw price" in shown
    assert "the best 2 by roc(close, 60), chosen every 21 bars" in shown
    assert "Financing" not in drawn(run_report(samples.run(), trades=False), 120)


def test_a_long_list_of_symbols_is_cut() -> None:
    wide = samples.run().model_copy(update={"symbols": tuple(f"S{n}" for n in range(8))})
    assert "S0, S1, S2, S3, S4, S5 and 2 more 1d" in drawn(run_report(wide, trades=False), 120)


def test_a_list_names_strategy_symbol_and_period() -> None:
    lines = drawn(runs_table([samples.run()])).splitlines()
    assert lines[2].startswith("run_0a1b2c3d4e5f  Trend with calm entries")
    assert lines[3].strip() == "AAPL 1d 2010-01-04 to 2013-03-01"
    assert "backproof backtest run" in drawn(runs_table([]))
