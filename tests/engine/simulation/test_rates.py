"""Interest on money that is not invested, and fees for what is borrowed to sell short (rule 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.results import Financing
from backend.domain.spec import Risk, Sizing
from backend.engine.metrics import measure
from tests.engine.simulation.scenarios import only_trade, play

HALF = Sizing(kind="fraction", value=0.5)
INTEREST = {"interest_rate": 0.252}  # 0.1 % a daily bar
BORROW = {"borrow_rate": 0.252}


def test_idle_cash_earns_interest_at_every_close_and_on_interest() -> None:
    simulation = play([10, 10, 10], terms=INTEREST)

    assert simulation.equity.tolist() == pytest.approx([1001, 1002.001, 1000 * 1.001**3], rel=1e-12)
    assert simulation.interest_earned == pytest.approx(1000 * 1.001**3 - 1000)
    assert simulation.trades() == ()


def test_money_in_a_long_position_earns_nothing() -> None:
    # flat at bar 0: 1 of interest. All 1001 go into 100.1 units at bar 1; nothing is idle until the open of bar 3 at 20
    simulation = play([10, 10, 20, 20], terms=INTEREST, long_entry=[0], long_exit=[2])

    assert simulation.equity.tolist() == pytest.approx([1001, 1001, 2002, 2002 * 1.001])
    assert simulation.interest_earned == pytest.approx(1 + 2.002)


def test_the_cash_beside_a_long_position_earns_interest() -> None:
    # bar 0: 1001; half of it buys 50.05 units, 500.5 stay and earn 0.5005 at bar 1
    simulation = play([10, 10], sizing=HALF, terms=INTEREST, long_entry=[0])

    assert simulation.equity.tolist() == pytest.approx([1001, 500.5 * 1.001 + 50.05 * 10])


def test_a_short_earns_interest_on_its_equity_and_not_on_its_proceeds() -> None:
    # bar 0: 1001; 100.1 units sold at 10. Close 10 at bar 1: equity 1001 earns 1.001. Close 8 at bar 2: equity
    # 1002.001 + 100.1 x 2 = 1202.201 earns 1.202201
    simulation = play([10, 10, 8], terms=INTEREST, short_entry=[0])

    assert simulation.equity.tolist() == pytest.approx([1001, 1002.001, 1202.201 * 1.001])
    assert simulation.interest_earned == pytest.approx(1 + 1.001 + 1.202201)


def test_a_short_pays_for_borrowing_its_value_at_every_close() -> None:
    # 100 units sold at 10; at the closes of 10 and 8 it pays 1 and 0.8; bought back at 8: 1000 + 200 - 1.8
    simulation = play([10, 10, 8, 8], terms=BORROW, short_entry=[0], short_exit=[2])

    assert simulation.equity.tolist() == pytest.approx([1000, 999, 1000 + 200 - 1.8, 1000 + 200 - 1.8])
    assert simulation.borrow_paid == pytest.approx(1.8)
    assert simulation.costs_paid == pytest.approx(1.8)
    assert measure(simulation, 252).costs_paid == pytest.approx(1.8)
    assert only_trade(simulation).pnl == pytest.approx(200 - 1.8)
    assert simulation.financing == Financing(interest_earned=0, borrow_paid=simulation.borrow_paid)


def test_a_long_pays_nothing_for_borrowing() -> None:
    assert play([10, 10, 8, 8], terms=BORROW, long_entry=[0]).borrow_paid == 0


def test_a_short_that_is_stopped_within_the_bar_pays_nothing_at_its_close() -> None:
    # sold at 10, out at the stop 11 of bar 1: 1000 - 100; the cash of 900 then earns 0.9 at that close
    bars = [[10, 10, 10, 10], [10, 12, 10, 10]]

    simulation = play(bars, terms=BORROW | INTEREST, risk=Risk(stop_loss=0.1), short_entry=[0])

    assert simulation.borrow_paid == 0
    assert simulation.equity.tolist() == pytest.approx([1001, (1001 - 100.1) * 1.001])


def test_the_fee_for_borrowing_can_liquidate() -> None:
    # 100 units sold at 10 close at 19.95: equity 5, but borrowing costs 100 % / 252 of 1995, more than that
    simulation = play([10, 10, 19.95, 5], terms={"borrow_rate": 0.999}, short_entry=[0])

    trade = only_trade(simulation)
    # the close of bar 1 cost 1000 x 0.999 / 252
    fees = (1000 + 1995) * 0.999 / 252
    assert trade.exit_reason == "liquidation"
    assert simulation.equity.tolist() == pytest.approx([1000, 1000 - 999 / 252, 5 - fees, 5 - fees])


def test_debt_earns_no_interest() -> None:
    # sold 100.1 at 10, liquidated at 25: 1002.001 - 1501.5, and no interest from there on
    simulation = play([10, 10, 25, 25], terms=INTEREST, short_entry=[0])

    assert simulation.equity[-1] == simulation.equity[-2] == pytest.approx(1002.001 - 1501.5)


@given(
    st.lists(st.floats(5, 20), min_size=3, max_size=30),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
    st.sampled_from(("default", "backtesting", "vectorbt")),
)
def test_results_of_positions_and_interest_add_up(
    prices: list[float], interest: float, borrow: float, profile: str
) -> None:
    terms = {"interest_rate": interest, "borrow_rate": borrow, "profile": profile}
    odd, even = range(1, len(prices), 3), range(0, len(prices), 3)

    simulation = play(prices, terms=terms, sizing=HALF, long_entry=even, short_entry=odd)

    earned = float(simulation.positions["pnl"].sum()) + simulation.interest_earned
    assert simulation.equity[-1] == pytest.approx(1000 + earned, rel=1e-9)
