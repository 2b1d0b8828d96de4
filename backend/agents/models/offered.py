"""Read-only tools that a model may call before it answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from backend.agents.models.asking import Asker
from backend.agents.models.limits import CALLS_A_ROUND, LEFT_OUT, LONGEST_RESULT
from backend.agents.models.requesting import OfferedTool, WireMessage
from backend.agents.models.schema import strict_schema
from backend.agents.spans import tool_call_span
from backend.domain.errors import Conflict, DataUnavailable, InvalidInput, NotFound
from backend.domain.quoting import shortened
from backend.domain.suggestions import did_you_mean

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

ToolCall = dict[str, Any]


class Tools:
    """The tools of one question; a tool's error goes back to the model, in the words that people get.

    Raises:
        TypeError: a tool's arguments cannot be said in a strict schema.
    """

    def __init__(self, asker: Asker, tools: "Sequence[BaseTool]") -> None:
        self._asker = asker
        self._tools = {tool.name: tool for tool in tools}
        self.offered = tuple(
            OfferedTool(tool.name, tool.description, strict_schema(_arguments_of(tool))) for tool in tools
        )

    def answers(self, calls: Sequence[ToolCall]) -> list[WireMessage]:
        """A message for each call, in their order."""
        return [
            {"role": "tool", "tool_call_id": call["id"], "content": self._answer(call, n)}
            for n, call in enumerate(calls, 1)
        ]

    def _answer(self, call: ToolCall, n: int) -> str:
        if n > CALLS_A_ROUND:
            return f"not carried out: at most {CALLS_A_ROUND} calls at a time"
        tool = self._tools.get(call["name"])
        if tool is None:
            return f"there is no such tool; {did_you_mean(call['name'], self._tools) or 'there are'} " + ", ".join(
                self._tools
            )
        try:
            given = _arguments_of(tool).model_validate_json(call["arguments"] or "{}")
        except ValidationError as refused:
            return f"wrong arguments: {_first(refused)}"
        with tool_call_span(tool.name, self._asker.session):
            return _run(tool, given)


def _run(tool: "BaseTool", given: BaseModel) -> str:
    try:
        said = str(tool.invoke(dict(given)))
    except (InvalidInput, NotFound, Conflict, DataUnavailable) as refused:
        said = f"{refused.message}\n{refused.hint}".strip()
    return shortened(said, LONGEST_RESULT, LEFT_OUT)


def _arguments_of(tool: "BaseTool") -> type[BaseModel]:
    if isinstance(tool.args_schema, type) and issubclass(tool.args_schema, BaseModel):
        return tool.args_schema
    raise TypeError(f"the tool {tool.name} does not state its arguments as a record")


def _first(refused: ValidationError) -> str:
    error = refused.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, error['loc'])) or 'the whole'}: {error['msg']}"[:300]
