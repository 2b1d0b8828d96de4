"""One service with two backtests, for every test that only looks at them."""

from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.serving import Service, service

SPEC: dict[str, Any] = {
    "name": "Cross",
    "series": [{"name": "fast", "expression": "sma(close, 10)"}],
    "long_entry": "fast > sma(close, 50) and rsi(close, 14) < 80",
    "long_exit": "fast < sma(close, 50)",
}
YEARS = {"symbols": ["AAPL"], "start": "2008-01-02", "end": "2011-12-30"}


@dataclass(frozen=True)
class Ran:
    """A service on which one strategy was run, and then with a stop."""

    served: Service
    client: TestClient
    first: dict[str, Any]
    second: dict[str, Any]

    @property
    def path(self) -> str:
        """Of the first run."""
        return f"backtest/{self.first['run_id']}"


@pytest.fixture(scope="package")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    served = service(tmp_path_factory.mktemp("ran"), prices=("file", "sample"), posts=("file", "sample"))
    client = served.client()
    answers = [
        client.post("backtest", json=YEARS | terms)
        for terms in (
            {"spec": SPEC, "trades": True, "equity": True},
            {"spec": SPEC | {"risk": {"stop_loss": 0.05}}, "commission": 0.002},
        )
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    return Ran(served, client, *[answer.json() for answer in answers])
