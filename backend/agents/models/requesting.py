"""Requests to a model in the one form that is sent, hashed and recorded."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from backend.agents.models.asking import Prompt
from backend.agents.models.schema import Schema
from backend.domain.models import ModelChoice, ModelRequest

WireMessage = dict[str, Any]
"""``role`` and ``content``; beside them ``tool_calls`` of a reply (id, name, arguments), or the ``tool_call_id`` that
a tool's result answers."""

BY_COMPLETION = ("openai.com", "azure.com")
"""Hosts whose newer models refuse ``max_tokens``; Ollama and LM Studio know nothing else."""

OF_OPENAI = re.compile(r"gpt-\d|o\d")
"""How names of OpenAI's own models begin, behind whatever address; open ones, such as gpt-oss, are called otherwise."""

ONLY_JSON = (
    "Answer with one JSON object and nothing else: no words before or after it, no code fence. "
    "It has every field of this JSON schema, and no other:\n"
)


@dataclass(frozen=True)
class Form:
    """What a reply must look like: the name and the schema of the one object that is asked for."""

    name: str
    schema: Schema


@dataclass(frozen=True)
class OfferedTool:
    """A tool as a model is told about it."""

    name: str
    description: str
    parameters: Schema


@dataclass(frozen=True)
class Question:
    """What is asked for.

    Attributes:
        tools: the same in all requests of a question, since they stand at the front of what a maker caches.
        may_call: whether the model may still call one.
    """

    form: Form
    tools: tuple[OfferedTool, ...] = ()
    may_call: bool = False


def opening(choice: ModelChoice, prompt: Prompt, form: Form) -> tuple[WireMessage, ...]:
    """The messages of a first request: the stable text first, the schema in it where nothing else carries it."""
    plain = choice.output == "plain"
    schema = f"\n\n{ONLY_JSON}{json.dumps(form.schema, ensure_ascii=False)}" if plain else ""
    said = tuple({"role": message.role, "content": message.text} for message in prompt.messages)
    return ({"role": "system", "content": prompt.system + schema}, *said)


def request_for(choice: ModelChoice, seed: int, messages: Sequence[WireMessage], question: Question) -> ModelRequest:
    """One request; ``seed`` is not sent, it only tells requests of different sessions apart."""
    options: dict[str, Any] = {"mode": choice.output, "max_output": choice.max_output, "seed": seed}
    if choice.output != "plain":
        tools = [vars(tool) for tool in question.tools]
        options |= {"form": vars(question.form), "tools": tools, "may_call": question.may_call}
    if _must_not_reason(choice, options):
        options |= {"reasoning_effort": "none"}
    return ModelRequest(model=choice.label, endpoint=choice.endpoint, messages=tuple(messages), options=options)


def limit_of_output(choice: ModelChoice) -> str:
    """The name by which the model's server knows the longest reply."""
    host = urlsplit(choice.endpoint).hostname or BY_COMPLETION[0]
    by_completion = host.endswith(BY_COMPLETION) or OF_OPENAI.match(choice.name)
    return "max_completion_tokens" if by_completion else "max_tokens"


def _must_not_reason(choice: ModelChoice, options: dict[str, Any]) -> bool:
    # OpenAI's chat completions refuse tools of these models unless they are told not to reason.
    with_tools = choice.output == "tools" or bool(options.get("tools"))
    return with_tools and choice.provider == "openai" and choice.name.startswith(("gpt-5.6", "gpt-6"))
