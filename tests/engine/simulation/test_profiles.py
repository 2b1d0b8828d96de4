"""Where the profiles of other backtesters stop differently: reference, entry bar, and who comes first."""

from typing import Any

import pytest

from backend.domain.spec import Risk, Sizing
from backend.engine.simulation import Simulation
from tests.engine.simulation.scenarios import fills, play

CALM = [100, 101, 99, 100]
STOP = Risk(stop_loss=0.1)
TARGET = Risk(take_profit=0.2)
BOTH = Risk(stop_loss=0.1, take_profit=0.2)
PROFILES = ("default", "backtesting", "vectorbt")


def played(profile: str, bars: Any, **given: Any) -> Simulation:
    return play(bars, terms={"profile": profile}, **given)


def test_without_stops_all_profiles_are_the_same() -> None:
    prices = [10, 11, 9, 12, 13, 8, 9, 10]
    decided = {"long_entry": [0, 4], "short_entry": [2, 6], "long_exit": [5]}

    runs = [played(profile, prices, **decided) for profile in PROFILES]

    assert all(run.equity.tobytes() == runs[0].equity.tobytes() for run in runs)
    assert all(run.positions.tobytes() == runs[0].positions.tobytes() for run in runs)


@pytest.mark.parametrize(("profile", "stop"), [("default", 108), ("backtesting", 90), ("vectorbt", 108)])
def test_backtesting_measures_the_stop_from_the_close_that_decided(profile: str, stop: float) -> None:
    # decided at a close of 100, filled at 120: 10 % below is 108 from the fill and 90 from the close
    bars = [CALM, [120, 121, 119, 120], [120, 121, 85, 100]]

    assert fills(played(profile, bars, risk=STOP, long_entry=[0])) == [(1, 120, 2, stop, "stop")]


@pytest.mark.parametrize(("profile", "target"), [("default", 132), ("backtesting", 120), ("vectorbt", 132)])
def test_backtesting_measures_the_target_from_the_close_that_decided(profile: str, target: float) -> None:
    # decided at a close of 100, filled at 110: 20 % above is 132 from the fill and 120 from the close
    bars = [CALM, [110, 111, 109, 110], [110, 150, 109, 130]]

    assert fills(played(profile, bars, risk=TARGET, long_entry=[0])) == [(1, 110, 2, target, "target")]


def test_backtesting_leaves_at_the_open_that_is_beyond_the_stop_already() -> None:
    # decided at 100, stop 90; the entry bar opens at 85: in and out at 85
    bars = [CALM, [85, 95, 80, 90], CALM]

    assert fills(played("backtesting", bars, risk=STOP, long_entry=[0])) == [(1, 85, 1, 85, "stop")]
    # beyond the target 120 likewise
    bars = [CALM, [125, 130, 124, 126], CALM]
    assert fills(played("backtesting", bars, risk=TARGET, long_entry=[0])) == [(1, 125, 1, 125, "target")]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_gapped_target_comes_before_a_stop_in_the_default_profile_alone(profile: str) -> None:
    # opens at 130 above the target 120, later falls to 85 below the stop 90
    simulation = played(profile, [CALM, CALM, [130, 131, 85, 90]], risk=BOTH, long_entry=[0])

    expected = (130, "target") if profile == "default" else (90, "stop")
    assert fills(simulation) == [(1, 100, 2, *expected)]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_gapped_target_fills_at_the_open_where_no_stop_is_met(profile: str) -> None:
    simulation = played(profile, [CALM, CALM, [130, 131, 95, 100]], risk=BOTH, long_entry=[0])

    assert fills(simulation) == [(1, 100, 2, 130, "target")]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_entry_bar_cannot_stop_out_in_vectorbt(profile: str) -> None:
    # filled at 100, the entry bar falls to 85 and bar 2 to 89: the stop 90 fills in the one or the other
    bars = [CALM, [100, 105, 85, 104], [104, 105, 89, 100]]

    left = 2 if profile == "vectorbt" else 1
    assert fills(played(profile, bars, risk=STOP, long_entry=[0])) == [(1, 100, left, 90, "stop")]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_stop_comes_before_the_exit_of_the_same_open_in_vectorbt(profile: str) -> None:
    # the exit decided at bar 1 is due at the open 95 of bar 2, which falls to 85
    simulation = played(profile, [CALM, CALM, [95, 96, 85, 88]], risk=STOP, long_entry=[0], long_exit=[1])

    expected = (90, "stop") if profile == "vectorbt" else (95, "signal")
    assert fills(simulation) == [(1, 100, 2, *expected)]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_stop_drops_the_reversal_of_the_same_open_in_vectorbt(profile: str) -> None:
    # the short decided at bar 1 is due at the open of bar 2; vectorbt stops out there and stays flat
    bars = [CALM, CALM, [95, 96, 85, 88], [88, 89, 87, 88]]

    simulation = played(profile, bars, risk=STOP, long_entry=[0], short_entry=[1])

    if profile == "vectorbt":
        assert fills(simulation) == [(1, 100, 2, 90, "stop")]
        assert simulation.open_positions() == ()
    else:
        assert fills(simulation) == [(1, 100, 2, 95, "signal")]
        assert [p.side for p in simulation.open_positions()] == ["short"]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_close_of_the_bar_that_stopped_out_may_enter_again(profile: str) -> None:
    bars = [CALM, CALM, [95, 96, 85, 88], [88, 89, 87, 88]]

    (position,) = played(profile, bars, risk=STOP, long_entry=[0, 2]).open_positions()

    assert position.entry_price == 88


