"""The roles through the real client, against a local server of OpenAI's shape: schemas, repairs, tools, tokens."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool

from backend.agents.llm.analyst import LlmAnalyst
from backend.agents.llm.answering import AnswerKey, LlmAnswering, Part
from backend.agents.llm.strategist import LlmStrategist
from backend.agents.llm.understanding import LlmUnderstanding
from backend.agents.strategist import Occasion, Refused
from backend.domain.goal import Goal
from backend.domain.sessions import Candidate, Diagnosis
from backend.search.context import SearchContext, TrainView
from backend.services.probes import Probes
from backend.stores import Stores, open_database
from backend.tools.registry import tools_of
from backend.tools.workbench import Workbench
from tests.agents.llm.test_strategist import ABOVE, RISING
from tests.agents.models.samples import MODES, Desk, choice
from tests.agents.records import attempt, goal, metrics
from tests.servers.openai_server import CallTools, OpenAIServer, Say
from tests.tools.test_tools import loop_data

WRONG = RISING | {"name": "Wrong", "long_entry": "rising(close)"}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with closing(open_database(f"sqlite:///{tmp_path / 'b.sqlite'}", 0.05)) as database:
        yield Stores.over(database, "me")


def occasion(desk: Desk) -> Occasion:
    return Occasion(desk.session, 1, "0001.propose", lambda: False)


def full(candidate: dict[str, Any]) -> dict[str, Any]:
    """With every field, as a strict schema wants it."""
    nothing = dict.fromkeys(
        ("long_exit", "short_entry", "short_exit", "stop_loss", "take_profit", "trailing_stop", "max_holding_bars")
    )
    return nothing | candidate


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("streaming", [False, True])
def test_a_proposal_with_a_fault_is_mended_in_every_mode(
    stores: Stores, openai_server: OpenAIServer, mode: str, streaming: bool
) -> None:
    desk = Desk(stores)
    replies = [
        {"candidates": [full(ABOVE), full(WRONG)]},
        {"candidates": [full(WRONG)]},
        {"candidates": [full(RISING)]},
    ]
    script = iter(replies)
    openai_server.script = lambda _: Say(next(script))
    model = desk.model(choice(openai_server, output=mode, streaming=streaming))
    found = LlmStrategist(model).propose(SearchContext(goal(), 1, (), 8, 400), occasion(desk))
    assert [one.spec.name for one in found if isinstance(one, Candidate)] == ["Above its average", "Rising"]
    assert "^^^^" in openai_server.requests[1].text
    assert sum(call.tokens.total for call in desk.calls) == openai_server.usage.total


def test_what_is_never_mended_is_refused_beside_the_good(stores: Stores, openai_server: OpenAIServer) -> None:
    desk = Desk(stores)
    openai_server.script = lambda _: Say({"candidates": [full(ABOVE), full(WRONG)]})
    found = LlmStrategist(desk.model(choice(openai_server))).propose(
        SearchContext(goal(), 1, (), 8, 400), occasion(desk)
    )
    assert [type(one) for one in found] == [Candidate, Refused]
    assert len(openai_server.requests) == 3


def test_tools_are_used_before_a_proposal(stores: Stores, openai_server: OpenAIServer) -> None:
    desk = Desk(stores)
    written = {name: part for name, part in full(ABOVE).items() if name not in ("changes_attempt", "why")}
    script: list[Say | CallTools] = [
        CallTools(("backtest", written), ("datasets", {})),
        Say({"candidates": [full(ABOVE)]}),
    ]
    replies = iter(script)
    openai_server.script = lambda _: next(replies)

    def toolbox(at: Occasion, context: SearchContext) -> Sequence[BaseTool]:
        return tools_of(Workbench(at.session, context, loop_data(), Probes(stores.sessions), at.n))

    model = desk.model(choice(openai_server))
    (found,) = LlmStrategist(model, toolbox).propose(SearchContext(goal(), 1, (), 8, 400), occasion(desk))
    assert isinstance(found, Candidate)
    told = [message["content"] for message in openai_server.requests[1].messages if message["role"] == "tool"]
    assert "Sharpe" in json.loads(told[0])["train"]
    assert told[1].startswith("train: 1250 bars")
    assert [batch.step for batch in stores.sessions.list_trials("ses_1")] == ["0001.t1.probe.1"]


def test_every_other_role_is_heard(stores: Stores, openai_server: OpenAIServer) -> None:
    desk = Desk(stores, text="momentum on AAPL, bleeding beyond 25 % hurts")
    target = {"kind": "target", "word": None, "metric": "max_drawdown", "op": "<=", "value": 0.25}
    replies: dict[str, Any] = {
        "comments": {"comments": [{"attempt": 1, "comment": "Too late.", "suggested_changes": []}]},
        "items": {"items": [{"quote": "bleeding beyond 25 % hurts"} | target]},
        "answer": {"parts": [{"words": "It was ", "key": None}, {"words": None, "key": "attempt.1.train.sharpe"}]},
    }
    openai_server.script = lambda request: Say(replies[request.shape])
    model = desk.model(choice(openai_server))
    diagnosis = Diagnosis(limiting_factor="weak_edge", evidence=("little",), suggested_changes=())
    view = TrainView.of(attempt(1, metrics(), diagnosis=diagnosis))
    assert LlmAnalyst(model).review(occasion(desk), SearchContext(goal(), 2, (view,)))[1].comment == "Too late."
    understood = LlmUnderstanding(model).understand(desk.session, ("AAPL",), lambda *_: None, "u", lambda: False)
    assert isinstance(understood, Goal)
    assert [str(one) for one in understood.targets] == ["max_drawdown <= 0.25"]
    asker = replace(desk.asker("t2.answer"), role="answering")
    keys = (AnswerKey("attempt.1.train.sharpe", "Sharpe", "1.0"),)
    assert LlmAnswering(model).answer(asker, "How good?", keys) == (
        Part("text", "It was "),
        Part("value", "attempt.1.train.sharpe"),
    )
