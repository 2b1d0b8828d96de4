"""What a strategy did in each calendar year, as far as a period reaches into it."""

from backend.domain.execution import Costs, Execution
from backend.domain.frames import Frame
from backend.domain.spec import StrategySpec
from backend.language import compile_spec
from backend.services.evaluation import evaluate
from tests.samples import make_bars

FREE = Execution(capital=1000, costs=Costs(commission_rate=0, slippage=0))


def test_each_year_starts_from_where_the_one_before_ended() -> None:
    closes = [10, 11, 10.5, 12, 9, 6]
    opens = [10, 10, 11, 12, 12, 9]
    bars = make_bars([[o, max(o, c), min(o, c), c] for o, c in zip(opens, closes, strict=True)], first="2020-12-30")
    always = compile_spec(StrategySpec(name="always", long_entry="close > 0"))
    first, second = evaluate(always, Frame(bars, {}), slice(0, 6), FREE).years()
    # bought at 10 on the 31st: 100 units. Equity 1000, 1100 | 1050, 1200, 900, 600
    assert (first.year, first.total_return, first.max_drawdown, first.trades) == (2020, 0.1, 0.0, 0)
    assert first.benchmark_return == 0.1  # from the first open, 10, to 11
    assert (second.year, second.trades) == (2021, 0)
    assert second.total_return == round(600 / 1100 - 1, 9)
    assert second.max_drawdown == 0.5  # from 1200 to 600
    assert second.benchmark_return == round(6 / 11 - 1, 9)


def test_a_trade_belongs_to_the_year_in_which_it_was_closed() -> None:
    bars = make_bars([[10, 10, 10, 10]] * 6, first="2020-12-29")
    three = compile_spec(StrategySpec.model_validate(
        {"name": "three bars", "long_entry": "close > 0", "risk": {"max_holding_bars": 3}}
    ))  # fmt: skip
    # decided on 29 December, bought on the 30th, held for three closes, sold at the open of 2 January
    years = evaluate(three, Frame(bars, {}), slice(0, 6), FREE).years()
    assert [(year.year, year.trades) for year in years] == [(2020, 0), (2021, 1)]
