"""Hostile texts at every door: nothing crashes, nothing is told, messages keep their parts and screens stay clean."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from backend.agents.conversation.hearing import Ear
from backend.agents.conversation.helping import ModelHelp
from backend.agents.llm.proposals import Proposal
from backend.agents.models.asking import Asker, Message, Prompt, Shape
from backend.agents.understanding import understand
from backend.bootstrap import Application
from backend.domain.errors import InvalidInput, MalformedOutput
from backend.domain.goal import Goal, Question
from backend.domain.quoting import plain_text
from backend.domain.sessions import SessionRequest
from backend.domain.spec import StrategySpec
from tests.adversarial.markets import SYMBOL, import_market, twin
from tests.agents.llm_sessions import leaks
from tests.agents.llm_sessions.injections import INJECTIONS
from tests.agents.llm_sessions.runs import LABEL, asking, llm_request, run
from tests.cli.conftest import Backproof, Ended
from tests.servers.openai_replies import REFINEMENTS, by_shape, proposed
from tests.servers.openai_server import KEY, OpenAIServer, Request, Say
from tests.servers.openai_structures import STRUCTURES

pytestmark = pytest.mark.slow

Connected = Callable[..., Application]

STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ue000-\uf8ff\U000e0000-\U000e007f]")
"""What moves a cursor, changes colours or the direction of writing, or hides."""

SHOWN_AS_TYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Of a user's own words, only what steers a terminal is kept from it."""


def clean(ended: Ended, steering: re.Pattern[str] = STEERS) -> bool:
    """Whether a command ended by itself and wrote nothing that steers a terminal."""
    said = ended.stdout + ended.stderr
    return not steering.search(said) and "Traceback" not in said and KEY not in said


def check_parts(requests: Iterable[Request]) -> None:
    """Rules first, then what was said: no text has made itself a message."""
    for request in requests:
        roles = [message["role"] for message in request.messages]
        assert roles[:2] == ["system", "user"]
        assert "system" not in roles[1:]


