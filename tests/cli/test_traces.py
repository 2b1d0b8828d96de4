"""LangSmith sees a session only when it was asked to by its present name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.openai_server import OpenAIServer

ASKED = ("iterate", "momentum please")
"""It names no symbol, so the graph ends with a question."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stated", "sent"),
    [
        ({"LANGCHAIN_TRACING_V2": "true", "LANGSMITH_TRACING_V2": "true", "LANGCHAIN_TRACING": "true"}, False),
        ({"LANGSMITH_TRACING": "true"}, True),
    ],
)
def test_traces_leave_only_when_asked_by_the_present_name(
    openai_server: OpenAIServer, tmp_path: Path, stated: dict[str, str], sent: bool
) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "BACKPROOF_PRICES": "sample",
        "LANGSMITH_API_KEY": "lsv2_for_nobody",
        "LANGCHAIN_API_KEY": "lsv2_for_nobody",
        "LANGSMITH_ENDPOINT": openai_server.url,
        "LANGCHAIN_ENDPOINT": openai_server.url,
        **stated,
    }
    program = [sys.executable, "-m", "backend.cli", *ASKED]
    ended = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 2, ended.stderr
    told = b"".join(request.raw for request in openai_server.requests)
    assert ((b"LangGraph" in told), bool(openai_server.requests)) == (sent, sent)  # the graph's own, which ends last
