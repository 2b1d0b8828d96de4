"""Something of every kind that an account can have, made over HTTP."""

from typing import Any

from starlette.testclient import TestClient

from backend.search.starters import STARTERS
from tests.api.serving import Service

PERIOD = {"start": "2005-01-03", "end": "2009-12-31"}
SPEC: dict[str, Any] = next(iter(STARTERS.values())).model_dump(mode="json") | {"name": "of one's own"}
REQUEST = {"request": "momentum on AAPL with reddit sentiment, drawdown under 60 %", "iterations": 1} | PERIOD
CELL = {"symbol": "AAPL", "strategy": SPEC}
TAKEN_BY = {
    "session_id": "open_session",
    "run_id": "run_backtest",
    "batch_id": "open_batch",
    "bot_id": "save_bot",
    "strategy_id": "add_strategy",
    "dataset_id": "open_session",
    "job_id": "open_session",
    "token_id": "create_token",
}
"""Names of ids in paths, each with the operation that makes what has it."""


def made_by(served: Service, client: TestClient) -> dict[str, str]:
    """Ids by their name in paths."""
    opened = client.post("sessions", json=REQUEST).json()
    strategy = client.post("strategies", json=SPEC).json()
    run = client.post("backtest", json={"spec": SPEC, "symbols": ["AAPL"]} | PERIOD).json()
    batch = client.post(
        "backtest/batch", json={"items": [CELL], "start_date": PERIOD["start"], "end_date": PERIOD["end"]}
    ).json()
    token = client.post("tokens", json={"name": "script"}).json()
    served.work_off()
    bot = client.post("bots", json={"session_id": opened["session_id"], "name": "kept"}).json()
    return {
        "session_id": opened["session_id"],
        "job_id": opened["job_id"],
        "strategy_id": strategy["strategy_id"],
        "run_id": run["run_id"],
        "batch_id": batch["batch_id"],
        "token_id": token["token_id"],
        "bot_id": bot["bot_id"],
        "dataset_id": client.get("datasets").json()["datasets"][0]["id"],
    }
