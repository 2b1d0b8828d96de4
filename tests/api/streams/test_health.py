"""Whether the server can work, what it counts, and what it writes about each request."""

import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from backend.api.monitoring.readiness import Readiness
from backend.domain.errors import Unavailable
from backend.settings import DATABASE
from tests.api.serving import ADDRESS, Service, service
from tests.api.streams.listed import Hand
from tests.api.streams.logs import session_of

PATHS = ["healthz", f"{ADDRESS}/healthz"]


def samples(served: Service) -> dict[tuple[str, tuple[str, ...]], float]:
    """The metrics as Prometheus reads them: by name and values of labels, in the order of their names."""
    families = text_string_to_metric_families(served.client().get("metrics").text)
    return {
        (one.name, tuple(value for _, value in sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_process_that_lives_says_so(served: Service, path: str) -> None:
    answer = served.client().get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_server_whose_store_answers_is_ready(served: Service) -> None:
    assert served.client().get("readyz").status_code == 200


def test_a_server_whose_database_is_gone_lives_and_is_not_ready(tmp_path: Path) -> None:
    served = service(tmp_path)
    served.accounts.service.sessions.lines("local", 1)
    for file in tmp_path.glob(f"{DATABASE}*"):
        file.unlink()
    client = served.client()
    answer = client.get("readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["detail"] == "Not ready: the store cannot be used now."
    assert str(tmp_path) not in answer.text
    assert client.get("healthz").status_code == 200
    assert client.get("metrics").status_code == 200


def test_a_server_whose_database_never_answered_is_not_ready(tmp_path: Path) -> None:
    secret = "pa55word"
    served = service(tmp_path, database_url=f"postgresql://ann:{secret}@127.0.0.1:1/none")
    answer = served.client().get("readyz")
    assert answer.status_code == 503
    assert secret not in answer.text


def test_readiness_is_asked_once_in_a_second() -> None:
    asked, clock = [0], Hand()

    def check() -> None:
        asked[0] += 1
        if asked[0] == 2:
            raise Unavailable("The store is away.")

    parts = Readiness({"the store": check}, clock)
    assert [parts.lacking() for _ in range(5)] == [()] * 5
    clock.now += 1
    assert [parts.lacking() for _ in range(5)] == [("the store",)] * 5
    clock.now += 1
    assert parts.lacking() == ()
    assert asked == [3]


def test_a_part_that_hangs_is_waited_for_once() -> None:
    answering, clock = Event(), Hand()
    asked = [0]

    def check() -> None:
        asked[0] += 1
        answering.wait(30)

    parts = Readiness({"the store": check}, clock, longest=0.0)
    for _ in range(3):
        assert parts.lacking() == ("the store",)
        clock.now += 10
    answering.set()
    parts.close()
    assert asked == [1]


def test_requests_are_counted_by_route_and_never_by_path(tmp_path: Path) -> None:
    served = service(tmp_path)
    client = served.client(quiet=True)
    written = session_of(served)
    for name in ("ses_1", "ses_2"):
        client.get(f"sessions/{name}")
    client.get(f"{ADDRESS}/no/such/{written.session.session_id}")
    client.request("SPOON", f"{ADDRESS}/healthz")
    counted = {labels: value for (name, labels), value in samples(served).items() if name.endswith("seconds_count")}
    assert counted["GET", "/sessions/{session_id}", "404"] == 2
    assert counted["GET", "other", "404"] == 1
    assert sum(value for (method, _, _), value in counted.items() if method == "other") == 1
    text = client.get("metrics").text
    assert not re.search(r"ses_|local|AAPL|no/such", text)


def test_what_sessions_and_workers_do_is_counted(tmp_path: Path) -> None:
    served = service(tmp_path)
    written = session_of(served)
    served.accounts.jobs.queue("local", "warm", None, {"symbols": ["AAPL"]})
    written.end()
    found = samples(served)
    assert found["backproof_sessions_ended_total", ("cancelled",)] == 1
    assert found["backproof_jobs", ("queued",)] == 1
    assert found["backproof_work_total", ("source_calls",)] == 0
    assert found["backproof_open_streams", ()] == 0
    assert found["process_resident_memory_bytes", ()] > 1e6


def test_a_direct_backtest_is_counted_once(tmp_path: Path) -> None:
    served = service(tmp_path)
    spec = {"name": "Cross", "long_entry": "close > sma(close, 50)", "long_exit": "close < sma(close, 50)"}
    body = {"spec": spec, "symbols": ["AAPL"], "start": "2010-01-04", "end": "2011-12-30"}
    assert served.client().post("backtest", json=body).status_code == 200
    assert samples(served)["backproof_work_total", ("backtests",)] == 1


def test_applications_of_one_process_count_apart(tmp_path: Path) -> None:
    one, other = service(tmp_path / "one"), service(tmp_path / "other")
    session_of(one).end()
    assert ("backproof_sessions_ended_total", ("cancelled",)) in samples(one)
    assert ("backproof_sessions_ended_total", ("cancelled",)) not in samples(other)


@pytest.fixture
def log_lines() -> Iterator[list[MutableMapping[str, Any]]]:
    """Every line that is logged, whatever level an earlier test has set."""
    before = structlog.get_config()
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines
    structlog.configure(**before)


def test_a_request_is_one_line_without_its_query(served: Service, log_lines: list[MutableMapping[str, Any]]) -> None:
    answer = served.client().get("sessions/ses_1", params={"token": "hush"}, headers={"X-Request-ID": "abc-1"})
    assert answer.headers["x-request-id"] == "abc-1"
    (line,) = [line for line in log_lines if line["event"] == "request.answered"]
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request.answered",
        "log_level": "info",
        "method": "GET",
        "route": "/sessions/{session_id}",
        "status": 422,
        "request_id": "abc-1",
    }


@pytest.mark.parametrize("stated", ["", "with space", "x" * 65, 'a"b'])
def test_an_id_that_does_not_fit_a_log_is_replaced(served: Service, stated: str) -> None:
    answer = served.client().get("healthz", headers={"X-Request-ID": stated})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
