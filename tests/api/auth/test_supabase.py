"""Users of a Supabase project: each sees their own rows, by their own token and by tokens of their scripts."""

import jwt
import pytest
from starlette.testclient import TestClient

from tests.api.serving import Service
from tests.servers.supabase_lite import SupabaseLite
from tests.stores.supabase.accounts import ANN, BOB

pytestmark = pytest.mark.slow


def test_users_have_tokens_of_their_own(with_accounts: Service, ann: TestClient, bob: TestClient) -> None:
    made = ann.post("tokens", json={"name": "of ann"})
    assert made.status_code == 201, made.text
    assert [line["name"] for line in ann.get("tokens").json()["tokens"]] == ["of ann"]
    assert bob.get("tokens").json()["tokens"] == []
    assert bob.delete(f"tokens/{made.json()['token_id']}").status_code == 404
    script = with_accounts.client(made.json()["token"])
    assert [line["name"] for line in script.get("tokens").json()["tokens"]] == ["of ann"]
    assert ann.delete(f"tokens/{made.json()['token_id']}").status_code == 200
    assert script.get("tokens").status_code == 401


def test_what_is_sent_twice_under_a_key_is_done_once(ann: TestClient, bob: TestClient) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (ann.post("tokens", json={"name": "laptop"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert again.json() == first.json() | {"token": None}
    assert bob.post("tokens", json={"name": "laptop"}, headers=key).json()["token_id"] != first.json()["token_id"]


def test_the_project_itself_looks_at_the_token(with_accounts: Service, supabase_lite: SupabaseLite) -> None:
    """A user's own application reads with the user's token, so the database hides what is not theirs."""
    with_accounts.client(supabase_lite.token(ANN)).get("tokens")
    account = next(account for account in with_accounts.accounts._kept if account.owner == ANN)
    assert account.access_token is not None
    assert with_accounts.accounts.application(account).tokens.list(BOB) == ()


def test_forged_and_expired_tokens_open_nothing(with_accounts: Service, supabase_lite: SupabaseLite) -> None:
    good = jwt.decode(supabase_lite.token(ANN), options={"verify_signature": False})
    bad = [
        supabase_lite.token(ANN, seconds=-60),
        supabase_lite.token(ANN, secret="x" * 64),
        jwt.encode(good | {"aud": "anon"}, supabase_lite.jwt_secret, algorithm="HS256"),
        jwt.encode(good, "", algorithm="none"),
        supabase_lite.publishable_key,
        supabase_lite.secret_key,
        supabase_lite.jwt_secret,
    ]
    for token in bad:
        answer = with_accounts.client(token).get("tokens")
        assert (answer.status_code, answer.json()["detail"]) == (401, "The token is not valid.")
        assert token not in answer.text
