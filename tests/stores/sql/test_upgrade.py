"""A file that was filled by schema 1 comes through every step with all of its rows."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.domain.ports import PostSpan
from backend.domain.timeframes import Timeframe
from backend.stores import Stores, connect_database, migrate, open_database
from backend.stores.sql.upgrades import upgrade_steps
from tests.stores.samples import EVER, as_row, make_dataset, make_visit, period

ROWS: dict[str, list[tuple[Any, ...]]] = {
    "sessions": [(7, "ann", "ses_1", "done", "2024-05-06 12:00:00.123456", 0, '{"session_id": "ses_1"}')],
    "bots": [(3, "ann", "bot_1", "Momentum", "ses_1", "2024-05-06 12:00:00.123456", "{}")],
    "market_bars": [
        ("KO", "1d", source, end, end - 23_400, session, 1.0, 4.0, 0.5, close, 1000.0)
        for source, close in (("file", 2.0), ("sample", 0.1 + 0.2))
        for end, session in ((1577998800, "2020-01-02"), (1578085200, "2020-01-03"))
    ],
    "market_coverage": [
        ("KO", "1d", source, *stretch)
        for source in ("file", "sample")
        for stretch in (("2020-01-01", "2020-01-10"), ("2020-02-01", "2020-02-10"))
    ],
    "posts": [
        (provider, "reddit", symbol, post_id, stamp, None, 0, "kim", "a \0 text 🚀", 0.1, "", 12, -34)
        for provider in ("file", "sample")
        for symbol, post_id, stamp in (
            ("KO", "a", "2024-05-06 23:59:59.999999"),
            ("KO", "b", "2024-05-08 00:00:00.000000"),
            ("PEP", "a", "2024-05-07 12:00:00.000000"),
        )
    ],
    "post_scores": [(provider, "reddit", "KO", "a", "lexicon/1", 1 / 3) for provider in ("file", "sample")],
    "bars_snapshots": [("hash", "KO", "1d", "file", 1, b"\x00\xff")],
    "bot_snapshots": [("bot_1", "hash", "ann")],
}
DATASETS = {
    "2024-05-06T12:00:00.120000Z": "2024-05-06 12:00:00.120000",
    "2024-05-07T09:30:00Z": "2024-05-07 09:30:00.000000",
}
"""When it was fetched, as the metadata say it and as a column holds it."""

KO_SEEN = (datetime(2024, 5, 6, 23, 59, 59, 999999, UTC), datetime(2024, 5, 8, tzinfo=UTC))
PEP_SEEN = (datetime(2024, 5, 7, 12, tzinfo=UTC),) * 2
"""From the first to the last imported post."""

MOVED = {"market_bars": 2, "market_coverage": 2, "posts": 0, "post_scores": 0}
"""Where the name of the source or provider stands; its owner is told from it."""


def dataset_rows() -> list[tuple[Any, ...]]:
    key = ("KO", "reddit", "file", "1d", "lexicon/1", "2020-01-02", "2020-01-03")
    return [
        (n, "ann", f"dst_{n}", *key, f"hash{n}", f'{{"fetched_at":"{at}"}}', "[]")
        for n, at in enumerate(DATASETS, start=4)
    ]


@pytest.fixture
def filled(file: Path) -> Path:
    """A file of schema 1 with rows in every table that a later step touches."""
    with closing(connect_database(f"sqlite:///{file}")) as database:
        migrate(database, upgrade_steps()[:1])
    links = {"session_datasets": [("ses_1", "dst_4", "ann")], "bot_datasets": [("bot_1", "dst_5", "ann")]}
    with closing(sqlite3.connect(file)) as connection, connection:
        for table, rows in (ROWS | {"trading_datasets": dataset_rows()} | links).items():
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    return file


def table(file: Path, name: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)


def owned(rows: list[tuple[Any, ...]], source: int, position: int) -> list[tuple[Any, ...]]:
    """The rows with the owner at a position: what was imported belongs to the only user that there was."""
    return [(*row[:position], "local" if row[source] == "file" else "", *row[position:]) for row in rows]


def present(name: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows as the last step leaves them: bars with adjustments, none of the sample, which its package gives anew."""
    if not name.startswith("market_"):
        return rows
    return [(*row, *[1.0] * (name == "market_bars")) for row in rows if row[2] != "sample"]


