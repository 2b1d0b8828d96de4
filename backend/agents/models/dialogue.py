"""One question to a model until its reply can be used: calls of tools are answered, unusable replies go back."""

from collections.abc import Callable
from typing import Any, Generic

from backend.agents.models.asking import Prompt, Shape, Shaped
from backend.agents.models.limits import LEFT_OUT, LONGEST_ECHO, REPAIRS, TOOL_ROUNDS
from backend.agents.models.offered import Tools
from backend.agents.models.parsing import usable
from backend.agents.models.requesting import Form, Question, WireMessage, opening, request_for
from backend.agents.models.schema import strict_schema
from backend.domain.errors import InvalidInput, MalformedOutput
from backend.domain.models import ModelChoice, ModelReply, ModelRequest
from backend.domain.quoting import shortened

Fetch = Callable[[ModelRequest], ModelReply]
"""Brings the reply to one request, recorded or fresh."""

LONGEST_REASON = 300


class Dialogue(Generic[Shaped]):
    """At most ``TOOL_ROUNDS`` rounds of tools and ``REPAIRS`` repairs, then a record or a clear end.

    Args:
        seed: of the session, which tells its requests from those of others.
    """

    def __init__(self, choice: ModelChoice, seed: int, prompt: Prompt, shape: Shape[Shaped], tools: Tools) -> None:
        self._choice = choice
        self._seed = seed
        self._shape = shape
        self._tools = tools
        self._form = Form(shape.name, strict_schema(shape.record))
        self._messages: list[WireMessage] = list(opening(choice, prompt, self._form))
        self._rounds_left = 0 if choice.output == "plain" or not tools.offered else TOOL_ROUNDS

    def run(self, fetch: Fetch) -> Shaped:
        """Ask until there is a record.

        Raises:
            MalformedOutput: there is none, repairs included.
        """
        trouble = InvalidInput("There is no reply.")
        for _ in range(REPAIRS + 1):
            reply = self._after_tools(fetch)
            try:
                return usable(reply, self._shape, self._choice)
            except InvalidInput as unusable:
                trouble = unusable
                self._send_back(reply, unusable)
        raise MalformedOutput(
            f"The model {self._choice.label} gave no usable reply in {REPAIRS + 1} tries: "
            f"{shortened(trouble.message, LONGEST_REASON)}",
            trouble.hint,
        )

    def _after_tools(self, fetch: Fetch) -> ModelReply:
        """The next reply that answers, calls of tools carried out before it."""
        while True:
            question = Question(self._form, self._tools.offered, may_call=self._rounds_left > 0)
            reply = fetch(request_for(self._choice, self._seed, self._messages, question))
            if not question.may_call or not reply.tool_calls or self._calls_for_form(reply):
                return reply
            calls = _numbered(reply, len(self._messages))
            self._messages += [_said(reply.text, calls), *self._tools.answers(calls)]
            self._rounds_left -= 1

    def _calls_for_form(self, reply: ModelReply) -> bool:
        return any(call["name"] == self._form.name for call in reply.tool_calls)

    def _send_back(self, reply: ModelReply, trouble: InvalidInput) -> None:
        complaint = f"{trouble.message}\n{trouble.hint}".strip()
        known = {self._form.name, *(tool.name for tool in self._tools.offered)}
        calls = _numbered(reply, len(self._messages))
        if self._choice.output == "plain" or not calls or any(call["name"] not in known for call in calls):
            if reply.text.strip():
                self._messages.append({"role": "assistant", "content": _echo(reply.text)})
            self._messages.append({"role": "user", "content": _asked_again(complaint)})
            return
        answers = [{"role": "tool", "tool_call_id": call["id"], "content": _asked_again(complaint)} for call in calls]
        self._messages += [_said(reply.text, calls), *answers]


def _asked_again(complaint: str) -> str:
    return f"Your reply cannot be used:\n{complaint}\nCorrect that and answer again."


def _numbered(reply: ModelReply, place: int) -> list[dict[str, Any]]:
    """The calls, each with an id of its own, for servers that give none or the same to several."""
    ids = [call["id"] for call in reply.tool_calls]
    own = len(set(ids)) == len(ids) and all(ids)
    return [
        {**call, "arguments": _echo(call["arguments"]), "id": call["id"] if own else f"call_{place}_{n}"}
        for n, call in enumerate(reply.tool_calls)
    ]


def _said(text: str, calls: list[dict[str, Any]]) -> WireMessage:
    return {"role": "assistant", "content": _echo(text), "tool_calls": calls}


def _echo(text: str) -> str:
    return shortened(text, LONGEST_ECHO, LEFT_OUT)
