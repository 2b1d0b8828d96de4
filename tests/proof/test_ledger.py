"""The ledger: what counts as one market, which look it is, and that coming back never beats the odds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.arrays import Dates, Floats, Instants
from backend.domain.bars import Bars
from backend.domain.execution import Costs, Execution
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.periods import Period
from backend.domain.timeframes import Timeframe
from backend.proof.ledger import Look, adjusted_p, opening_id, opening_rank, same_market
from tests.samples import flat_bars

DAY = np.datetime64("2020-01-01", "D")


def opening(name: str, returns: Floats | None = None, **changes: object) -> Opening:
    values = np.random.default_rng(1).standard_normal(100) if returns is None else returns
    made = Opening(
        id=name,
        owner="me",
        kind="session",
        subject_id="ses_1",
        symbol="AAPL",
        spec_hash="s",
        data_hash="d",
        period=Period(start=date(2020, 1, 1), end=date(2020, 4, 9)),
        fingerprint=MarketFingerprint(DAY + np.arange(len(values)), values),
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def correlated(correlation: float, count: int = 100) -> tuple[Floats, Floats]:
    """Two series whose sample correlation is exact."""
    rng = np.random.default_rng(2)
    x, e = rng.standard_normal((2, count))
    x, e = x - x.mean(), e - e.mean()
    e -= x * (x @ e) / (x @ x)
    x, e = x / np.sqrt(x @ x), e / np.sqrt(e @ e)
    return x, correlation * x + np.sqrt(1 - correlation**2) * e


def test_fingerprint_is_close_to_close_within_the_period() -> None:
    # Closes 100, 110, 99, 99 on consecutive days: +10 %, -10 %, 0; the period begins with the second day.
    bars = flat_bars([100.0, 110.0, 99.0, 99.0])
    made = MarketFingerprint.of(bars, Period(start=date(2020, 1, 2), end=date(2020, 1, 3)))
    assert made.session.tolist() == [date(2020, 1, 2), date(2020, 1, 3)]
    assert made.daily_return == pytest.approx([0.1, -0.1])


def test_fingerprint_leaves_out_a_first_day_without_a_day_before() -> None:
    made = MarketFingerprint.of(flat_bars([100.0, 110.0]), Period(start=date(2020, 1, 1), end=date(2020, 1, 2)))
    assert made.session.tolist() == [date(2020, 1, 2)]


def test_fingerprint_of_intraday_bars_is_daily() -> None:
    # Three bars a day; the day's last closes are 102 and 51: -50 %.
    closes = np.array([100.0, 101.0, 102.0, 90.0, 60.0, 51.0])
    session: Dates = DAY + np.arange(6) // 3
    start: Instants = session.astype("datetime64[s]") + (np.arange(6) % 3 * 300).astype("timedelta64[s]")
    bars = Bars(
        symbol="TEST",
        timeframe=Timeframe.FIVE_MINUTES,
        session=session,
        start=start,
        end=start + np.timedelta64(300, "s"),
        open=closes.copy(),
        high=closes.copy(),
        low=closes.copy(),
        close=closes,
        volume=np.ones(6),
        source="test",
    )
    made = MarketFingerprint.of(bars, Period(start=date(2020, 1, 1), end=date(2020, 1, 2)))
    assert made.daily_return == pytest.approx([-0.5])


@pytest.mark.parametrize(
    ("correlation", "same"), [(0.79, False), (0.81, True), (1.0, True), (-0.79, False), (-0.95, True)]
)
def test_a_renamed_market_is_recognised_by_its_returns(correlation: float, same: bool) -> None:
    x, y = correlated(correlation)
    assert same_market(opening("a", x), opening("b", y, symbol="OTHER")) is same


def test_a_symbol_is_a_market_whatever_its_returns() -> None:
    x, y = correlated(0.0)
    assert same_market(opening("a", x), opening("b", y))


def shared(x: Floats, y: Floats) -> bool:
    """Whether two openings of different names look alike that share these returns and no other session."""
    late = MarketFingerprint(DAY + np.arange(40, 40 + y.size + 30), np.concatenate([y, np.zeros(30)]))
    early = MarketFingerprint(DAY + np.arange(40 - 30, 40 + x.size), np.concatenate([np.ones(30), x]))
    return same_market(opening("a", fingerprint=early), opening("b", fingerprint=late, symbol="OTHER"))


@pytest.mark.parametrize(("count", "bound"), [(30, 0.8), (20, 0.8), (10, 0.912), (7, 0.959), (4, 0.998)])
def test_the_fewer_sessions_are_shared_the_more_alike_they_must_be(count: int, bound: float) -> None:
    """tanh(atanh(0.3) + 3.25 / sqrt(10 - 3)) = tanh(0.3095 + 1.2284) = 0.912."""
    assert shared(*correlated(bound + 0.0015, count))
    assert not shared(*correlated(bound - 0.0015, count))


@pytest.mark.parametrize("count", [1, 2, 3, 19])
def test_a_copy_is_recognised_by_any_session(count: int) -> None:
    """A hold-out looked at in pieces under another name is looked at."""
    x = np.random.default_rng(1).standard_normal(count)
    assert shared(x, x * (1 + 1e-12))
    assert not shared(x, np.random.default_rng(2).standard_normal(count))
    assert not shared(x[:0], x[:0])


def test_a_market_that_stands_still_resembles_no_other() -> None:
    assert not same_market(opening("a", np.zeros(100)), opening("b", symbol="OTHER"))


def test_rank_counts_distinct_looks_at_overlapping_periods() -> None:
    apart = Period(start=date(2021, 1, 1), end=date(2021, 6, 1))
    unlike = opening("f", np.random.default_rng(9).standard_normal(100), symbol="OTHER")
    earlier = [opening("a"), opening("a"), opening("b"), opening("c", owner="you"), opening("d", period=apart), unlike]
    assert opening_rank(opening("x"), []) == 1
    assert opening_rank(opening("x"), earlier) == 3


def test_the_same_look_again_keeps_its_rank() -> None:
    earlier = [opening("a"), opening("b"), opening("c")]
    assert opening_rank(opening("b"), earlier) == 2
    assert opening_rank(opening("b"), [*earlier, opening("d")]) == 2


def test_a_shifted_period_is_no_fresh_one() -> None:
    moved = Period(start=date(2020, 4, 9), end=date(2020, 12, 31))
    assert opening_rank(opening("b", period=moved), [opening("a")]) == 2


LOOK = Look(
    owner="me",
    spec_hash="s",
    data_hash="d",
    seed=1,
    symbol="AAPL",
    period=Period(start=date(2020, 1, 1), end=date(2020, 4, 9)),
    execution=Execution(),
)


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "you"},
        {"spec_hash": "t"},
        {"data_hash": "e"},
        {"seed": 2},
        {"symbol": "MSFT"},
        {"period": Period(start=date(2020, 1, 1), end=date(2020, 4, 9) + timedelta(days=1))},
        {"execution": Execution(capital=50_000)},
        {"execution": Execution(costs=Costs(slippage=0))},
        {"execution": Execution(whole_shares=True)},
    ],
)
def test_an_id_belongs_to_one_look(change: dict[str, object]) -> None:
    assert opening_id(LOOK) == opening_id(replace(LOOK))
    assert opening_id(LOOK) != opening_id(replace(LOOK, **change))  # type: ignore[arg-type]


@given(st.floats(0, 1), st.integers(1, 50))
def test_coming_back_never_lowers_p(p: float, rank: int) -> None:
    assert p <= adjusted_p(p, rank) <= adjusted_p(p, rank + 1) <= 1


def test_coming_back_two_hundred_times_stays_under_the_bound() -> None:
    # 0.05 (1 + 1/4 + 1/9 + ...) = 0.05 pi^2 / 6 = 0.0822; simulated for 20,000 owners on markets without an edge.
    p = np.random.default_rng(17).random((20_000, 200))
    ranks = np.array([opening_rank(opening(f"o{n}"), [opening(f"o{k}") for k in range(n)]) for n in range(200)])
    assert ranks.tolist() == list(range(1, 201))
    wrong = np.any(p * ranks**2 <= 0.05, axis=1).mean()
    assert adjusted_p(0.01, 3) == pytest.approx(0.09)
    assert 0.07 < wrong < 0.0822
