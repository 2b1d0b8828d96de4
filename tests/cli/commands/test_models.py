"""A session with a language model at the command line: its budget ends and goes on, and its spans tell nothing."""

import json
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.agents.tracing import exporter
from tests.cli.conftest import Backproof
from tests.servers.openai_server import KEY, MODEL, OpenAIServer

REQUEST = "momentum on AAPL from 2008 to 2012"
ASKED = ("iterate", REQUEST, "--iterations", "1", "--strategist", "llm", "--json")


@pytest.fixture(autouse=True)
def _model(openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in openai_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BACKPROOF_MODEL", f"openai:{MODEL}")
    monkeypatch.setenv("BACKPROOF_MODEL_PRICES", f"openai:{MODEL}=0.25/2/0.025")


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter().clear()
    yield exporter()
    exporter().clear()


@pytest.mark.slow
def test_a_spent_budget_ends_with_6_and_a_larger_one_goes_on(
    backproof: Backproof, openai_server: OpenAIServer, spans: InMemorySpanExporter
) -> None:
    ended = backproof(*ASKED, "--budget-tokens", "100")
    assert (ended.code, len(openai_server.requests)) == (6, 0)
    assert json.loads(ended.stdout)["error"]["type"] == "BudgetSpent"
    (line,) = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    assert line["status"] == "failed"

    resumed = backproof("sessions", "resume", line["session_id"], "--budget-tokens", "500000", "--json")
    assert resumed.code == 0, resumed.stderr
    document = json.loads(resumed.stdout)
    assert document["budget"]["tokens"] == 500_000
    assert [attempt["author"] for attempt in document["attempts"]] == ["llm"]
    used = document["usage"]
    assert (used["tokens_in"], used["tokens_out"]) == (openai_server.billed.input, openai_server.billed.output)
    assert "asking openai:" in resumed.stderr

    finished = spans.get_finished_spans()
    assert {"backproof.session", "backproof.node.propose", "backproof.model.call"} <= {span.name for span in finished}
    told = "".join(span.to_json() for span in finished)
    strategy = document["attempts"][0]["spec"]
    assert [word for word in (REQUEST, KEY, strategy["name"], strategy["long_entry"]) if word in told] == []
