"""Replies that cannot be used: they go back with the reason, at most twice, and then there is a clear end."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from backend.agents.models.limits import REPAIRS
from backend.domain.errors import InvalidInput, MalformedOutput
from tests.agents.models.samples import IDEA, MODES, PROMPT, SHAPE, Desk, choice
from tests.servers.openai_server import Fault, OpenAIServer, Say
from tests.servers.openai_server_faults import (
    content_filter,
    cut_stream,
    empty,
    length_stop,
    malformed,
    not_json,
    refusal,
    saying,
    stalled_stream,
    ten_times_too_long,
    wrong_tool,
)
from tests.servers.openai_server_reply import Reply

FAULTS: dict[str, tuple[Fault, str]] = {
    "malformed": (malformed, "no complete JSON"),
    "not_json": (not_json, "no complete JSON"),
    "empty": (empty, "is empty"),
    "wrong_tool": (wrong_tool, "calls save_bot, which cannot be called now"),
    "refusal": (refusal, "was refused|is empty"),  # a refusal that is streamed comes as nothing
    "length_stop": (length_stop, "was cut off because it was too long"),
    "content_filter": (content_filter, "content filter"),
    "cut": (cut_stream, "no complete JSON"),
    "unknown field": (saying(IDEA | {"price": 3}), "price: Extra inputs are not permitted"),
    "missing field": (saying({"title": "T", "legs": [{"when": "x"}]}), "side: Field required"),
    "wrong value": (saying(IDEA | {"side": "up"}), "side: Input should be 'long' or 'short'"),
    "no number": (saying('{"title": "T", "side": "long", "legs": [{"when": "x", "above": NaN}]}'), "NaN|finite"),
    "hype": (saying(IDEA | {"title": "To the moon"}), "the word moon is hype"),
}


OF_CONTENT = ("unknown field", "missing field", "wrong value", "no number", "hype")
"""Faults of what is said, which is read in the same way in all modes."""

CASES = [
    *((fault, mode, False) for fault in FAULTS for mode in MODES if mode == "structured" or fault not in OF_CONTENT),
    *((fault, "tools", True) for fault in ("empty", "refusal", "cut", "length_stop", "wrong_tool")),
]


@pytest.mark.parametrize(("fault", "mode", "streaming"), CASES)
def test_an_unusable_reply_is_repaired(
    openai_server: OpenAIServer, desk: Desk, fault: str, mode: str, streaming: bool
) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(FAULTS[fault][0])
    model = desk.model(choice(openai_server, output=mode, streaming=streaming))
    assert model.ask(desk.asker(), PROMPT, SHAPE).title == "Trend"
    first, second = openai_server.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert "Your reply cannot be used:" in second.messages[-1]["content"]
    assert re.search(FAULTS[fault][1], second.messages[-1]["content"])
    assert [call.status for call in desk.calls] == ["answered", "answered"]


@pytest.mark.parametrize("mode", MODES)
def test_the_third_unusable_reply_is_the_end(openai_server: OpenAIServer, desk: Desk, mode: str) -> None:
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_always(saying(IDEA | {"title": "To the moon"}))
    with pytest.raises(MalformedOutput, match="no usable reply in 3 tries: title: the word moon is hype") as caught:
        desk.model(choice(openai_server, output=mode)).ask(desk.asker(), PROMPT, SHAPE)
    assert caught.value.hint == 'did you mean "month"?'
    assert len(openai_server.requests) == REPAIRS + 1
    told = openai_server.requests[-1].messages[-1]["content"]
    assert "  To the moon\n         ^" in told  # the caret stands where it stood
    assert 'did you mean "month"?' in told


def test_the_check_sees_each_parsed_reply_once(openai_server: OpenAIServer, desk: Desk) -> None:
    seen: list[str] = []

    def check(idea: Any) -> None:
        seen.append(idea.title)
        if len(seen) < 2:
            raise InvalidInput("not yet")

    titles = iter(["first", "second"])
    openai_server.script = lambda _: Say(IDEA | {"title": next(titles)})
    openai_server.fail_at({1: malformed})
    titles = iter(["broken", "first", "second"])
    shape = SHAPE.__class__("idea", SHAPE.record, check)
    assert desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, shape).title == "second"
    assert seen == ["first", "second"]


def endless_stream(reply: Reply) -> None:
    """Too long already when it stalls: who waits for its end waits in vain."""
    ten_times_too_long(reply)
    stalled_stream(reply)


@pytest.mark.parametrize(
    ("output", "streaming"),
    [
        ("structured", False),
        pytest.param("structured", True, marks=pytest.mark.slow),
        pytest.param("tools", True, marks=pytest.mark.slow),
    ],
)
def test_a_reply_without_an_end_is_neither_kept_nor_sent_back_whole(
    openai_server: OpenAIServer, desks: Callable[..., Desk], output: str, streaming: bool
) -> None:
    desk = desks()
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_next(endless_stream if streaming else ten_times_too_long)
    model = desk.model(choice(openai_server, max_output=11_000, output=output, streaming=streaming))
    assert model.ask(desk.asker(), PROMPT, SHAPE).title == "Trend"
    repair = openai_server.requests[1]
    assert "far too long" in repair.messages[-1]["content"]
    assert len(repair.raw) < 20_000
    stored = desk.stores.models.find_reply("me", desk.calls[0].request_hash)
    assert stored is not None
    assert len(stored.reply.text) <= 200_001
    assert desk.calls[0].tokens.total >= 50_000
