"""Connections: nothing in the environment leads them elsewhere, and other providers are asked in LangChain's terms."""

import asyncio
from typing import Any

import pytest
from langchain.chat_models import init_chat_model
from pydantic import SecretStr

from backend.agents.models.clients import bound
from backend.agents.models.offered import Tools
from backend.agents.models.replies import reply_of
from backend.agents.models.requesting import Form, Question, opening, request_for
from backend.agents.models.schema import strict_schema
from backend.domain.errors import ModelAway
from tests.agents.models.samples import IDEA, PROMPT, SHAPE, Desk, Idea, choice
from tests.agents.models.test_tools import TOOL
from tests.servers.openai_server import KEY, CallTools, OpenAIServer, Say


def test_the_environment_leads_no_prompt_elsewhere(
    openai_server: OpenAIServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    openai_server.script = lambda _: Say(IDEA)
    for streaming in (False, True):
        model = desk.model(choice(openai_server, streaming=streaming))
        assert model.ask(desk.asker(), PROMPT, SHAPE).title == "Trend"
    assert openai_server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_makers_own_server_is_asked_unless_another_one_is_stated(
    openai_server: OpenAIServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is not there keeps the test from asking it."""
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, openai_server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(ModelAway, match="cannot be reached"):
        desk.model(choice(endpoint=""), retries=0).ask(desk.asker(), PROMPT, SHAPE)
    assert openai_server.requests == []


def test_a_server_without_keys_gets_a_word_in_place_of_one(openai_server: OpenAIServer, desk: Desk) -> None:
    with pytest.raises(ModelAway, match="refuses the key"):  # this server wants one
        desk.model(choice(openai_server), key=SecretStr("")).ask(desk.asker(), PROMPT, SHAPE)
    assert openai_server.requests[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("mode", "with_tools", "forced"),
    [
        ("plain", False, None),
        ("structured", False, None),
        ("tools", False, {"type": "function", "function": {"name": "idea"}}),
        ("structured", True, "required"),
        ("tools", True, "required"),
    ],
)
def test_another_provider_is_asked_in_the_terms_that_all_share(
    openai_server: OpenAIServer, desk: Desk, mode: str, with_tools: bool, forced: Any
) -> None:
    """``ChatOpenAI`` stands for any model here: it is bound as those of other providers are."""
    asked = choice(openai_server, output=mode)
    form = Form("idea", strict_schema(Idea))
    tools = Tools(desk.asker(), [TOOL] if with_tools else []).offered
    request = request_for(asked, 0, opening(asked, PROMPT, form), Question(form, tools, may_call=with_tools))
    openai_server.script = lambda _: CallTools(("prices", {"symbol": "AAPL"})) if with_tools else Say(IDEA)
    model: Any = init_chat_model(
        asked.name, model_provider="openai", api_key=SecretStr(KEY), base_url=openai_server.url, max_retries=0
    )

    async def ask() -> Any:
        answered = await bound(model, request).ainvoke([("user", "go")])
        await model.root_async_client.close()
        return answered

    reply = reply_of(asyncio.run(ask()))
    assert openai_server.requests[0].body.get("tool_choice") == forced
    assert reply.tokens == openai_server.usage
    assert ([call["name"] for call in reply.tool_calls] == ["prices"]) is with_tools
    assert set(openai_server.requests[0].tools) == {
        *(["prices"] if with_tools else []),
        *(["idea"] if with_tools or mode == "tools" else []),
    }
