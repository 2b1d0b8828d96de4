"""The bot that a session was kept as is found again, whole."""

import json
import sqlite3
from contextlib import closing

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


@pytest.mark.slow
def test_verifying_recomputes_every_number(backproof: Backproof, kept: Finished) -> None:
    ended = backproof("bots", "verify", kept.document["bot_id"], "--json")
    assert ended.code == 0
    found = json.loads(ended.stdout)
    assert (found["outcome"], found["differences"]) == ("reproduced", [])
    assert all(check["stored"] == check["found"] and check["same"] for check in found["checks"])
    assert "REPRODUCED" in backproof("bots", "verify", kept.document["bot_id"]).stdout


@pytest.mark.slow
def test_a_bot_that_changed_exits_with_1_and_says_what(backproof: Backproof, own_kept: Finished) -> None:
    bot_id = own_kept.document["bot_id"]
    with closing(sqlite3.connect(own_kept.data_dir / "backproof.sqlite")) as connection, connection:
        tampered = "update bots set document = json_set(document, '$.metrics.train.trades', 7)"
        connection.execute(tampered)
    ended = backproof("bots", "verify", bot_id, "--json")
    assert ended.code == 1
    (difference,) = json.loads(ended.stdout)["differences"]
    assert (difference["period"], difference["metric"], difference["stored"]) == ("train", "trades", 7)
    shown = backproof("bots", "verify", bot_id)
    assert shown.code == 1
    assert "CHANGED" in shown.stdout
    assert "Results on train: not what was stored." in shown.stdout


@pytest.mark.slow
def test_deleting_asks_first_and_keeps_session_and_datasets(backproof: Backproof, own_kept: Finished) -> None:
    document = own_kept.document
    refused = backproof("bots", "delete", document["bot_id"])
    assert refused.code == 2
    assert "Delete the bot bot_" in refused.stderr
    assert "--yes" in refused.stderr
    deleted = json.loads(backproof("bots", "delete", document["bot_id"], "--yes", "--json").stdout)
    assert deleted["deleted"] == document["bot_id"]
    assert deleted["kept"] == {
        "session_id": document["session_id"], "datasets": [link["id"] for link in document["datasets"]],
    }  # fmt: skip
    assert backproof("bots", "show", document["bot_id"]).code == 3
    again = backproof("bots", "save", document["session_id"], "--name", "again", "--json")
    assert json.loads(again.stdout)["name"] == "again"


@pytest.mark.parametrize("verb", ["verify", "delete"])
def test_an_unknown_bot_is_not_found(backproof: Backproof, verb: str) -> None:
    assert backproof("bots", verb, "bot_none", "--json").code == 3


def test_no_bots_are_an_empty_list(backproof: Backproof) -> None:
    assert json.loads(backproof("bots", "list", "--json").stdout) == {"bots": []}
    assert backproof("bots", "show", "bot_none").code == 3
