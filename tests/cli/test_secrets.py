"""Secrets in settings come out nowhere: not in logs, errors, tracebacks, documents, the store or the checkpoints."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.openai_server import KEY, OpenAIServer
from tests.servers.openai_server_reply import Reply, error_reply

PLANTED = {
    "OPENAI_API_KEY": KEY,
    "SUPABASE_SECRET_KEY": "planted in words of its own 1",
    "SUPABASE_JWT_SECRET": "planted-2-eyes-only",
    "REDDIT_CLIENT_SECRET": "planted_3_q8Zr",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_planted4",
    "LANGSMITH_API_KEY": "lsv2_planted5_abcdef",
    "ANTHROPIC_API_KEY": "sk-ant-planted-6",
}
"""What nobody may read again, by the variable that holds it."""

ASKED = ("iterate", "momentum on AAPL from 2008 to 2012", "--iterations", "1", "--strategist", "llm", "--debug")


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {"BACKPROOF_PRICES": "sample", "PATH": "/usr/bin:/bin", **PLANTED, **variables}
    program = [sys.executable, "-m", "backend.cli", *arguments]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=120)


def found_in(text: str | bytes) -> list[str]:
    raw = text.encode() if isinstance(text, str) else text
    return [name for name, value in PLANTED.items() if value.encode() in raw]


def echo_the_key(reply: Reply) -> None:
    """Refuse it as a careless server does: with what it was sent."""
    told = f"Incorrect API key provided: {reply.request.headers['authorization']}, {PLANTED['REDDIT_CLIENT_SECRET']}"
    refused = error_reply(reply.request, 401, told)
    reply.status, reply.text = refused.status, refused.text


@pytest.mark.slow
@pytest.mark.parametrize("careless", [True, False])
def test_nothing_that_a_session_says_or_keeps_holds_a_secret(
    openai_server: OpenAIServer, tmp_path: Path, careless: bool
) -> None:
    openai_server.fail_always(echo_the_key if careless else None)
    data = tmp_path / "data"
    variables = {
        "HOME": str(tmp_path),
        "BACKPROOF_DATA_DIR": str(data),
        "BACKPROOF_LOG_LEVEL": "debug",
        "BACKPROOF_MODEL": "openai:scripted-model",
        "BACKPROOF_MODEL_PRICES": "openai:scripted-model=0/0",
        "OPENAI_BASE_URL": openai_server.url,
        "OPENAI_LOG": "debug",
    }
    ended = run(*ASKED, "--json", **variables)
    listed = run("settings", "--json", **variables)
    assert len(openai_server.requests) > 0
    assert (ended.returncode == 0) is not careless, ended.stderr
    told = ended.stdout + ended.stderr + listed.stdout + listed.stderr
    assert found_in(told) == []
    files = [path for path in data.rglob("*") if path.is_file()]
    assert {"backproof.sqlite", "checkpoints.sqlite"} <= {path.name for path in files}
    assert [(path.name, found_in(path.read_bytes())) for path in files if found_in(path.read_bytes())] == []


def test_a_password_of_the_store_is_in_no_traceback() -> None:
    address = "postgresql://somebody:planted%2Dword-of-the-store@127.0.0.1:1/none"
    ended = run("sessions", "list", "--debug", HOME="/nonexistent", BACKPROOF_DATABASE_URL=address)
    assert ended.returncode == 5
    assert "Traceback" in ended.stderr
    assert "word-of-the-store" not in ended.stdout + ended.stderr
