"""Two processes with one goal on one server and one Yahoo: nothing is stored twice."""

from pathlib import Path

import psycopg
import pytest

from tests.agents.sessions import command, finished, stable
from tests.faults.servers import ITERATE, use
from tests.samples import aapl_bars
from tests.servers.yahoo import YahooServer

pytestmark = pytest.mark.slow

DOUBLES = {
    "bars": "select count(*) - count(distinct session) from market_bars",
    "stretches": "select count(*) - 1 from market_coverage",
    "versions": "select count(*) - count(distinct (owner, content_hash)) from trading_datasets",
}


def test_two_processes_that_want_the_same_store_it_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with YahooServer() as yahoo:
        yahoo.add(aapl_bars())
        use(monkeypatch, {"BACKPROOF_DATABASE_URL": postgres_url})
        use(monkeypatch, {"BACKPROOF_PRICES": "file,yfinance", "BACKPROOF_YAHOO_URL": yahoo.url})
        both = [command(tmp_path, *ITERATE) for _ in range(2)]
        documents = [finished(process) for process in both]
    first, second = (stable(document["attempts"]) for document in documents)
    assert first == second
    assert len({document["data_hash"] for document in documents}) == 1
    with psycopg.connect(postgres_url) as connection:
        for what, query in DOUBLES.items():
            assert connection.execute(query).fetchone() == (0,), what
        assert connection.execute("select count(*) from sessions").fetchone() == (2,)
        openings = connection.execute("select subject_id from holdout_openings").fetchall()
    assert {subject for (subject,) in openings} <= {document["session_id"] for document in documents}
    assert len(openings) == 1  # the same strategy on the same days is one look, whoever was first
