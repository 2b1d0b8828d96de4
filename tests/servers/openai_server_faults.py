"""What can go wrong with an answer of the local OpenAI-shaped server: each fault changes one reply."""

import json
from collections.abc import Callable
from typing import Any

from tests.servers.openai_server import Fault
from tests.servers.openai_server_reply import Reply, error_reply

PAGE = "<html><body>502 Bad Gateway</body></html>"


def status(code: int, retry_after: float | None = None, retry_after_ms: float | None = 1) -> Fault:
    """A refusal by status; it asks for another try after so long, at once when nothing is said."""

    def fault(reply: Reply) -> None:
        refused = error_reply(reply.request, code, "The server had an error." if code >= 500 else "Refused.")
        reply.status, reply.text = refused.status, refused.text
        if code == 429 or code >= 500:
            if retry_after is not None:
                reply.headers["Retry-After"] = str(retry_after)
            if retry_after_ms is not None:
                reply.headers["retry-after-ms"] = str(retry_after_ms)

    return fault


def no_answer(reply: Reply) -> None:
    """Nothing comes until the server's ``released`` is set, the client leaves or the server is closed."""
    reply.hold = True


def cut_connection(reply: Reply) -> None:
    """The connection ends in the middle of the answer."""
    reply.sent = 0.5


def cut_stream(reply: Reply) -> None:
    """A stream ends early as if it were complete: no last piece, no usage; other answers are cut in their text."""
    reply.streamed = 0.5
    if not reply.request.streaming:
        malformed(reply)


def stalled_stream(reply: Reply) -> None:
    """The answer begins, and then nothing more comes."""
    reply.stalled = 0.5


def down_page(reply: Reply) -> None:
    """A page for people where a completion is expected."""
    reply.text = PAGE


def malformed(reply: Reply) -> None:
    """The model's JSON ends in the middle, although the answer is complete."""
    reply.content = reply.content[: len(reply.content) // 2]


def not_json(reply: Reply) -> None:
    """The model chats where a document is expected."""
    reply.content = "Sure! Here is a strategy that you will like: buy low, sell high."


def length_stop(reply: Reply) -> None:
    """The reply reaches its longest length in the middle."""
    reply.limit = max(1, reply.tokens.output // 2)


def wrong_tool(reply: Reply) -> None:
    """A function is called that nobody offered."""
    function = {"name": "save_bot", "arguments": reply.content or "{}"}
    call = {"id": f"call_{reply.request.n}", "type": "function", "function": function}
    reply.message |= {"content": None, "tool_calls": [call]}
    reply.finish_reason = "tool_calls"


def refusal(reply: Reply) -> None:
    """The model refuses."""
    reply.message = {"role": "assistant", "content": None, "refusal": "I'm sorry, I can't help with that."}
    reply.finish_reason = "stop"


def content_filter(reply: Reply) -> None:
    """The maker's filter stops the reply in the middle."""
    malformed(reply)
    reply.finish_reason = "content_filter"


def empty(reply: Reply) -> None:
    """An answer with nothing in it."""
    reply.message = {"role": "assistant", "content": "", "refusal": None}
    reply.finish_reason = "stop"


def ten_times_too_long(reply: Reply) -> None:
    """The model goes on and on: ten times its longest reply, or of what it had to say."""
    longest, reply.limit = reply.limit or reply.tokens.output, None
    reply.content += " and so on" * (4 * longest)  # ten characters are two tokens and a half


def no_usage(reply: Reply) -> None:
    """The counted tokens are not sent."""
    reply.tells_usage = False


def look_ahead(reply: Reply) -> None:
    """Every strategy reads the next bar."""
    _each_strategy(reply, lambda strategy: strategy.update(long_entry="lag(close, -1) > close"))


def many_parameters(reply: Reply) -> None:
    """Every strategy has 500 parameters."""
    extra = [{"name": f"p{n}", "kind": "int", "value": 2, "low": 1, "high": 9} for n in range(500)]
    _each_strategy(reply, lambda strategy: strategy.update(parameters=extra))


def saying(content: Any) -> Fault:
    """Something else is said: a document or a text."""

    def fault(reply: Reply) -> None:
        reply.content = content if isinstance(content, str) else json.dumps(content)

    return fault


def _each_strategy(reply: Reply, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(reply.content)
    for strategy in _strategies(document):
        change(strategy)
    reply.content = json.dumps(document)


def _strategies(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, dict) and "long_entry" in part:
        return [part]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [strategy for value in inner for strategy in _strategies(value)]
