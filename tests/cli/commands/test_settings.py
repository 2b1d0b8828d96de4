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
