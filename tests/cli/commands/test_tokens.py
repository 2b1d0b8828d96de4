"""Tokens are made, listed and revoked on the command line; what opens something is shown once."""

import json
import re

import pytest

from tests.cli.conftest import Backproof


def test_a_token_is_shown_once(backproof: Backproof) -> None:
    made = json.loads(backproof("tokens", "create", "laptop", "--days", "30", "--json").stdout)
    assert re.fullmatch(r"bp_[0-9a-f]{12}_[\w-]{43}", made["token"])
    listed = backproof("tokens", "list", "--json").stdout
    assert made["token"] not in listed
    [line] = json.loads(listed)["tokens"]
    assert line == {name: value for name, value in made.items() if name != "token"}
    assert line["expires_at"] > line["created_at"]


def test_a_revoked_token_stays_in_the_list(backproof: Backproof) -> None:
    token_id = json.loads(backproof("tokens", "create", "laptop", "--json").stdout)["token_id"]
    assert "yes" in backproof("tokens", "list").stdout
    assert json.loads(backproof("tokens", "revoke", token_id, "--json").stdout)["revoked_at"] is not None
    assert "revoked" in backproof("tokens", "list").stdout


def test_people_read_the_token_and_that_it_is_not_shown_again(backproof: Backproof) -> None:
    assert "make one with `backproof tokens create NAME`" in backproof("tokens", "list").stdout
    shown = backproof("tokens", "create", "laptop").stdout
    assert re.search(r"^bp_[0-9a-f]{12}_[\w-]{43}$", shown, re.M)
    assert "not shown again" in shown
    assert "never" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("revoke", "tok_1"), 3, 'no token "tok_1"'),
        (("create", ""), 2, "cannot be named so"),
        (("create", "x" * 81), 2, "cannot be named so"),
        (("create", "laptop", "--days", "0"), 2, "--days"),
    ],
)
def test_what_cannot_be_is_told(backproof: Backproof, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = backproof("tokens", *arguments)
    assert (ended.code, said in ended.stderr) == (code, True), ended.stderr
