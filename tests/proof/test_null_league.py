"""Players without skill: the same engine, the same costs, the same exposure at other places."""

import numpy as np
import pytest

from backend.domain.arrays import Bools
from backend.domain.bars import Bars
from backend.domain.errors import Cancelled
from backend.domain.execution import Costs, Execution
from backend.domain.signals import Signals
from backend.engine.simulation import Rules, Simulation, simulate
from backend.proof.null_league import Pitch, buy_and_hold, random_entries
from backend.proof.sharpe import Moments
from tests.samples import aapl_bars, flat_bars

FREE = Execution(costs=Costs(commission_rate=0.0, slippage=0.0))


def flags(count: int, *rows: int) -> Bools:
    made = np.zeros(count, np.bool_)
    made[list(rows)] = True
    return made


def long_only(bars: Bars, entries: tuple[int, ...], exits: tuple[int, ...]) -> Signals:
    count = len(bars)
    return Signals(flags(count, *entries), flags(count, *exits), flags(count), flags(count))


def played(pitch: Pitch, signals: Signals) -> tuple[Simulation, float | None]:
    chosen = simulate(pitch.bars, signals, Rules(), pitch.execution, pitch.rows)
    moments = Moments.of(chosen.returns)
    return chosen, None if moments is None else moments.sharpe * 252**0.5


def monthly(bars: Bars) -> Signals:
    """Held ten days out of twenty."""
    rows = range(0, len(bars) - 30, 20)
    return long_only(bars, tuple(rows), tuple(row + 10 for row in rows))


def test_buy_and_hold_by_hand() -> None:
    # Bought at the first open of the pitch (110), marked at its last close (121): 10 %, no costs. From 132 the
    # closes fall to 99: 25 % drawdown.
    pitch = Pitch(flat_bars([100, 110, 132, 99, 121]), slice(1, 5), FREE, 252.0)
    player = buy_and_hold(pitch, None)
    assert player.total_return == pytest.approx(0.1)
    assert player.max_drawdown == pytest.approx(0.25)
    assert (player.draws, player.beaten) == (1, None)


def test_buy_and_hold_pays_costs() -> None:
    # In at 110 and marked less exit cost, 1 % each way: 1.1 * 0.99 / 1.01 - 1.
    costly = Execution(costs=Costs(commission_rate=0.01, slippage=0.0))
    player = buy_and_hold(Pitch(flat_bars([100, 110, 132, 99, 121]), slice(1, 5), costly, 252.0), 1.0)
    assert player.total_return == pytest.approx(1.1 * 0.99 / 1.01 - 1)


def test_buy_and_hold_from_the_very_first_bar_enters_one_later() -> None:
    pitch = Pitch(flat_bars([100, 110, 132, 99, 121]), slice(0, 5), FREE, 252.0)
    assert buy_and_hold(pitch, None).total_return == pytest.approx(0.1)


def test_beaten_compares_sharpe_ratios() -> None:
    pitch = Pitch(aapl_bars(), slice(2_000, 3_000), Execution(), 252.0)
    own = buy_and_hold(pitch, None).sharpe
    assert own is not None
    assert buy_and_hold(pitch, own + 0.01).beaten == 1.0
    assert buy_and_hold(pitch, own).beaten == 0.0


def test_draws_are_seeded() -> None:
    pitch = Pitch(aapl_bars(), slice(2_500, 3_270), Execution(), 252.0)
    chosen, sharpe = played(pitch, monthly(pitch.bars))
    first = random_entries(pitch, chosen, sharpe, seed=3, draws=40)
    assert first == random_entries(pitch, chosen, sharpe, seed=3, draws=40)
    assert first != random_entries(pitch, chosen, sharpe, seed=4, draws=40)


