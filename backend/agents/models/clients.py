"""A LangChain chat model for one request, over a connection of its own that is closed after it."""

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from pydantic import SecretStr

from backend.agents.models.requesting import WireMessage, limit_of_output
from backend.domain.errors import InvalidInput
from backend.domain.models import ModelChoice, ModelReply, ModelRequest

if TYPE_CHECKING:
    import httpx2
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
    from langchain_core.runnables import Runnable

    Asked = Runnable[LanguageModelInput, AIMessage]

OPENAI = "openai"
OPENAI_URL = "https://api.openai.com/v1"
"""Stated with each request, so that no variable of the environment leads prompts elsewhere."""

DEEPEST_ARGUMENTS = 500
"""Brackets; what has more goes back as it came, before a library runs out of stack over it."""

NO_KEY = SecretStr("none")
"""For servers that want no key; a client refuses to send an empty one."""


async def ask(choice: ModelChoice, key: SecretStr, timeout: float, request: ModelRequest) -> ModelReply:
    """Send one request and gather its reply.

    Raises:
        InvalidInput: there is no such provider, or its package is not installed.
        Exception: whatever the provider's client raises.
    """
    if choice.provider != OPENAI:
        return await _gathered(_elsewhere(choice, timeout, request), request, choice.streaming)
    from openai import DefaultAsyncHttpxClient

    async with DefaultAsyncHttpxClient(timeout=timeout, follow_redirects=False) as http:
        return await _gathered(_openai(choice, key, (timeout, http), request), request, choice.streaming)


def refuse_unknown_provider(choice: ModelChoice) -> None:
    """Raises InvalidInput for a provider that LangChain does not know, or whose package is not installed."""
    if choice.provider == OPENAI:
        return
    from langchain.chat_models.base import _get_chat_model_creator

    try:
        _get_chat_model_creator(choice.provider)
    except ImportError as missing:
        package = getattr(missing.__cause__, "name", None) or f"langchain-{choice.provider}"
        raise InvalidInput(
            f"Models of {choice.provider} need a package that is not installed, {package.replace('_', '-')}.",
            f"install it with `pip install {package.replace('_', '-')}`, or choose openai:NAME",
        ) from missing
    except ValueError as unknown:
        raise InvalidInput(
            f"There is no provider of language models named {choice.provider}.",
            "name one that LangChain knows, e.g. openai:NAME",
        ) from unknown


async def _gathered(model: "Asked", request: ModelRequest, streaming: bool) -> ModelReply:
    from backend.agents.models.replies import Gathering, reply_of

    messages = [_message(message) for message in request.messages]
    if not streaming:
        return reply_of(await model.ainvoke(messages))
    gathering = Gathering()
    async for chunk in model.astream(messages):
        gathering.add(cast("AIMessageChunk", chunk))
        if gathering.too_long:
            break
    return gathering.reply()


def _openai(
    choice: ModelChoice, key: SecretStr, line: tuple[float, "httpx2.AsyncClient"], request: ModelRequest
) -> "Asked":
    """OpenAI's chat completions, or those of a server that answers like it, over this line with its timeout."""
    timeout, http = line
    body: dict[str, Any] = {limit_of_output(choice): choice.max_output}
    if "reasoning_effort" in request.options:
        body |= {"reasoning_effort": request.options["reasoning_effort"]}
    if request.options["mode"] == "structured":
        # In the body, past the SDK's own parsing: it raises inside of the call and takes text and usage with it.
        body |= {"response_format": {"type": "json_schema", "json_schema": {**request.options["form"], "strict": True}}}
    model = _chat_model(
        choice,
        api_key=key if key.get_secret_value() else NO_KEY,
        base_url=choice.endpoint or OPENAI_URL,
        timeout=timeout,  # the SDK asks for none at all where it is not told, whatever the connection says
        max_retries=0,
        use_responses_api=False,
        stream_usage=True,
        stream_chunk_timeout=None,
        http_async_client=http,
        openai_proxy="",
        extra_body=body,
    )
    tools = _functions(request, strict=True)
    return model.bind(tools=tools, tool_choice=_forced(request)) if tools else model


def _elsewhere(choice: ModelChoice, timeout: float, request: ModelRequest) -> "Asked":
    """Any other provider, by what all of LangChain's chat models have; each finds its key in its own variable."""
    refuse_unknown_provider(choice)
    stated = {"base_url": choice.endpoint} if choice.endpoint else {}
    model = _chat_model(choice, timeout=timeout, max_retries=0, max_tokens=choice.max_output, **stated)
    return bound(model, request)


def bound(model: "BaseChatModel", request: ModelRequest) -> "Asked":
    """The model with the form of the reply and the tools of a request, in LangChain's own terms."""
    options = request.options
    if options["mode"] == "plain":
        return model
    if options["mode"] == "structured" and not options["tools"]:
        schema = {"title": options["form"]["name"], **options["form"]["schema"]}
        return model.with_structured_output(schema, include_raw=True) | _raw
    forced = "any" if options["may_call"] else options["form"]["name"]
    return model.bind_tools(_functions(request, strict=False, with_form=True), tool_choice=forced)


def _raw(answered: Any) -> "AIMessage":
    return cast("AIMessage", answered["raw"])


def _chat_model(choice: ModelChoice, **facts: Any) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    return cast("BaseChatModel", init_chat_model(choice.name, model_provider=choice.provider, **facts))


def _functions(request: ModelRequest, *, strict: bool, with_form: bool = False) -> list[dict[str, Any]]:
    options = request.options
    tools = list(options.get("tools", ()))
    if options["mode"] == "tools" or (with_form and tools):
        form = options["form"]
        tools.append({"name": form["name"], "description": "The reply.", "parameters": form["schema"]})
    marked = {"strict": True} if strict else {}
    return [{"type": "function", "function": {**tool, **marked}} for tool in tools]


def _forced(request: ModelRequest) -> Any:
    may_call = request.options["may_call"]
    if request.options["mode"] != "tools":
        return "auto" if may_call else "none"
    if may_call:
        return "required"
    return {"type": "function", "function": {"name": request.options["form"]["name"]}}


def _message(message: WireMessage) -> "BaseMessage":
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    role, content = message["role"], message["content"]
    if role == "system":
        return SystemMessage(content)
    if role == "tool":
        return ToolMessage(content, tool_call_id=message["tool_call_id"])
    if role == "user":
        return HumanMessage(content)
    calls = [_arguments(call) for call in message.get("tool_calls", ())]
    return AIMessage(
        content,
        tool_calls=[call for call in calls if call["type"] == "tool_call"],
        invalid_tool_calls=[call for call in calls if call["type"] != "tool_call"],
    )


def _arguments(call: dict[str, str]) -> Any:
    named = {"id": call["id"], "name": call["name"]}
    text, arguments = call["arguments"], None
    if text.count("{") + text.count("[") < DEEPEST_ARGUMENTS:
        with suppress(ValueError):
            arguments = json.loads(text)
    if isinstance(arguments, dict):
        return {**named, "args": arguments, "type": "tool_call"}
    return {**named, "args": text, "error": None, "type": "invalid_tool_call"}
