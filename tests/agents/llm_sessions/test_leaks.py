"""No post, key, validation or hold-out number reaches a model: all that its server received is searched."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest

from backend.bootstrap import Application
from backend.domain.periods import Period
from backend.domain.sessions import Attempt, Session, SessionRequest
from tests.adversarial.markets import SYMBOL, Market, import_market, twin
from tests.agents.llm_sessions import leaks
from tests.agents.llm_sessions.curious_model import curious
from tests.agents.llm_sessions.runs import asking, llm_request, run
from tests.servers.openai_server import KEY, OpenAIServer, Request

pytestmark = pytest.mark.slow

FOLLOW_UPS = (
    "less drawdown",
    "at least 10 trades and something that sleeps well at night",
    "why did it fail in 2008?",
    "compare attempts 1 and 2",
    "what is the Sharpe ratio on the hold-out?",
    "how would you describe its temper in one sentence?",
    "2 more attempts",
)
FORMS = ("{!r}", "{:.2f}", "{:.4f}", "{:.3g}", "{:.1%}", "{:,.2f}", '{{"value": {:.5f}}}')
"""Ways in which a number might be written."""

SHAPES = {"proposal", "comments", "items", "answer"}
"""Every form in which a model is asked for something."""

ON_TWIN = SessionRequest(
    text=f"best strategy on ${SYMBOL} with reddit sentiment, drawdown under 90 %", iterations=4, strategist="llm"
)


def talked(app: Application, session: Session) -> Session:
    """The session after a conversation."""
    for text in FOLLOW_UPS:
        heard = app.conversation.say(app.owner, session.session_id, text)
        if heard.runs:
            app.runner.run(heard.session)
    return app.sessions.load(app.owner, session.session_id)


@dataclass(frozen=True)
class Watched:
    """Sessions whose model's server kept everything, and what of it must not be known there."""

    app: Application
    requests: list[Request]
    told: str
    sessions: tuple[Session, ...]
    attempts: tuple[Attempt, ...]

    @cached_property
    def hidden(self) -> set[float]:
        """Numbers of validation, hold-out and verdict."""
        return {
            number
            for session in self.sessions
            for number in leaks.hidden_numbers(session, self.app.sessions.attempts(session))
        }

    @cached_property
    def innocent(self) -> set[str]:
        """How numbers are written that may be told."""
        return leaks.all_forms(leaks.open_numbers(self.attempts))

    @cached_property
    def posts(self) -> list[str]:
        """The posts behind the sentiment."""
        period = Period(start=date(2005, 1, 3), end=date(2009, 12, 31))
        return [post.text for post in self.app.stores.posts.read_posts("sample", "AAPL", "reddit", period)]


@contextmanager
def watched_sessions(shared_folder: Path) -> Iterator[Watched]:
    """A tournament, a conversation and a session in plain text; tools are offered where they can be."""
    with OpenAIServer(curious("backtest")) as server:
        app = asking(shared_folder, server, model_tools=True)
        sessions = (
            run(app, llm_request(strategist="both", iterations=4)),
            talked(app, run(app, llm_request())),
            run(asking(shared_folder, server, model_output="plain"), llm_request(seed=1)),
        )
        attempts = tuple(attempt for session in sessions for attempt in app.sessions.attempts(session))
        yield Watched(app, server.requests, leaks.told_in(server.requests), sessions, attempts)


def check_everything_was_asked(watched: Watched) -> None:
    """Or the other tests would say nothing."""
    assert {request.shape for request in watched.requests} == SHAPES | {""}
    assert {message["role"] for request in watched.requests for message in request.messages} >= {
        "system",
        "user",
        "tool",
    }
    assert all(session.verdict and session.holdout for session in watched.sessions)
    assert [attempt.failed_reason for attempt in watched.attempts if attempt.failed_reason] == []
    assert len(watched.hidden) > 500


def check_no_hidden_number_was_told(watched: Watched) -> None:
    assert leaks.leaked(watched.told, watched.hidden, watched.innocent) == []


