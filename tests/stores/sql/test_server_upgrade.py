"""A server that was filled under an older schema comes through every later step with all of its rows."""

from contextlib import closing

from backend.domain.timeframes import Timeframe
from backend.stores import Database, Stores, connect_database, migrate, open_database
from backend.stores.sql.upgrades import server_steps
from tests.stores.samples import EVER, OWNER

ADJUSTMENTS = 20261121110000
"""The step from which on bars have adjustments."""


def fill(database: Database) -> None:
    """One imported bar, and one of the sample."""
    with database.writing() as connection:
        for source, owner in (("file", OWNER), ("sample", "")):
            connection.exec_driver_sql(
                'INSERT INTO market_bars (symbol, timeframe, source, owner, "end", start, session, open, high, low,'
                " close, volume)"
                f" VALUES ('KO', '1d', '{source}', '{owner}', 1577998800, 1577975400, '2020-01-02', 1, 4, 1, 2, 9)"
            )
            connection.exec_driver_sql(
                f"INSERT INTO market_coverage VALUES ('KO', '1d', '{source}', '{owner}', '2020-01-02', '2020-01-02')"
            )


def test_bars_of_an_older_schema_are_kept(empty_postgres_url: str) -> None:
    with closing(connect_database(empty_postgres_url)) as empty:
        migrate(empty, [step for step in server_steps() if step.number < ADJUSTMENTS])
        fill(empty)
        migrate(empty)
    with closing(open_database(empty_postgres_url)) as database:
        market = Stores.over(database, OWNER).market
        bars = market.read_bars("KO", Timeframe.DAY, "file", EVER)
        assert bars is not None
        assert (bars.close.tolist(), bars.adjustment.tolist()) == ([2], [1])
        # what is of the sample is read once more from its package, for its adjustments
        assert [held.source for held in market.series("KO", Timeframe.DAY)] == ["file"]
        assert [(span.source, span.bars) for span in market.bar_spans()] == [("file", 1)]
