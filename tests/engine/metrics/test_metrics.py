"""Every metric on numbers worked out by hand."""

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from backend.domain.results import METRIC_NAMES, Metrics
from backend.domain.spec import Sizing
from backend.engine.metrics import METRICS, measure
from backend.engine.simulation import Simulation
from tests.engine.simulation.scenarios import free, play

YEAR = 252


def held(closes: list[float]) -> Simulation:
    """All cash in from the first open on; equity follows the closes."""
    return play([closes[0], *closes], capital=closes[0], long_entry=[0], rows=slice(1, len(closes) + 1))


def test_the_registry_and_the_record_name_the_same_metrics_in_the_same_order() -> None:
    assert tuple(METRICS) == METRIC_NAMES


def test_growth() -> None:
    # 2020-01-02 to 2020-01-05: 3 days; 100 -> 150
    metrics = measure(held([100, 110, 120, 150]), YEAR)

    assert metrics.final_equity == 150
    assert metrics.total_return == 0.5
    assert metrics.cagr == pytest.approx(1.5 ** (365.25 / 3) - 1)


def test_cagr_counts_calendar_days_not_bars() -> None:
    # 367 bars on consecutive days: 366 days; equity doubles
    metrics = measure(held([100.0] * 366 + [200.0]), YEAR)

    assert (date(2021, 1, 2) - date(2020, 1, 2)).days == 366
    assert metrics.cagr == pytest.approx(2 ** (365.25 / 366) - 1)


def test_sharpe_sortino_and_volatility() -> None:
    # returns 0, 0.1, -0.1: mean 0; with 0, 0.2, -0.1: mean 1/30, deviations -1/30, 5/30, -4/30: squares 42/900,
    # variance 21/900; downside mean square 0.01 / 3
    metrics = measure(held([100, 120, 108]), YEAR)

    assert metrics.volatility == pytest.approx(math.sqrt(21 / 900 * YEAR))
    assert metrics.sharpe == pytest.approx((1 / 30) / math.sqrt(21 / 900) * math.sqrt(YEAR))
    assert metrics.sortino == pytest.approx((1 / 30) / math.sqrt(0.01 / 3) * math.sqrt(YEAR))


def test_the_risk_free_rate_is_taken_off_every_bar() -> None:
    # 25.2 % a year is 0.1 % a bar: excess -0.001, 0.199, -0.101
    excess = [-0.001, 0.199, -0.101]
    mean, downside = sum(excess) / 3, math.sqrt((0.001**2 + 0.101**2) / 3)

    metrics = measure(held([100, 120, 108]), YEAR, risk_free_rate=0.252)

    assert metrics.sharpe == pytest.approx(mean / math.sqrt(21 / 900) * math.sqrt(YEAR))
    assert metrics.sortino == pytest.approx(mean / downside * math.sqrt(YEAR))


def test_annualising_follows_the_periods_of_the_timeframe() -> None:
    daily, minutely = (measure(held([100, 120, 108]), periods) for periods in (252, 252 * 390))

    assert daily.sharpe is not None
    assert minutely.sharpe == pytest.approx(daily.sharpe * math.sqrt(390))


def test_drawdown_and_its_length() -> None:
    # peak 120 on day 2, lowest 90: 25 %; there again on day 5, 3 days later; then 2 days below 130
    metrics = measure(held([100, 120, 90, 110, 120, 130, 125, 126]), YEAR)

    assert metrics.max_drawdown == 0.25
    assert metrics.longest_drawdown_days == 3
    assert metrics.calmar is not None
    assert metrics.cagr is not None
    assert metrics.calmar == pytest.approx(metrics.cagr / 0.25)


def test_the_starting_cash_is_the_first_peak() -> None:
    # bought at the open 100 of a bar that closes at 80, never to come back: 1 day of the two that follow the first
    simulation = play([[100] * 4, [100, 100, 80, 80], [90] * 4], long_entry=[0], rows=slice(1, 3))

    metrics = measure(simulation, YEAR)

    assert metrics.max_drawdown == pytest.approx(0.2)
    assert metrics.longest_drawdown_days == 1


def test_trade_metrics() -> None:
    # trades of +50 %, -20 % and +10 %
    prices = [10, 10, 15, 10, 8, 10, 11]

    metrics = measure(play(prices, long_entry=[0, 2, 4], long_exit=[1, 3, 5]), YEAR)

    # 1000 -> 1500 -> 1200 -> 1320: won 500 + 120, lost 300
    assert metrics.trades == 3
    assert metrics.win_rate == pytest.approx(2 / 3)
    assert metrics.profit_factor == pytest.approx(620 / 300)
    assert metrics.average_trade == pytest.approx((0.5 - 0.2 + 0.1) / 3)
    assert metrics.best_trade == pytest.approx(0.5)
    assert metrics.worst_trade == pytest.approx(-0.2)