def check_train_numbers_were_told(watched: Watched) -> None:
    """The search finds what is there: the figures of attempts that a later turn started from."""
    written = leaks.numbers_in(watched.told)
    earlier = [a for a in watched.app.sessions.attempts(watched.sessions[1]) if a.turn == 1 and a.train]
    assert len(earlier) == 3
    for attempt in earlier:
        assert attempt.train is not None
        assert leaks.forms(attempt.train.total_return) & written
        assert leaks.forms(attempt.train.max_drawdown) & written


def check_hidden_numbers_would_be_found(watched: Watched, form: str) -> None:
    """Whichever it is and however it is written, unless it is written like an open one."""

    def is_told(number: float) -> bool:
        return bool(leaks.leaked(form.format(number), {number}, watched.innocent))

    def has_figures(number: float) -> bool:
        return bool(leaks.numbers_in(form.format(number)) & leaks.forms(number) - watched.innocent)

    planted = [number for number in watched.hidden if has_figures(number)]
    assert len(planted) > 50
    assert all(map(is_told, planted))


def check_no_post_was_told(watched: Watched) -> None:
    assert len(watched.posts) > 1_000
    told = leaks.passages(watched.told)
    assert [post for post in watched.posts if leaks.passages(post) & told] == []


def check_a_post_would_be_found(watched: Watched) -> None:
    for post in watched.posts[::50]:
        assert leaks.passages(post) & leaks.passages(f'{{"note": "{post[:60]}"}}')


def check_no_key_was_told(watched: Watched) -> None:
    assert KEY not in watched.told
    assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in watched.requests)


def test_nothing_hidden_is_in_any_request(shared_folder: Path) -> None:
    """One test, since its sessions take long: what is there is found, what is hidden would be, and it is not there."""
    with watched_sessions(shared_folder) as watched:
        check_everything_was_asked(watched)
        check_train_numbers_were_told(watched)
        for form in FORMS:
            check_hidden_numbers_would_be_found(watched, form)
        check_no_hidden_number_was_told(watched)
        check_a_post_would_be_found(watched)
        check_no_post_was_told(watched)
        check_no_key_was_told(watched)


def asked_about(folder: Path, server: OpenAIServer, market: Market) -> tuple[Session, list[bytes]]:
    """A session on a market in a store of its own, and what the server received for it, byte by byte."""
    folder.mkdir()
    app = import_market(asking(folder, server, model_tools=True), folder, market)
    before = len(server.requests)
    session = run(app, ON_TWIN)
    return session, [request.raw for request in server.requests[before:]]


def test_another_future_changes_no_byte_of_any_request(tmp_path: Path) -> None:
    """Other prices, volumes and words after train: the model is asked the same, with every tool and every figure."""
    market = twin()
    with OpenAIServer(curious()) as server:
        original, asked = asked_about(tmp_path / "original", server, market)
        assert original.periods is not None
        border = original.periods.train.end
        other, asked_again = asked_about(tmp_path / "other", server, market.with_other_future(border, 3))
    assert original.holdout != other.holdout
    assert len(asked) == 2 * 3 + 1  # in each of two rounds two calls and a proposal; between them a comment
    assert any(message["role"] == "tool" for message in json.loads(asked[1])["messages"])
    assert asked == asked_again


def test_another_hold_out_changes_no_byte_of_a_conversation(tmp_path: Path) -> None:
    market = twin()
    with OpenAIServer(curious()) as server:
        original, _ = asked_about(tmp_path / "original", server, market)
        assert original.periods is not None
        markets = (market, market.with_other_future(original.periods.validation.end, 4))
        kept, holdouts = [], []
        for name, one in zip(("same", "other"), markets, strict=True):
            session, asked = asked_about(tmp_path / name, server, one)
            before = len(server.requests)
            app = asking(tmp_path / name, server, model_tools=True)
            holdouts.append(talked(app, session).holdout)
            kept.append([*asked, *(request.raw for request in server.requests[before:])])
    assert holdouts[0] != holdouts[1]
    assert kept[0] == kept[1]
