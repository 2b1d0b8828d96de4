"""A scripted model that uses every tool it is offered before it proposes, and asks for whatever they may give."""

import json
from typing import Any

from tests.servers.openai_replies import candidate, scripted_model
from tests.servers.openai_server import CallTools, Request, Say, Script
from tests.servers.openai_server_reply import Scripted

A_ROUND = 4
"""Calls of a round at most."""


def curious(*left_alone: str) -> Script:
    """A script that calls every tool but those once, and answers from every key that it is shown."""
    return lambda request: _reply(request, left_alone)


def _reply(request: Request, left_alone: tuple[str, ...]) -> Scripted:
    shape = request.schema.get("properties", {})
    asked = sum(message.get("role") == "assistant" for message in request.messages)
    offered = [name for name in request.tools if name not in (request.forced, *left_alone)]
    called = offered[asked * A_ROUND :][:A_ROUND]
    if "candidates" in shape and called:
        return CallTools(*((name, _arguments(name, request)) for name in called))
    if "candidates" in shape:
        return Say({"candidates": [candidate(request, skip) for skip in (0, 1)]})
    return Say(_answer(request)) if "parts" in shape else scripted_model(request)


def _arguments(name: str, request: Request) -> Any:
    strategy = {k: v for k, v in candidate(request, 2).items() if k not in ("changes_attempt", "why")}
    known: dict[str, Any] = {
        "attempts": {"numbers": [1, 2, 3]},
        "compare": {"earlier": 1, "later": 2},
        "language": {"kind": "expression", "text": "sma(close, 20) > close"},
        "backtest": strategy,
    }
    return known.get(name, {})


def _answer(request: Request) -> Any:
    keys = [
        json.loads(f'"{line[2:].partition(":")[0]}"') for line in request.told.splitlines() if line.startswith("- ")
    ]
    parts = [{"words": None, "key": key} for key in keys]
    return {"parts": [{"words": "It did as follows: ", "key": None}, *parts[:20]]}