def test_activity() -> None:
    # long at the closes of bars 1 and 2 of 4; 1000 bought, 2000 sold; mean equity (1000 + 1000 + 2000 + 2000) / 4
    metrics = measure(play([10, 10, 20, 20], long_entry=[0], long_exit=[2]), YEAR)

    assert metrics.exposure == 0.5
    assert metrics.turnover == pytest.approx(3000 / 1500 * YEAR / 4)
    assert metrics.costs_paid == 0


def test_costs_paid_is_money() -> None:
    # 80 units in at 10: 200; out at 20: 400
    simulation = play([10, 10, 20, 20], costs=free(commission_rate=0.25), long_entry=[0], long_exit=[1])

    assert measure(simulation, YEAR).costs_paid == 600


def test_the_benchmark_buys_the_first_open_and_holds() -> None:
    simulation = play([[10, 10, 10, 10], [20, 30, 20, 30], [40, 40, 30, 30]], rows=slice(1, 3))

    assert measure(simulation, YEAR).benchmark_return == 0.5


def test_half_of_the_market_has_half_of_its_beta_and_no_alpha() -> None:
    # half in cash: over one bar the return is half of the market's; entered anew at each bar it stays half
    closes = [100.0, 110.0, 99.0, 118.8, 100.0]
    half = Sizing(kind="fraction", value=0.5)
    returns = np.array(closes[1:]) / closes[:-1] - 1

    simulation = play(closes[:2], sizing=half, long_entry=[0], rows=slice(1, 2))
    assert measure(simulation, YEAR).beta is None  # one bar does not vary

    metrics = measure(play([closes[0], *closes], sizing=half, long_entry=[0], rows=slice(1, 6)), YEAR)
    equity = 1 + 0.5 * (np.array(closes) / 100 - 1)
    own = np.array([0, *(equity[1:] / equity[:-1] - 1)])
    market = np.array([0, *returns])
    slope = np.cov(own, market)[0, 1] / np.var(market, ddof=1)
    assert metrics.beta == pytest.approx(slope)
    assert metrics.alpha == pytest.approx((own.mean() - slope * market.mean()) * YEAR)


def test_holding_the_market_is_beta_one_and_alpha_zero() -> None:
    metrics = measure(held([100, 120, 90, 110]), YEAR)

    assert metrics.beta == pytest.approx(1)
    assert metrics.alpha == pytest.approx(0, abs=1e-12)


def test_without_trades_what_is_undefined_is_null() -> None:
    metrics = measure(play([10, 12, 11, 13]), YEAR)

    undefined = [name for name, value in metrics.model_dump().items() if value is None]
    assert undefined == [
        "sharpe",
        "sortino",
        "calmar",
        "win_rate",
        "profit_factor",
        "average_trade",
        "best_trade",
        "worst_trade",
    ]
    assert (metrics.total_return, metrics.trades, metrics.exposure, metrics.max_drawdown) == (0, 0, 0, 0)
    assert "NaN" not in metrics.model_dump_json()


def test_a_single_bar_that_lost_has_no_ratio() -> None:
    # a return of 0 is 0.1 % below the risk-free rate of its bar; one return does not tell how returns spread
    metrics = measure(held([100]), YEAR, risk_free_rate=0.252)

    assert (metrics.sharpe, metrics.sortino) == (None, None)


def test_a_single_bar_has_no_yearly_figures() -> None:
    metrics = measure(play([10, 11], long_entry=[0], rows=slice(1, 2)), YEAR)

    assert metrics.volatility is metrics.sharpe is metrics.cagr is metrics.alpha is metrics.beta is None


def test_steady_growth_has_no_sharpe_ratio() -> None:
    # 1 % at every bar, the first one included: nothing varies but the last digit
    closes = [100 * 1.01**bar for bar in range(51)]
    rows = [[before, after, before, after] for before, after in pairwise(closes)]

    metrics = measure(play([[100] * 4, *rows], long_entry=[0], rows=slice(1, 51)), YEAR)

    assert metrics.total_return == pytest.approx(1.01**50 - 1)
    assert metrics.volatility == 0
    assert metrics.sharpe is metrics.beta is None


def test_debt_is_a_drawdown_beyond_one_and_has_no_growth_rate() -> None:
    # sold 100 at 10, liquidated at 25: equity -500
    metrics = measure(play([10, 10, 25, 25], short_entry=[0]), YEAR)

    assert metrics.final_equity == -500
    assert metrics.max_drawdown == 1.5
    assert metrics.cagr is metrics.calmar is None


def test_growth_too_fast_for_a_number_is_null() -> None:
    assert measure(held([1.0, 1e30]), YEAR).cagr is None
    steep = measure(
        held([1.0, 1.0 - 1e-13, 45.0]), YEAR
    )  # 45^(365.25 / 2) is 8e301; over a drawdown of 1e-13 it is not
    assert steep.cagr is not None
    assert steep.calmar is None


def test_open_positions_are_no_trades() -> None:
    metrics = measure(held([100, 120]), YEAR)

    assert metrics.trades == 0
    assert metrics.win_rate is None
    assert metrics.exposure == 1


def test_metrics_survive_json() -> None:
    metrics = measure(held([100, 120, 90]), YEAR)

    assert Metrics.model_validate_json(metrics.model_dump_json()) == metrics
