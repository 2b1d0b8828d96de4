"""Spans of a session for OpenTelemetry: their names, and the only attributes that they may carry.

Without a configured SDK they cost nothing and go nowhere. Attributes are ids, counts and names of our own: what a
model reads or writes, posts, keys and messages of errors stay out.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

from backend.domain.models import ModelChoice, Tokens
from backend.domain.sessions import Session

TRACER = "backproof"

SESSION = "backproof.session"
NODE = "backproof.node."
MODEL_CALL = "backproof.model.call"
TOOL_CALL = "backproof.tool.call"


@contextmanager
def session_span(session: Session) -> Iterator[Span]:
    """One stretch of work on a session: from a start or a resume to its end."""
    facts = {**_of(session), "backproof.strategist": session.request.strategist}
    with _span(SESSION, facts) as span:
        yield span


@contextmanager
def node_span(node: str, session: Session, iteration: int) -> Iterator[Span]:
    """One node of the graph, e.g. ``backproof.node.propose``."""
    with _span(NODE + node, {**_of(session), "backproof.iteration": iteration}) as span:
        yield span


@contextmanager
def model_call_span(choice: ModelChoice, session: Session, role: str, step: str) -> Iterator[Span]:
    """One call of a model, a recorded reply included; ``tell_usage`` adds what it used."""
    facts = {
        **_of(session),
        "backproof.role": role,
        "backproof.step": step,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": choice.provider,
        "gen_ai.request.model": choice.name,
    }
    with _span(MODEL_CALL, facts) as span:
        yield span


@contextmanager
def tool_call_span(tool: str, session: Session) -> Iterator[Span]:
    """One call of a tool by a model, without its arguments; ``tool`` is a name of ours, never the model's word."""
    with _span(TOOL_CALL, {**_of(session), "gen_ai.tool.name": tool}) as span:
        yield span


def tell_usage(span: Span, tokens: Tokens, usd: float, *, recorded: bool) -> None:
    """Say what a call used."""
    span.set_attributes(
        {
            "gen_ai.usage.input_tokens": tokens.input,
            "gen_ai.usage.output_tokens": tokens.output,
            "backproof.usage.cached_tokens": tokens.cached,
            "backproof.usage.usd": usd,
            "backproof.recorded": recorded,
        }
    )


def _of(session: Session) -> dict[str, str | int]:
    return {"backproof.session.id": session.session_id, "backproof.turn": session.turn_n}


@contextmanager
def _span(name: str, facts: dict[str, str | int]) -> Iterator[Span]:
    # Messages and tracebacks of errors may quote what was sent: only the class of an error is told.
    tracer = trace.get_tracer(TRACER)
    start = tracer.start_as_current_span(name, attributes=facts, record_exception=False, set_status_on_exception=False)
    with start as span, ExitStack() as ends:
        ends.push(partial(_tell_error, span))
        yield span


def _tell_error(span: Span, kind: type[BaseException] | None, *_: object) -> None:
    if kind is not None:
        span.set_attribute("error.type", kind.__name__)
        span.set_status(Status(StatusCode.ERROR))
