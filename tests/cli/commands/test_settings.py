"""Effective settings are shown with their origin and without secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Backproof


def _shown(backproof: Backproof) -> dict[str, dict[str, Any]]:
    ended = backproof("settings", "--json")
    assert (ended.code, ended.stderr) == (0, "")
    return {line["name"]: line for line in json.loads(ended.stdout)["settings"]}


def test_a_password_in_the_database_url_is_masked(backproof: Backproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_DATABASE_URL", "postgresql://ann:s3cret@db/backproof")
    line = _shown(backproof)["BACKPROOF_DATABASE_URL"]
    assert line == {
        "name": "BACKPROOF_DATABASE_URL",
        "value": "postgresql://***@db/backproof",
        "origin": "environment",
    }
    assert "s3cret" not in backproof("settings").stdout


def test_each_setting_says_where_it_comes_from(
    backproof: Backproof, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    (own_home / ".env").write_text("BACKPROOF_SPLIT=60/20/20\n")
    monkeypatch.setenv("BACKPROOF_PRICES", "sample")
    shown = _shown(backproof)
    assert shown["BACKPROOF_SPLIT"]["origin"] == ".env"
    assert shown["BACKPROOF_SPLIT"]["value"] == [60, 20, 20]
    assert shown["BACKPROOF_PRICES"] == {"name": "BACKPROOF_PRICES", "value": ["sample"], "origin": "environment"}
    assert shown["BACKPROOF_LOG_LEVEL"]["origin"] == "default"


def test_people_see_a_table(backproof: Backproof) -> None:
    assert "BACKPROOF_POSTS" in backproof("settings").stdout


def test_a_model_is_shown_with_its_prices_and_limits_and_without_its_key(
    backproof: Backproof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-of-mine")
    monkeypatch.setenv("BACKPROOF_MODEL_PRICES", "openai:some-model=0.25/2/0.025")
    monkeypatch.setenv("BACKPROOF_BUDGET_TOKENS", "50000")
    shown = _shown(backproof)
    assert shown["OPENAI_API_KEY"]["value"] == "***"
    assert shown["BACKPROOF_MODEL_PRICES"]["value"] == ["openai:some-model=0.25/2/0.025"]
    assert shown["BACKPROOF_BUDGET_TOKENS"]["value"] == 50_000
    assert shown["BACKPROOF_BUDGET_SECONDS"]["value"] is None
    assert "of-mine" not in backproof("settings").stdout
