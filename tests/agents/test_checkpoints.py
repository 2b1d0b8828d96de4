"""Where checkpoints live when the store is a PostgreSQL database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from backend.agents.checkpoints import SCHEMA, postgres_checkpoints
from backend.domain.errors import Unavailable
from tests.servers.waiting import free_port

THREADS = 4


def test_several_that_start_at_once_make_the_tables_once(empty_postgres_url: str) -> None:
    together = Barrier(THREADS)

    def open_it(_: int) -> None:
        together.wait()
        with postgres_checkpoints(empty_postgres_url) as saver:
            assert list(saver.list({"configurable": {"thread_id": "ses_1"}})) == []

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(open_it, range(THREADS)))


def test_they_stay_out_of_the_schema_that_users_see(empty_postgres_url: str) -> None:
    with postgres_checkpoints(empty_postgres_url):
        pass
    with psycopg.connect(empty_postgres_url) as connection:
        schemas = connection.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'checkpoint%'")
        assert schemas.fetchall() == [(SCHEMA,)]


def test_a_database_that_is_away_is_told_plainly() -> None:
    address = f"postgresql://ann:s3cret@127.0.0.1:{free_port()}/gone"
    with (
        pytest.raises(Unavailable, match="PostgreSQL database cannot be used") as caught,
        postgres_checkpoints(address),
    ):
        pass
    assert "s3cret" not in str(caught.value)
