"""Tokens of scripts: made, listed, revoked, and shown once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.services.tokens import Tokens, hash_of
from backend.stores import Stores, open_database
from tests.api.serving import Service

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_token_signs_in_until_it_is_revoked(with_tokens: Service) -> None:
    text, first = with_tokens.accounts.service.tokens.create("local", "first")
    client = with_tokens.client(text)
    made = client.post("tokens", json={"name": "second", "expires_at": "2100-01-01T00:00:00+01:00"})
    assert made.status_code == 201
    second = made.json()
    assert second["expires_at"] == "2099-12-31T23:00:00Z"
    listed = client.get("tokens").json()["tokens"]
    assert [line["token_id"] for line in listed] == [second["token_id"], first.token_id]
    assert "token" not in listed[0]
    assert with_tokens.client(second["token"]).get("tokens").status_code == 200
    revoked = client.delete(f"tokens/{second['token_id']}")
    assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (200, False)
    assert with_tokens.client(second["token"]).get("tokens").status_code == 401
    assert client.delete(f"tokens/{second['token_id']}").json() == revoked.json()


def test_a_token_of_somebody_else_does_not_exist(with_tokens: Service) -> None:
    tokens = with_tokens.accounts.service.tokens
    mine, _ = tokens.create("ann", "mine")
    _, theirs = tokens.create("bob", "theirs")
    client = with_tokens.client(mine)
    answers = [client.delete(f"tokens/{token_id}") for token_id in (theirs.token_id, "tok_000000000000")]
    assert [answer.status_code for answer in answers] == [404, 404]
    told = [answer.text.replace(theirs.token_id, "ID").replace("tok_000000000000", "ID") for answer in answers]
    assert told[0] == told[1]
    assert tokens.load("bob", theirs.token_id).revoked_at is None


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"name": "a\u0007b"},
        {"name": 7},
        {},
        {"name": "a", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "a", "expires_at": "2100-01-01T00:00:00"},
        {"name": "a", "expires_at": "soon"},
        {"name": "a", "owner": "bob"},
    ],
    ids=str,
)
def test_a_token_that_cannot_be_is_refused(served: Service, body: dict[str, object]) -> None:
    assert served.client().post("tokens", json=body).status_code == 422
    assert served.client().get("tokens").json()["tokens"] == []


def test_only_a_hash_is_stored(served: Service, tmp_path: Path) -> None:
    text = served.client().post("tokens", json={"name": "laptop"}).json()["token"]
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert text.encode() not in kept
    assert text[-43:].encode() not in kept
    assert bytes.fromhex(hash_of(text)) in kept


def test_a_token_ends_at_its_moment(tmp_path: Path) -> None:
    now = [NOON]
    store = Stores.over(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")).tokens
    tokens = Tokens(store, (lambda: now[0], lambda prefix: f"{prefix}_0123456789ab"), lambda: "s" * 43)
    text, token = tokens.create("ann", " laptop ", NOON + timedelta(hours=1))
    assert (text, token.name) == ("bp_0123456789ab_" + "s" * 43, "laptop")
    now[0] = NOON + timedelta(minutes=59, seconds=59)
    assert tokens.find(text) == token
    now[0] = NOON + timedelta(hours=1)
    assert tokens.find(text) is None
    with pytest.raises(InvalidInput, match="would have expired"):
        tokens.create("ann", "late", NOON)
