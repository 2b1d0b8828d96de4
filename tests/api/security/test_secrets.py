"""Secrets are in no answer, no log line and no description."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from starlette.testclient import TestClient

from backend.observability import configure_logging, keep_secret
from tests.api.serving import ADDRESS, service

SECRETS = {
    "openai_api_key": "hush-openai-0123456789",
    "supabase_secret_key": "hush-supabase-0123456789",
    "supabase_jwt_secret": "hush-jwt-0123456789-0123456789-0123456789",
    "reddit_client_secret": "hush-reddit-0123456789",
}
HUSH = "hush-"


@pytest.fixture
def everything_is_logged() -> Iterator[None]:
    """Down to the last detail."""
    before, factory = structlog.get_config(), logging.getLogRecordFactory()
    configure_logging("debug", SECRETS.values())
    yield
    structlog.configure(**before)
    logging.setLogRecordFactory(factory)
    keep_secret(())


@pytest.mark.usefixtures("everything_is_logged")
def test_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated: dict[str, Any] = {name: SecretStr(value) for name, value in SECRETS.items()}
    served = service(tmp_path, auth="tokens", **stated)
    token, _ = served.accounts.service.tokens.create("local", "script")
    client = served.client(token, quiet=True)
    answers = [
        client.get(path) for path in ("openapi.json", "tokens", "sessions", "data/status", "language", "metrics")
    ]
    answers.append(client.delete(f"tokens/{token}"))
    answers.append(client.get("tokens", headers={"Authorization": f"Bearer {token}x"}))
    answers.append(TestClient(served.app, ADDRESS).get("/docs"))
    for answer in answers:
        said = answer.text + json.dumps(dict(answer.headers))
        assert HUSH not in said
        assert token not in said, answer.url
    logged = capsys.readouterr().err
    assert "request.answered" in logged
    assert HUSH not in logged
    assert token not in logged
