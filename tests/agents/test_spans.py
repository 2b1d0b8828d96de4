"""Spans name what is done and for how many tokens, and never what was read, written or said in an error."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from backend.agents.spans import model_call_span, node_span, session_span, tell_usage, tool_call_span
from backend.domain.errors import MalformedOutput
from backend.domain.models import ModelChoice, Tokens
from tests.agents.tracing import exporter
from tests.stores.samples import make_session

MODEL = ModelChoice(provider="openai", name="some-model")


@pytest.fixture
def finished() -> Iterator[InMemorySpanExporter]:
    exporter().clear()
    yield exporter()
    exporter().clear()


def _by_name(finished: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in finished.get_finished_spans()}


def test_a_call_lies_in_its_node_and_the_node_in_its_session(finished: InMemorySpanExporter) -> None:
    session = make_session()
    with (
        session_span(session),
        node_span("propose", session, iteration=3),
        model_call_span(MODEL, session, "strategist", "0003.propose") as call,
        tool_call_span("backtest", session),
    ):
        tell_usage(call, Tokens(input=900, output=80, cached=512), 0.0021, recorded=False)
    spans = _by_name(finished)
    assert set(spans) == {
        "backproof.session",
        "backproof.node.propose",
        "backproof.model.call",
        "backproof.tool.call",
    }
    call_of, node = spans["backproof.model.call"].parent, spans["backproof.node.propose"].context
    assert call_of is not None
    assert node is not None
    assert call_of.span_id == node.span_id
    assert dict(spans["backproof.model.call"].attributes or {}) == {
        "backproof.session.id": session.session_id,
        "backproof.turn": 1,
        "backproof.role": "strategist",
        "backproof.step": "0003.propose",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "some-model",
        "gen_ai.usage.input_tokens": 900,
        "gen_ai.usage.output_tokens": 80,
        "backproof.usage.cached_tokens": 512,
        "backproof.usage.usd": 0.0021,
        "backproof.recorded": False,
    }


def test_of_an_error_only_its_class_is_told(finished: InMemorySpanExporter) -> None:
    with suppress(MalformedOutput), node_span("propose", make_session(), iteration=1):
        raise MalformedOutput("the reply was: sk-proj-hush", "hush")
    span = finished.get_finished_spans()[0]
    assert (span.attributes or {})["error.type"] == "MalformedOutput"
    assert "hush" not in span.to_json()