def test_every_row_comes_through(filled: Path) -> None:
    unmoved = {name: table(filled, name) for name in ("sessions", "bots", "bars_snapshots", "bot_snapshots")}
    links = {name: table(filled, name) for name in ("session_datasets", "bot_datasets")}
    open_database(f"sqlite:///{filled}").close()
    for name, source in MOVED.items():
        assert table(filled, name) == sorted(present(name, owned(ROWS[name], source, 3)), key=repr), name
    for name, rows in (unmoved | links).items():
        assert table(filled, name) == rows, name
    stored = [(*row[:11], created, *row[11:]) for row, created in zip(dataset_rows(), DATASETS.values(), strict=True)]
    assert table(filled, "trading_datasets") == sorted(stored, key=repr)
    with closing(sqlite3.connect(filled)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_summary_of_posts_is_made_from_the_posts(filled: Path) -> None:
    with closing(open_database(f"sqlite:///{filled}")) as database:
        spans = Stores.over(database, "local").posts.post_spans()
        strangers = Stores.over(database, "bob").posts.post_spans()
    days = [period("2024-05-06", "2024-05-08"), period("2024-05-07", "2024-05-07")]
    wanted = [
        PostSpan(symbol, "reddit", provider, day.start, day.end, posts, seen if provider == "file" else ())
        for symbol, day, posts, seen in (("KO", days[0], 2, (KO_SEEN,)), ("PEP", days[1], 1, (PEP_SEEN,)))
        for provider in ("file", "sample")
    ]
    assert list(spans) == wanted
    assert list(strangers) == [span for span in wanted if span.provider == "sample"]


def test_what_was_imported_is_read_and_extended_as_before(filled: Path) -> None:
    with closing(open_database(f"sqlite:///{filled}")) as database:
        stores = Stores.over(database, "local")
        assert [held.source for held in stores.market.series("KO", Timeframe.DAY)] == ["file"]
        bars = stores.market.read_bars("KO", Timeframe.DAY, "file", EVER)
        assert bars is not None
        assert bars.adjustment.tolist() == [1, 1]
        stores.market.write_bars(bars, period("2020-01-02", "2020-01-31"))
        again = stores.market.read_bars("KO", Timeframe.DAY, "file", EVER)
        assert again is not None
        assert as_row(again) == as_row(bars)
        assert stores.market.series("KO", Timeframe.DAY)[0].covered == (period("2020-01-01", "2020-02-10"),)
        posts = stores.posts.read_scored("file", "KO", "reddit", EVER, "lexicon/1")
        assert (posts.ids, posts.posts.sentiment[0]) == (("b",), 1 / 3)


def test_an_import_after_the_upgrade_leaves_what_was_known(filled: Path) -> None:
    with closing(open_database(f"sqlite:///{filled}")) as database:
        stores = Stores.over(database, "local")
        later = (datetime(2025, 5, 6, 12, tzinfo=UTC), datetime(2025, 5, 7, 12, tzinfo=UTC))
        visit = make_visit("import_1", provider="file", symbol="KO", complete_from=later[0], complete_to=later[1])
        stores.posts.write_collected(visit, [])
        assert stores.posts.post_spans()[0].seen == (KO_SEEN, later)
        with database.reading() as connection:
            written = connection.exec_driver_sql(
                "SELECT seen FROM post_series WHERE symbol = 'PEP' AND owner = 'local'"
            )
            assert written.scalar() == '[["2024-05-07T12:00:00Z","2024-05-07T12:00:00Z"]]'


def test_a_version_stored_later_is_newer_than_those_that_were_there(filled: Path) -> None:
    with closing(open_database(f"sqlite:///{filled}")) as database:
        Stores.over(database).datasets.store_datasets("ann", "ses_1", [make_dataset()])
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT max(number) FROM trading_datasets").scalar() == 6