@pytest.mark.parametrize("profile", PROFILES)
def test_an_exit_without_a_stop_in_its_bar_fills_at_the_open(profile: str) -> None:
    simulation = played(profile, [CALM, CALM, [95, 96, 91, 92], CALM], risk=STOP, long_entry=[0], long_exit=[1])

    assert fills(simulation) == [(1, 100, 2, 95, "signal")]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_time_exit_is_a_market_order(profile: str) -> None:
    risk = Risk(stop_loss=0.1, max_holding_bars=1)
    simulation = played(profile, [CALM, CALM, [95, 96, 85, 88]], risk=risk, long_entry=[0])

    expected = (90, "stop") if profile == "vectorbt" else (95, "time")
    assert fills(simulation) == [(1, 100, 2, *expected)]


@pytest.mark.parametrize(("profile", "level"), [("default", 85.5), ("backtesting", 90), ("vectorbt", 85.5)])
def test_a_trailing_stop_starts_where_the_stop_does(profile: str, level: float) -> None:
    # decided at a close of 100, filled and closed at 95: the best is 95 from the fill on, but 100 in backtesting
    bars = [CALM, [95, 96, 94, 95], [95, 96, 80, 85]]

    simulation = played(profile, bars, risk=Risk(trailing_stop=0.1), long_entry=[0])

    assert fills(simulation) == [(1, 95, 2, pytest.approx(level), "trailing")]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_risk_of_a_trade_is_measured_from_the_fill_in_every_profile(profile: str) -> None:
    # 2 % of 1000 at risk, 12 a unit below the fill at 120
    bars = [CALM, [120, 121, 119, 120]]
    simulation = played(profile, bars, risk=STOP, sizing=Sizing(kind="risk_per_trade", value=0.02), long_entry=[0])

    assert simulation.positions["units"].tolist() == pytest.approx([20 / 12])


@pytest.mark.parametrize(
    ("profile", "left", "price"), [("default", 1, 88), ("backtesting", 2, 110), ("vectorbt", 2, 100)]
)
def test_shorts_are_mirrored(profile: str, left: int, price: float) -> None:
    # decided at 100, sold at 80: stop 88 from the fill, 110 from the close. The entry bar rises to 95, bar 2 opens at
    # 100 and rises to 115
    bars = [CALM, [80, 95, 79, 85], [100, 115, 84, 100]]

    assert fills(played(profile, bars, risk=STOP, short_entry=[0])) == [(1, 80, left, pytest.approx(price), "stop")]