def test_a_strategy_without_skill_beats_about_half() -> None:
    pitch = Pitch(aapl_bars(), slice(2_270, 3_270), Execution(), 252.0)
    shares = []
    rng = np.random.default_rng(5)
    for _ in range(40):
        rows = np.sort(rng.choice(np.arange(2_270, 3_255, 5), 25, replace=False))
        chosen, sharpe = played(pitch, long_only(pitch.bars, tuple(rows), tuple(rows + 4)))
        player = random_entries(pitch, chosen, sharpe, seed=6, draws=60)
        assert player is not None
        shares.append(player.beaten)
    # Uniform shares: mean 0.5 with a standard error of 0.29 / sqrt(40) = 0.05.
    assert 0.35 < np.mean(np.array(shares, dtype=np.float64)) < 0.65


def test_foresight_beats_everyone() -> None:
    bars = aapl_bars()
    rise = np.append(bars.close[1:] / bars.open[1:] > 1.01, False)
    rows = np.flatnonzero(rise[:-1])
    rows = rows[rows >= 2_270][::6][:60]
    chosen, sharpe = played(
        pitch := Pitch(bars, slice(2_270, 3_270), Execution(), 252.0), long_only(bars, tuple(rows), tuple(rows + 1))
    )
    player = random_entries(pitch, chosen, sharpe, seed=1, draws=200)
    assert player is not None
    assert player.draws == 200
    assert player.beaten is not None
    assert player.beaten > 0.95


def test_equal_exposure_when_only_one_place_exists() -> None:
    # Held over bars 1..5 of 5: there is no other place, so each draw is the strategy itself.
    bars = flat_bars([100, 101, 99, 104, 103, 110])
    pitch = Pitch(bars, slice(1, 6), Execution(), 252.0)
    chosen, sharpe = played(pitch, long_only(bars, (0,), ()))
    player = random_entries(pitch, chosen, sharpe, seed=0, draws=5)
    assert player is not None
    assert player.total_return == pytest.approx(float(chosen.equity[-1]) / chosen.capital - 1)
    assert player.beaten == 0.0


def test_positions_that_fill_the_stretch_are_shortened() -> None:
    # Always in the market, turning between long and short each third bar: no flat bar is left for the gaps.
    bars = aapl_bars()
    count, rows = len(bars), slice(3_000, 3_060)
    longs, shorts = np.arange(2_999, 3_058, 6), np.arange(3_002, 3_058, 6)
    signals = Signals(flags(count, *longs), flags(count, *shorts), flags(count, *shorts), flags(count, *longs))
    chosen, sharpe = played(pitch := Pitch(bars, rows, Execution(), 252.0), signals)
    assert chosen.trade_count > 15
    player = random_entries(pitch, chosen, sharpe, seed=2, draws=20)
    assert player is not None
    assert player.sharpe is not None


def test_more_positions_than_every_second_bar() -> None:
    # Six bars hold at most three positions with a flat bar between; a fresh one on every bar is cut down to that.
    bars = flat_bars([100, 101, 99, 104, 103, 110, 108])
    count = len(bars)
    long_rows, short_rows = (0, 2, 4), (1, 3, 5)
    signals = Signals(
        flags(count, *long_rows), flags(count, *short_rows), flags(count, *short_rows), flags(count, *long_rows)
    )
    chosen, sharpe = played(pitch := Pitch(bars, slice(1, 7), Execution(), 252.0), signals)
    player = random_entries(pitch, chosen, sharpe, seed=2, draws=20)
    assert player is not None
    assert player.draws == 20


def test_a_strategy_that_never_trades_has_no_double() -> None:
    bars = flat_bars([100.0] * 20)
    chosen, sharpe = played(pitch := Pitch(bars, slice(5, 20), FREE, 252.0), long_only(bars, (), ()))
    assert random_entries(pitch, chosen, sharpe, seed=0, draws=5) is None


def test_random_entries_can_be_stopped() -> None:
    bars = aapl_bars()
    pitch = Pitch(bars, slice(2000, 2500), FREE, 252.0)
    chosen, sharpe = played(pitch, monthly(bars))
    answers = iter([False, False, True])
    with pytest.raises(Cancelled, match="stopped"):
        random_entries(pitch, chosen, sharpe, 0, cancelled=lambda: next(answers))
    assert not list(answers)
