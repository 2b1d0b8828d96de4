"""The bot that a session was kept as is found again, whole."""

import json

import pytest

from tests.cli.commands.conftest import Finished
from tests.cli.conftest import Backproof


@pytest.mark.slow
def test_a_bot_is_listed_and_shown(backproof: Backproof, kept: Finished) -> None:
    bot_id = kept.document["bot_id"]
    lines = json.loads(backproof("bots", "list", "--json").stdout)["bots"]
    assert [(line["bot_id"], line["name"]) for line in lines] == [(bot_id, "first")]
    bot = json.loads(backproof("bots", "show", bot_id, "--json").stdout)
    chosen = next(a for a in kept.document["attempts"] if a["attempt_id"] == kept.document["chosen"])
    assert bot["spec"] == chosen["spec"]
    assert bot["data_hash"] == kept.document["data_hash"]
    assert [link["content_hash"] for link in bot["datasets"]] == [
        link["content_hash"] for link in kept.document["datasets"]
    ]
    assert bot_id in backproof("bots", "show", bot_id).stdout


@pytest.mark.slow
def test_a_session_is_kept_only_once(backproof: Backproof, kept: Finished) -> None:
    ended = backproof("bots", "save", kept.document["session_id"], "--name", "second", "--json")
    assert ended.code == 2
    assert json.loads(ended.stdout)["error"]["type"] == "Conflict"


def test_no_bots_are_an_empty_list(backproof: Backproof) -> None:
    assert json.loads(backproof("bots", "list", "--json").stdout) == {"bots": []}
    assert backproof("bots", "show", "bot_none").code == 3
