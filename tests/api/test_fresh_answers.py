"""What was answered before is not answered any more once the store has something else."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.bootstrap import Application
from backend.domain.sentiment import SentimentDataset
from tests.api.serving import Service
from tests.stores.samples import NOON, PERIODS, make_attempt, make_bot, make_dataset, make_run, make_session

ME = "local"
PARTS = ("", "/summary", "/trades", "/trades?limit=1", "/equity", "/chart")


@pytest.fixture
def stores(served: Service) -> Application:
    """With an ended session and a run."""
    own = served.accounts.service
    own.stores.sessions.add_session(make_session(owner=ME, status="done", periods=PERIODS))
    own.stores.runs.add_run(make_run(owner=ME), ())
    return own


def asked(client: TestClient, path: str) -> dict[str, Any]:
    """The document at a path, asked for twice: the second time from memory, if it is kept."""
    first, second = client.get(path), client.get(path)
    assert (first.status_code, first.content) == (200, second.content)
    assert first.headers["etag"] == second.headers["etag"]
    return dict(first.json())


def forget(folder: Path, table: str) -> None:
    """Delete every row behind the back of the server, as whoever has the file can."""
    with sqlite3.connect(folder / "backproof.sqlite") as connection:
        connection.execute(f"delete from {table}")


def test_a_run_that_is_gone_is_not_found(tmp_path: Path, client: TestClient, stores: Application) -> None:
    for part in PARTS:
        asked(client, f"backtest/run_1{part}")
    assert [run["run_id"] for run in asked(client, "backtest")["runs"]] == ["run_1"]
    forget(tmp_path, "backtest_trades")
    forget(tmp_path, "backtest_runs")
    assert {client.get(f"backtest/run_1{part}").status_code for part in PARTS} == {404}
    assert asked(client, "backtest")["runs"] == []


def test_a_run_that_takes_the_place_of_another_is_shown(
    tmp_path: Path, client: TestClient, stores: Application
) -> None:
    before = [asked(client, f"backtest/run_1{part}") for part in PARTS]
    forget(tmp_path, "backtest_trades")
    forget(tmp_path, "backtest_runs")
    run = make_run(owner=ME)
    later = {"created_at": run.created_at + timedelta(seconds=1), "trades": run.trades[:1]}
    stores.stores.runs.add_run(run.model_copy(update=later | {"equity_value": run.equity_value[::-1]}), ())
    after = [asked(client, f"backtest/run_1{part}") for part in PARTS]
    assert all(old != new for part, old, new in zip(PARTS, before, after, strict=True) if part != "/trades?limit=1")
    assert len(after[2]["trades"]) == 1
    assert after[4]["value"] == before[4]["value"][::-1]


def test_a_list_of_runs_grows(client: TestClient, stores: Application) -> None:
    assert asked(client, "backtest?limit=1")["next"] is None
    stores.stores.runs.add_run(make_run("run_2", ME, created_at=NOON + timedelta(hours=1)), ())
    page = asked(client, "backtest?limit=1")
    assert [run["run_id"] for run in page["runs"]] == ["run_2"]
    following = asked(client, f"backtest?limit=1&cursor={page['next']}")
    assert [run["run_id"] for run in following["runs"]] == ["run_1"]


def test_a_chart_is_shaded_once_a_session_has_tried_its_strategy(client: TestClient, stores: Application) -> None:
    assert asked(client, "backtest/run_1/chart")["periods"] is None
    stores.stores.sessions.save_attempt("ses_1", make_attempt(spec_hash=make_run().spec_hash), None)
    assert asked(client, "backtest/run_1/chart")["periods"] == PERIODS.model_dump(mode="json")


def test_a_dataset_names_those_who_keep_it_now(client: TestClient, stores: Application) -> None:
    dataset = kept_by_a_bot(stores)
    assert asked(client, f"datasets/{dataset.id}")["bots"] == ["bot_1"]
    stores.stores.bots.delete_bot(ME, "bot_1")
    assert asked(client, f"datasets/{dataset.id}")["bots"] == []
    assert client.get("bots/bot_1/datasets").status_code == 404


def test_a_dataset_that_was_cleaned_up_and_made_again_says_when(client: TestClient, stores: Application) -> None:
    first = make_dataset()
    stores.stores.datasets.store_datasets(ME, "ses_1", [first])
    path = f"datasets/{first.id}"
    shown = asked(client, path)
    assert stores.stores.datasets.delete_orphans(ME, [first.id], NOON + timedelta(days=1)) == 1
    assert client.get(path).status_code == 404
    again = make_dataset(metadata=first.metadata.model_copy(update={"fetched_at": NOON + timedelta(days=2)}))
    stores.stores.datasets.store_datasets(ME, "ses_1", [again])
    assert asked(client, path)["metadata"] == again.metadata.model_dump(mode="json") != shown["metadata"]


def test_records_of_sessions_are_not_mistaken_for_a_dataset_without_them(
    client: TestClient, stores: Application
) -> None:
    dataset = kept_by_a_bot(stores)
    for path in (f"datasets/{dataset.id}", "bots/bot_1/datasets"):
        without, with_them = asked(client, path), asked(client, f"{path}?data=true")
        shown = [document.get("datasets", [document])[0] for document in (without, with_them)]
        assert ["data" in one for one in shown] == [False, True]


def test_a_dataset_that_is_lost_is_not_shown_by_its_bot(
    tmp_path: Path, client: TestClient, stores: Application
) -> None:
    kept_by_a_bot(stores)
    asked(client, "bots/bot_1/datasets")
    forget(tmp_path, "trading_datasets")
    assert client.get("bots/bot_1/datasets").status_code == 404


def test_a_bot_that_takes_the_place_of_another_shows_its_own_datasets(client: TestClient, stores: Application) -> None:
    kept_by_a_bot(stores)
    asked(client, "bots/bot_1/datasets")
    other = make_dataset(channel="news")
    stores.stores.datasets.store_datasets(ME, "ses_1", [other])
    stores.stores.bots.delete_bot(ME, "bot_1")
    stores.stores.bots.add_bot(make_bot(owner=ME, datasets=(other,)), ())
    assert [dataset["id"] for dataset in asked(client, "bots/bot_1/datasets")["datasets"]] == [other.id]


def kept_by_a_bot(stores: Application) -> SentimentDataset:
    dataset = make_dataset()
    stores.stores.datasets.store_datasets(ME, "ses_1", [dataset])
    stores.stores.bots.add_bot(make_bot(owner=ME, datasets=(dataset,)), ())
    return dataset
