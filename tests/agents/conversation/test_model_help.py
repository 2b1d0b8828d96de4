"""A language model helps where the rules end: it names phrases and keys, and the program does everything else."""

from collections.abc import Iterator

import pytest

from backend.bootstrap import Application
from backend.domain.conversation import Turn
from backend.domain.sessions import Session
from tests.agents.llm_sessions.runs import asking, llm_request, run
from tests.servers import openai_server_faults as faults
from tests.servers.openai_replies import by_shape
from tests.servers.openai_server import OpenAIServer, Say

pytestmark = pytest.mark.slow

QUESTION = "does it sleep well at night?"
ANSWER = {"parts": [
    {"words": "On train the equity fell by up to ", "key": None},
    {"words": None, "key": "chosen.train.max_drawdown"},
    {"words": ", and on validation by ", "key": None},
    {"words": None, "key": "chosen.validation.max_drawdown"},
]}  # fmt: skip
WISH = "swings no deeper than 55 percent"
ITEMS = {"items": [
    {"quote": WISH, "kind": "target", "word": None, "metric": "max_drawdown", "op": "<=", "value": 0.55},
]}  # fmt: skip

House = tuple[OpenAIServer, Application, Session]


def talked(house: House, text: str) -> Turn:
    _, app, session = house
    said = app.conversation.say(app.owner, session.session_id, text)
    assert said.turn
    return said.turn


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A session whose only attempt a model proposed; its server words answers and reads one wish."""
    with OpenAIServer(by_shape({"answer": lambda _: Say(ANSWER), "items": lambda _: Say(ITEMS)})) as server:
        app = asking(tmp_path_factory.mktemp("helped"), server)
        yield server, app, run(app, llm_request(iterations=1))


def test_the_verdict_knows_that_a_model_proposed(house: House) -> None:
    _, app, session = house
    assert session.verdict
    assert [check.required for check in session.verdict.checks if check.name == "knowledge_cutoff"] == [True]
    assert session.verdict.outcome != "proven"
    bot = app.bots.save(session, app.sessions.attempts(session), "by a model")
    assert app.verification.verify(app.owner, bot.bot_id).outcome == "reproduced"


def test_it_words_an_answer_and_the_program_fills_in_the_numbers(house: House) -> None:
    server, app, session = house
    (chosen,) = app.sessions.attempts(session)
    assert chosen.train
    assert chosen.validation
    shown = f"{chosen.train.max_drawdown * 100:,.1f} %", f"{chosen.validation.max_drawdown * 100:,.1f} %"
    turn = talked(house, QUESTION)
    assert turn.answer == f"On train the equity fell by up to {shown[0]}, and on validation by {shown[1]}"
    asked = server.requests[-1].text
    assert shown[0] in asked
    assert "chosen.validation.max_drawdown" in asked
    assert shown[1] not in asked


def test_what_rules_can_answer_asks_nobody(house: House) -> None:
    before = len(house[0].requests)
    assert talked(house, "what is the drawdown?").kind == "question"
    assert talked(house, "long only").kind == "unclear"
    assert len(house[0].requests) == before


def test_it_names_the_words_of_a_wish_which_the_rules_then_read(house: House) -> None:
    server, app, session = house
    turn = talked(house, WISH)
    assert (turn.kind, turn.understood) == ("refinement", ("max_drawdown <= 0.55, instead of max_drawdown <= 0.6",))
    app.sessions.stop(session, "cancelled")
    assert server.requests[-1].shape == "items"


def test_words_that_it_made_nothing_of_are_asked_back(house: House) -> None:
    turn = talked(house, f"{WISH}, purple monkeys")
    assert (turn.kind, turn.goal) == ("unclear", None)
    assert '"purple monkeys"' in turn.answer


def test_without_its_help_the_rules_ask_back(house: House) -> None:
    server, _, _ = house
    server.fail_always(faults.malformed)
    turn = talked(house, "green monkeys")
    assert (turn.kind, turn.goal) == ("unclear", None)
    assert 'Not understood: "green monkeys"' in turn.answer