@pytest.fixture
def at_the_command_line(
    openai_server: OpenAIServer, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> OpenAIServer:
    """Commands of the test see the shared store and the local server."""
    monkeypatch.setenv("BACKPROOF_DATA_DIR", str(shared_folder))
    monkeypatch.setenv("BACKPROOF_MODEL", LABEL)
    for name, value in openai_server.environment.items():
        monkeypatch.setenv(name, value)
    return openai_server


def test_posts(openai_server: OpenAIServer, tmp_path: Path) -> None:
    """Two hundred hostile posts, again and again, are numbers to a session and nothing to its model."""
    market = twin()
    texts = [text if text.strip() else f"post {text}" for text in INJECTIONS]
    posts = tuple(replace(post, text=texts[n % len(texts)]) for n, post in enumerate(market.posts))
    app = import_market(asking(tmp_path, openai_server), tmp_path, replace(market, posts=posts))
    session = run(app, SessionRequest(text=f"sentiment on ${SYMBOL} with reddit", iterations=3, strategist="llm"))
    assert session.status == "done"
    assert any("sentiment(" in str(attempt.spec) for attempt in app.sessions.attempts(session))
    told = leaks.passages(leaks.told_in(openai_server.requests))
    assert [text for text in texts if len(leaks.passages(text)) > 2 and leaks.passages(text) <= told] == []
    check_parts(openai_server.requests)


def test_requests_and_symbols(connected: Connected) -> None:
    """A hostile request is understood, asked about or refused; what it is made into fits a goal."""
    app = connected()
    known = app.preparation.symbols()

    def becomes(**fields: object) -> Goal | Question | None:
        try:
            request = SessionRequest.model_validate({"text": "momentum on AAPL"} | fields)
            return understand(request, sorted(known), app.preparation.span)
        except (InvalidInput, ValueError):
            return None

    for text in INJECTIONS:
        for found in (becomes(text=f"momentum on AAPL {text}"[:2_000]), becomes(symbols=(text,))):
            goal = found.goal if isinstance(found, Question) else found
            assert goal is None or all(symbol.isascii() and len(symbol) < 20 for symbol in goal.symbols), text


def test_names_of_files(backproof: Backproof, at_the_command_line: OpenAIServer, tmp_path: Path) -> None:
    named = [text for text in INJECTIONS if "/" not in text and "\0" not in text and 0 < len(text.encode()) < 200]
    assert len(named) > 100
    dirty = []
    for number, text in enumerate(named[::3]):
        path, prices = tmp_path / f"{text}.csv", "1,2,1,1.5" if number % 4 == 0 else "1,2,1,dear"
        path.write_text(f"symbol,date,open,high,low,close\nF{number},2020-01-02,{prices}\n")
        ended = backproof("data", "import", "prices", str(path))
        dirty += [] if ended.code in (0, 2) and clean(ended, SHOWN_AS_TYPED) else [(text, ended)]
    assert dirty == []


def test_names_of_strategies(backproof: Backproof, at_the_command_line: OpenAIServer, connected: Connected) -> None:
    spec = {"long_entry": "close > sma(close, 20)", "long_exit": "close < sma(close, 20)"}
    app, kept = connected(), 0
    for number, text in enumerate(INJECTIONS):
        try:
            named = StrategySpec.model_validate(spec | {"name": f"{number} {text}"[:80], "rationale": text})
        except ValueError:
            assert SHOWN_AS_TYPED.search(text)
            continue
        app.strategies.add(app.owner, named)
        kept += 1
    assert kept > 150
    listed = backproof("strategies", "list")
    assert listed.code == 0
    assert clean(listed, SHOWN_AS_TYPED)
    assert "[/]" in listed.stdout  # markup is shown as it was written


def test_follow_ups(openai_server: OpenAIServer, connected: Connected) -> None:
    """What is said to a session is read by rules; what they cannot read goes to the model between quotes."""
    app = connected()
    session = run(app, llm_request(iterations=1))
    attempts = app.sessions.attempts(session)
    model = app.language_model(session.model) if session.model else None
    assert model is not None
    known = app.preparation.symbols()
    ear = Ear((session,), lambda _: attempts, known, app.preparation.span, ModelHelp(lambda: model))
    before = len(openai_server.requests)
    said = [text for text in INJECTIONS[::8] if text.strip()]
    heard = [ear.hear(session, text) for text in said]
    assert {one.kind for one in heard} <= {"refinement", "question", "elsewhere", "unclear"}
    asked = openai_server.requests[before:]
    assert len(asked) >= len(said) // 2
    check_parts(asked)
    assert all(len(request.messages) == 2 and request.told.isascii() for request in asked)
    secret = leaks.hidden_numbers(session, attempts)
    innocent = leaks.all_forms(leaks.open_numbers(attempts)) | leaks.numbers_in("\n".join(said))
    assert leaks.leaked(leaks.told_in(asked), secret, innocent) == []


def test_replies(openai_server: OpenAIServer, connected: Connected) -> None:
    """A reply that is no proposal goes back as the model's own words, and is given up after two repairs."""
    app = connected()
    session = app.open_session(llm_request(iterations=1))
    assert session.model is not None
    model = app.language_model(session.model)
    asker = Asker(session, "0001.propose", "strategist", lambda: False)
    for number, text in enumerate(INJECTIONS[::16]):
        openai_server.script = lambda _, text=text: Say(text)  # type: ignore[misc]
        prompt = Prompt("Rules.", (Message("user", f"Question {number}"),))
        before = len(openai_server.requests)
        with pytest.raises(MalformedOutput) as refused:
            model.ask(asker, prompt, Shape("proposal", Proposal))
        assert len(openai_server.requests) - before == 3
        assert not SHOWN_AS_TYPED.search(plain_text(refused.value.message, 2_000))
    check_parts(openai_server.requests)


def test_words_of_a_model_on_screens(
    backproof: Backproof, at_the_command_line: OpenAIServer, connected: Connected
) -> None:
    """Names, reasons and comments of a model come to the screen as plain text, whatever is in them."""
    texts = [*INJECTIONS[::3], *INJECTIONS[120:180]]

    def hostile(request: Request) -> Say:
        n = len(at_the_command_line.requests)
        kinds = [change for _, change in REFINEMENTS]
        written = [proposed(STRUCTURES[n % len(STRUCTURES)], ["reddit"]) | kinds[k] for k in range(4)]
        words = [texts[(4 * n + k) % len(texts)] for k in range(4)]
        said = [one | {"name": word, "rationale": word, "why": word} for one, word in zip(written, words, strict=True)]
        return Say({"candidates": said})

    def commented(request: Request) -> Say:
        numbers = re.findall(r"\d+", request.told.rpartition("Comment on:")[2])
        said = [re.sub(r"\d", "", texts[int(n) % len(texts)]) for n in numbers]
        listed = [
            {"attempt": int(n), "comment": text, "suggested_changes": []} for n, text in zip(numbers, said, strict=True)
        ]
        return Say({"comments": listed})

    at_the_command_line.script = by_shape({"proposal": hostile, "comments": commented})
    session = run(connected(), llm_request(iterations=12, seed=5))
    assert session.status == "done"
    for arguments in (("show", session.session_id), ("events", session.session_id), ("list",)):
        ended = backproof("sessions", *arguments)
        assert ended.code == 0
        assert clean(ended)
    check_parts(at_the_command_line.requests)
