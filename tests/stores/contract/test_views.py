"""The views that people query: the same rows on every database."""

from typing import Any

import pytest

from backend.stores import Database, Stores
from tests.stores.samples import NOON, OWNER, STRANGER, make_day, make_run


@pytest.fixture(params=["database", "server"])
def viewed(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_the_newest_record_of_each_series_is_shown(viewed: Database) -> None:
    datasets = Stores.over(viewed, OWNER).datasets
    for owner, channel, days in (
        (OWNER, "reddit", ("06", "08", "07")),
        (OWNER, "news", ("01",)),
        (STRANGER, "news", ()),
    ):
        written = [make_day(f"2024-05-{day}", posts=int(day)) for day in days]
        datasets.write_days(owner, "AAPL", channel, "file", "finance_lexicon/1", written)  # type: ignore[arg-type]
    found = rows(viewed, "SELECT owner, channel, posts, CAST(session AS text) FROM latest_sentiment ORDER BY channel")
    assert found == [(OWNER, "news", 1, "2024-05-01"), (OWNER, "reddit", 8, "2024-05-08")]


def test_the_figures_of_each_backtest_are_shown(viewed: Database) -> None:
    Stores.over(viewed, OWNER).runs.add_run(make_run(), [])
    names = "run_id, owner, timeframe, CAST(start AS text), total_return, sharpe, max_drawdown, trades"
    (found,) = rows(viewed, f"SELECT {names} FROM backtest_performance")
    assert found == ("run_1", OWNER, "1d", "2020-01-02", 0.1 + 0.2, 1e-300, 0.15, 3)
    (symbols,) = rows(viewed, "SELECT CAST(symbols AS text) FROM backtest_performance")
    assert symbols == ('["AAPL"]',)
    (made,) = rows(viewed, "SELECT CAST(created_at AS text) FROM backtest_performance")
    assert made[0].startswith(f"{NOON:%Y-%m-%d %H:%M:%S.%f}")
