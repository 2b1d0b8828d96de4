"""With one symbol and one slot a portfolio is the simulation of that symbol, to the last bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engine.portfolio import simulate_portfolio
from backend.engine.simulation import Rules, simulate
from tests.engine.portfolio.generated import books, executions, rule_sets


@pytest.mark.slow
@settings(max_examples=100)
@given(st.data(), rule_sets())
def test_one_symbol_in_one_slot_gives_the_same_bytes(data: st.DataObject, rules: Rules) -> None:
    book = data.draw(books(rotating=False).filter(bool))[0]
    execution = data.draw(executions(1))

    portfolio = simulate_portfolio([book], rules, execution)

    alone = simulate(book.bars, book.signals, rules, execution, book.rows)
    assert portfolio.equity.tobytes() == alone.equity.tobytes()
    assert portfolio.positions.tobytes() == alone.positions.tobytes()
    assert portfolio.weight.tobytes() == portfolio.weights[0].tobytes() == alone.weight.tobytes()
    assert portfolio.returns.tobytes() == alone.returns.tobytes()
    assert (portfolio.trades(), portfolio.open_positions()) == (alone.trades(), alone.open_positions())
    for name in ("trade_count", "bars_held", "longest_holding", "unfilled", "costs_paid", "traded_value"):
        assert getattr(portfolio, name) == getattr(alone, name), name
    assert portfolio.financing.borrow_paid == pytest.approx(alone.financing.borrow_paid, rel=1e-12)
    assert portfolio.financing.interest_earned == pytest.approx(alone.financing.interest_earned, rel=1e-12)
    assert portfolio.crowded_out == 0
