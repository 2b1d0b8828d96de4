"""The stream of a batch: its cells as they are done, and again when they are run again."""

import asyncio
from pathlib import Path

import pytest

from tests.api.serving import Service, service
from tests.api.streams.connections import Connection
from tests.api.streams.logs import paced

CELLS = [{"symbol": symbol, "strategy": "Golden cross"} for symbol in ("AAPL", "MSFT", "SPY", "NVDA")]
TERMS = {"start_date": "2008-01-02", "end_date": "2010-12-31"}


@pytest.fixture
def served(tmp_path: Path) -> Service:
    return paced(service(tmp_path))


async def followed(served: Service, path: str, last: int = 0) -> Connection:
    """All that a listener gets while the jobs are done."""
    connection = Connection(served.app, path, {"Last-Event-ID": str(last)}).ask()
    await connection.begin()
    await asyncio.to_thread(served.work_off)
    await connection.closed()
    return connection


@pytest.mark.slow
def test_a_batch_is_followed_to_its_end_and_through_another_round(served: Service) -> None:
    client = served.client()
    batch_id = client.post("backtest/batch", json={"items": CELLS} | TERMS).json()["batch_id"]
    path = f"backtest/batch/{batch_id}/events"
    first = asyncio.run(followed(served, path))
    kinds = [event["type"] for event in first.events]
    assert (kinds[0], kinds[-1]) == ("batch.started", "batch.ended")
    told = [cell["n"] for event in first.events if event["type"] == "cells.done" for cell in event["data"]["cells"]]
    assert sorted(told) == [1, 2, 3, 4]
    assert [event["id"] for event in first.events] == list(range(1, first.last_id + 1))
    assert client.get(path, headers={"Last-Event-ID": str(first.last_id)}).status_code == 204

    assert client.post(f"backtest/batch/{batch_id}/rerun", json={"symbols": ["AAPL"]}).status_code == 202
    second = asyncio.run(followed(served, path, first.last_id))
    assert second.events[0]["id"] == first.last_id + 1
    stored = client.get(path, params={"format": "json"}).json()
    assert stored["events"] == first.events + second.events
    assert stored["ended"]
