"""The benchmark of data counts what is really sent, and does without a server that is not installed."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from backend.domain.timeframes import Timeframe
from backend.stores import Stores, open_database
from backend.stores.supabase.client import SupabaseAccess
from backend.stores.supabase.stores import supabase_stores
from benchmarks.data import opened
from benchmarks.data_iterations import iterations
from benchmarks.data_sessions import SessionCost, new_session, session_costs
from benchmarks.data_sources import DAYS, MINUTES, SYMBOLS, covered, daily_bars, minute_bars
from benchmarks.data_stores import OWNER, OpenedStore, Sent, StoreServers, counted
from tests.servers import programs
from tests.servers.supabase_lite import SupabaseLite


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Stores]:
    with closing(open_database(f"sqlite:///{tmp_path / 'backproof.sqlite'}")) as database:
        yield Stores.over(database, OWNER)


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Stores]:
    with closing(open_database(postgres_url)) as database:
        yield Stores.over(database, OWNER)


def read_series(stores: Stores) -> None:
    stores.datasets.read_series(OWNER, SYMBOLS[0], "reddit", Timeframe.DAY, "finance_lexicon/1")


def test_a_statement_to_a_file_is_counted(sqlite: Stores) -> None:
    with counted("sqlite") as sent:
        read_series(sqlite)
    read_series(sqlite)
    assert sent == Sent(statements=1)


def test_a_transaction_on_a_file_is_counted(sqlite: Stores) -> None:
    with counted("sqlite") as sent:
        new_session(sqlite)
    assert sent.transactions == 1


def test_a_statement_to_a_server_is_one_round_trip(postgresql: Stores) -> None:
    read_series(postgresql)  # connects, which is more than one
    with counted("postgresql") as sent:
        read_series(postgresql)
    read_series(postgresql)
    assert sent == Sent(statements=1, trips=1)


def test_begin_and_commit_are_round_trips_too(postgresql: Stores) -> None:
    bars = daily_bars(SYMBOLS[0]).window(0, 1)
    with counted("postgresql") as sent:
        postgresql.market.write_bars(bars, covered(bars))
    copy = 1  # is sent by the driver, past SQLAlchemy
    assert sent.transactions == 1
    assert sent.trips == sent.statements + copy + 2


def test_requests_to_supabase_are_counted(supabase_lite: SupabaseLite) -> None:
    keys = (supabase_lite.publishable_key, supabase_lite.secret_key)
    stores = supabase_stores(SupabaseAccess(supabase_lite.url, *keys), OWNER)
    with counted("supabase") as sent:
        read_series(stores)
        read_series(stores)
    read_series(stores)
    assert sent == Sent(trips=2)


def test_the_bars_are_as_many_as_the_table_says() -> None:
    assert len(daily_bars(SYMBOLS[0])) == DAYS
    assert len(minute_bars("MINUTE")) == MINUTES


def test_a_server_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "DEBIANS_BINARIES", tmp_path)
    with ExitStack() as ends:
        names = [store.name for store in opened(StoreServers(ends), ["sqlite", "postgresql", "supabase"])]
    assert names == ["sqlite"]
    lines = capsys.readouterr().out.split("\n\n")
    assert [line.partition(": PostgreSQL is not installed")[0] for line in lines if line] == [
        "postgresql is not measured",
        "supabase is not measured",
    ]


@pytest.mark.slow
def test_a_second_session_asks_nobody_and_a_longer_one_asks_for_its_month(sqlite: Stores) -> None:
    cold, warm, again, longer = session_costs(OpenedStore("sqlite", sqlite))
    assert (cold.price_calls, cold.dataset_writes) == (1, 15)
    assert asked(warm) == asked(again) == (0, 0, 0, 0)
    assert (warm.reads, again.reads) == (1 + 15, 0)  # the bars, and a read for each symbol and channel
    # Posts of 31 days of January and the evening of 31 December; bars with five sessions before them to compare.
    assert (longer.post_calls, longer.post_days) == (15, 15 * 32)
    assert (longer.price_calls, longer.price_days) == (1, 31 + 8)


def asked(cost: SessionCost) -> tuple[int, int, int, int]:
    return cost.price_calls, cost.post_calls, cost.dataset_writes, cost.posts_scored


@pytest.mark.slow
def test_only_the_first_iteration_asks_the_server() -> None:
    first, *others = iterations()
    assert first.charts == 1
    assert len(others) == 3
    assert [each.requests + each.source_calls for each in others] == [0, 0, 0]
