"""Generated portfolios: books with gaps and different starts, rules, rotations and executions."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.signals import Signals
from backend.domain.spec import Risk, Sizing
from backend.engine.portfolio import Book, RotationRules
from backend.engine.simulation import Rules
from tests.engine.portfolio.scenarios import pick
from tests.samples import make_bars

MOVES = (0.5, 0.8, 0.97, 0.99, 1.0, 1.0, 1.01, 1.03, 1.25, 2.0)
"""Few and coarse, so that prices touch levels exactly and gaps jump over them."""
FAR = (1.0, 1.0, 1.01, 1.02, 1.3)
DISTANCES = (0.01, 0.05, 0.2, 0.5)
DAYS = 34
OFTEN = (*(0,) * 12, 1, 1, 1, 1, 2, 4, 4, 4, 4, 8, 5, 6, 9, 10, 3, 12, 15)


rotations = st.builds(RotationRules, top=st.integers(1, 3), every=st.integers(1, 6), filtered=st.booleans())


@st.composite
def bar_lists(draw: st.DrawFn, symbol: str) -> Bars:
    """Of some of the days, seldom of all."""
    rows, price = [], draw(st.sampled_from((10.0, 100.0)))
    for _ in range(DAYS):
        gap, move, up, down = (draw(st.sampled_from(x)) for x in (MOVES, MOVES, FAR, FAR))
        opened = min(max(price * gap, 1.0), 1e4)
        price = min(max(opened * move, 1.0), 1e4)
        rows.append([opened, max(opened, price) * up, min(opened, price) / down, price])
    days = sorted(draw(st.sets(st.integers(0, DAYS - 1), max_size=draw(st.sampled_from((0, 3, 12))))))
    bars = pick(make_bars(rows, symbol), [day for day in range(DAYS) if day not in days])
    return replace(bars, adjustment=np.full(len(bars), draw(st.sampled_from((1.0, 0.25, 0.7)))))


@st.composite
def books(draw: st.DrawFn, *, rotating: bool) -> list[Book]:
    first = draw(st.integers(0, 24))
    stop = draw(st.integers(first + 4, DAYS))
    made = []
    for symbol in "ABCD"[: draw(st.integers(1, 4))]:
        bars = draw(bar_lists(symbol))
        day = (bars.session - np.datetime64("2020-01-01")).astype(int)
        rows = slice(int(np.searchsorted(day, first)), int(np.searchsorted(day, stop)))
        bits = np.array(draw(st.lists(st.sampled_from(OFTEN), min_size=len(bars), max_size=len(bars))))
        bits &= 3 if rotating else 15
        signals = Signals(*(bits & bit != 0 for bit in (1, 2, 4, 8)))
        if rotating and draw(st.booleans()):
            signals = replace(signals, long_entry=~signals.long_entry)
        values = st.lists(st.sampled_from((np.nan, 0.0, 1.0, 1.0, 2.0, 3.0)), min_size=len(bars), max_size=len(bars))
        rank = np.array(draw(values)) if rotating else None
        if rows.start < rows.stop:
            made.append(Book(bars, signals, rows, rank))
    return made


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    distance = st.none() | st.sampled_from(DISTANCES)
    risk = Risk(
        stop_loss=draw(distance),
        take_profit=draw(distance),
        trailing_stop=draw(distance),
        max_holding_bars=draw(st.none() | st.integers(1, 6)),
    )
    kinds = ["fraction", "fraction", "volatility_target"] + (["risk_per_trade"] if risk.stop_loss else [])
    return Rules(Sizing(kind=draw(st.sampled_from(kinds)), value=draw(st.sampled_from((0.02, 0.3, 1.0)))), risk)


@st.composite
def executions(draw: st.DrawFn, symbols: int) -> Execution:
    costs = Costs(
        commission_rate=draw(st.sampled_from((0.0, 0.001, 0.1))),
        commission_fixed=draw(st.sampled_from((0.0, 0.0, 1.0, 60.0))),
        slippage=draw(st.sampled_from((0.0, 0.001, 0.1))),
    )
    return Execution(
        capital=draw(st.sampled_from((200.0, 1e3, 1e6))),
        costs=costs,
        whole_shares=draw(st.booleans()),
        profile=draw(st.sampled_from(("default", "default", "backtesting", "vectorbt"))),
        borrow_rate=draw(st.sampled_from((0.0, 0.9))),
        interest_rate=draw(st.sampled_from((0.0, 0.9))),
        max_positions=draw(st.none() | st.integers(1, symbols)),
    )
