"""Batches over HTTP: opened, shown, listed, stopped, run again, and nobody else's."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.api.documents.batches import BatchDocument, BatchPage
from tests.api.serving import Service, working

CROSS: dict[str, Any] = {
    "name": "Cross",
    "parameters": [{"name": "n", "kind": "int", "value": 20, "low": 5, "high": 100}],
    "long_entry": "close > sma(close, n)",
    "long_exit": "close < sma(close, n)",
}
TERMS = {"start_date": "2008-01-02", "end_date": "2010-12-31", "initial_capital": 50_000, "commission": 0.001}


def body(*cells: tuple[str, Any], **changed: Any) -> dict[str, Any]:
    items = [{"symbol": symbol, "strategy": strategy} for symbol, strategy in cells]
    return {"items": items} | TERMS | changed


TWO_BY_TWO = body(*[(symbol, one) for symbol in ("AAPL", "MSFT") for one in (CROSS, "Golden cross")])


def opened(client: TestClient, document: dict[str, Any] = TWO_BY_TWO) -> str:
    answer = client.post("backtest/batch", json=document)
    assert answer.status_code == 202, answer.text
    batch_id: str = answer.json()["batch_id"]
    return batch_id


def test_a_batch_is_opened_run_and_shown(served: Service, client: TestClient) -> None:
    answer = client.post("backtest/batch", json=TWO_BY_TWO)
    begun = BatchDocument.model_validate_json(answer.content)
    assert answer.headers["location"] == f"/api/v1/backtest/batch/{begun.batch_id}"
    assert (begun.status, begun.counts.queued, begun.job_id is not None) == ("running", 4, True)
    served.work_off()
    shown = BatchDocument.model_validate_json(client.get(f"backtest/batch/{begun.batch_id}").content)
    assert (shown.status, shown.counts.done, shown.job_id) == ("done", 4, None)
    assert [(cell.symbol, cell.strategy) for cell in shown.summaries] == [
        ("AAPL", "spec_1"),
        ("AAPL", "starter_golden_cross"),
        ("MSFT", "spec_1"),
        ("MSFT", "starter_golden_cross"),
    ]
    cell = shown.summaries[0]
    run = client.get(f"backtest/{cell.run_id}").json()
    assert cell.metrics
    assert run["metrics"]["total_return"] == cell.metrics.total_return
    assert run["execution"]["capital"] == 50_000


def test_a_cell_equals_the_backtest_of_the_same(served: Service, client: TestClient) -> None:
    batch_id = opened(client, body(("AAPL", CROSS)))
    served.work_off()
    (cell,) = client.get(f"backtest/batch/{batch_id}").json()["summaries"]
    direct = {"symbols": ["AAPL"], "spec": CROSS, "start": "2008-01-02", "end": "2010-12-31"}
    run = client.post("backtest", json=direct | {"capital": 50_000, "commission": 0.001}).json()
    assert (cell["metrics"], cell["spec_hash"]) == (run["metrics"], run["spec_hash"])
    stored = client.get(f"backtest/{cell['run_id']}").json()
    assert stored["data_hash"] == run["data_hash"]


def test_a_failed_cell_says_why_and_the_others_go_on(served: Service, client: TestClient) -> None:
    batch_id = opened(client, body(("AAPL", CROSS), ("ZZZZ", CROSS)))
    served.work_off()
    done, failed = client.get(f"backtest/batch/{batch_id}").json()["summaries"]
    assert (done["status"], done["error_message"]) == ("done", None)
    assert failed["status"] == "failed"
    assert "No source has 1d prices of ZZZZ" in failed["error_message"]


def test_whoever_prefers_to_wait_is_answered_when_it_has_ended(served: Service) -> None:
    with working(served) as client:
        answer = client.post("backtest/batch", json=TWO_BY_TWO, headers={"Prefer": "respond-async, wait=30"})
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=30"
    assert answer.json()["status"] == "done"


def test_whoever_waits_in_vain_is_told_that_it_runs(client: TestClient) -> None:
    answer = client.post("backtest/batch", json=TWO_BY_TWO, headers={"Prefer": "wait=0"})
    assert (answer.status_code, answer.json()["status"]) == (202, "running")


def test_batches_are_listed_in_pages(client: TestClient) -> None:
    ids = [opened(client, body(("AAPL", CROSS))) for _ in range(3)]
    first = BatchPage.model_validate_json(client.get("backtest/batch", params={"limit": 2}).content)
    second = client.get("backtest/batch", params={"limit": 2, "cursor": first.next}).json()
    assert [line.batch_id for line in first.batches] == ids[:0:-1]
    assert [line["batch_id"] for line in second["batches"]] == ids[:1]
    assert second["next"] is None
    assert first.batches[0].strategies == ("Cross",)


def test_a_batch_that_nobody_has_begun_ends_when_it_is_cancelled(served: Service, client: TestClient) -> None:
    batch_id = opened(client)
    answer = client.post(f"backtest/batch/{batch_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert served.work_off() == 0
    shown = client.get(f"backtest/batch/{batch_id}").json()
    assert shown["counts"] == {"queued": 0, "done": 0, "failed": 0, "cancelled": 4}
    again = client.post(f"backtest/batch/{batch_id}/cancel")
    assert (again.status_code, again.json()["title"]) == (409, "Conflict")


def test_a_job_that_is_cancelled_twice_leaves_the_next_one_alone(served: Service, client: TestClient) -> None:
    batch_id = opened(client, body(("AAPL", CROSS)))
    (job,) = client.get("jobs").json()["jobs"]
    assert client.post(f"jobs/{job['job_id']}/cancel").json()["status"] == "cancelled"
    assert client.post(f"backtest/batch/{batch_id}/rerun").json()["status"] == "running"
    client.post(f"jobs/{job['job_id']}/cancel")
    assert served.work_off() == 1
    assert client.get(f"backtest/batch/{batch_id}").json()["status"] == "done"


def test_a_batch_whose_job_is_not_over_is_not_set_running(served: Service, client: TestClient) -> None:
    batch_id = opened(client, body(("AAPL", CROSS)))
    served.work_off()
    served.accounts.jobs.queue("local", "batch", batch_id)
    refused = client.post(f"backtest/batch/{batch_id}/rerun")
    assert (refused.status_code, refused.json()["title"]) == (409, "Conflict")
    assert client.get(f"backtest/batch/{batch_id}").json()["status"] == "done"


def test_cells_are_run_again_with_other_values(served: Service, client: TestClient) -> None:
    batch_id = opened(client)
    served.work_off()
    before = client.get(f"backtest/batch/{batch_id}").json()
    chosen = {"symbols": ["MSFT"], "strategies": ["Cross"], "parameters": {"n": 40}}
    answer = client.post(f"backtest/batch/{batch_id}/rerun", json=chosen)
    assert (answer.status_code, answer.json()["counts"]["queued"], answer.json()["round"]) == (202, 1, 2)
    served.work_off()
    after = client.get(f"backtest/batch/{batch_id}").json()
    assert after["tests"] == before["tests"] + 1
    assert after["summaries"][2]["parameters"] == {"n": 40}
    assert [cell["n"] for cell in after["summaries"]] == [1, 2, 3, 4]
    assert client.get(f"backtest/{before['summaries'][2]['run_id']}").status_code == 200
    unknown = client.post(f"backtest/batch/{batch_id}/rerun", json={"parameters": {"m": 1}})
    assert (unknown.status_code, unknown.json()["title"]) == (422, "Invalid input")


@pytest.mark.parametrize(
    ("document", "status", "said"),
    [
        ({"items": []}, 422, "items must have at least 1"),
        (body(("AAPL", {"name": "No entry"})), 422, "items.0.strategy cannot be used: a strategy needs a long_entry"),
        (body(("AAPL", CROSS | {"long_entry": 5})), 422, "items.0.strategy.long_entry must be a text"),
        (body(("AAPL", "Goldn cross")), 404, 'did you mean "Golden cross"'),
        (body(("AAPL", CROSS | {"long_entry": "close >"})), 422, "Item 1"),
        ({"items": [{"symbol": "AAPL", "strategy": CROSS, "parameters": {"k": 1}}]}, 422, "no parameter"),
        ({"items": [{"symbol": "A;B", "strategy": CROSS}]}, 422, "Item 1"),
        (body(("AAPL", CROSS), start_date="2011-01-01"), 422, "lies after the end"),
        (body(("AAPL", CROSS), commission=0.7), 422, "commission"),
        (body(("AAPL", CROSS), commision=0.1), 422, "commision"),
    ],
)
def test_what_cannot_be_run_is_refused(client: TestClient, document: dict[str, Any], status: int, said: str) -> None:
    answer = client.post("backtest/batch", json=document)
    assert answer.status_code == status
    assert said in answer.text.replace('\\"', '"')
    assert client.get("backtest/batch").json()["batches"] == []


def test_an_unknown_batch_is_told_with_what_resembles_it(client: TestClient) -> None:
    batch_id = opened(client)
    answer = client.get(f"backtest/batch/{batch_id[:-1]}")
    assert (answer.status_code, answer.json()["hint"]) == (404, f'did you mean "{batch_id}"?')


def test_the_same_key_opens_one_batch(client: TestClient) -> None:
    answers = [client.post("backtest/batch", json=TWO_BY_TWO, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    assert len(client.get("backtest/batch").json()["batches"]) == 1


def test_a_batch_runs_on_postgresql(on_postgres: Service) -> None:
    client = on_postgres.client()
    batch_id = opened(client)
    on_postgres.work_off()
    assert client.get(f"backtest/batch/{batch_id}").json()["counts"]["done"] == 4


@pytest.mark.slow
def test_batches_of_others_are_unknown(with_accounts: Service, ann: TestClient, bob: TestClient) -> None:
    batch_id = opened(ann)
    with_accounts.work_off()
    assert ann.get(f"backtest/batch/{batch_id}").json()["counts"]["done"] == 4
    never = bob.get("backtest/batch/bat_000000000000")
    for answer in (
        bob.get(f"backtest/batch/{batch_id}"),
        bob.post(f"backtest/batch/{batch_id}/cancel"),
        bob.post(f"backtest/batch/{batch_id}/rerun"),
    ):
        assert answer.status_code == 404
        assert answer.json() == never.json() | {"detail": never.json()["detail"].replace("bat_000000000000", batch_id)}
    assert bob.get("backtest/batch").json()["batches"] == []
    assert bob.get("backtest").json()["next"] is None
