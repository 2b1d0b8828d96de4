"""Whole sessions that ask a language model: the real client, a local server, a real store."""

from pathlib import Path
from typing import Any

from backend.bootstrap import Application
from backend.domain.errors import BackproofError
from backend.domain.models import ModelCall, Tokens
from backend.domain.sessions import Session, SessionRequest
from tests.agents.sessions import application, small_request
from tests.servers.openai_server import KEY, MODEL, OpenAIServer

LABEL = f"openai:{MODEL}"


def asking(folder: Path, server: OpenAIServer, **settings: Any) -> Application:
    """An application whose model is the local server's."""
    stated = {"model": LABEL, "openai_api_key": KEY, "openai_base_url": server.url, "model_timeout": 20} | settings
    return application(folder, **stated)


def llm_request(**fields: Any) -> SessionRequest:
    """A session that takes about a second; a model proposes."""
    return small_request(**({"strategist": "llm"} | fields))


def run(app: Application, request: SessionRequest) -> Session:
    """Open a session and run it to its end."""
    return app.runner.run(app.open_session(request))


def ended(app: Application, request: SessionRequest) -> tuple[Session, BackproofError | None]:
    """The stored session after its run, and the error that ended it."""
    session, trouble = app.open_session(request), None
    try:
        app.runner.run(session)
    except BackproofError as error:
        trouble = error
    return app.sessions.load(app.owner, session.session_id), trouble


def calls_of(app: Application, session: Session) -> tuple[ModelCall, ...]:
    """What was asked of the model in this session."""
    return tuple(app.stores.models.list_calls(app.owner, session.session_id))


def spent(session: Session) -> Tokens:
    """The tokens that a session reports."""
    used = session.usage
    return Tokens(input=used.tokens_in, output=used.tokens_out, cached=used.tokens_cached)
