"""Who may ask, by the settings; and what the settings must then hold."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.api.app import create_app
from backend.domain.errors import InvalidInput
from backend.settings import Settings
from tests.api.auth.project import Project
from tests.api.serving import ADDRESS, Service, service

PROJECT = {"supabase_url": "https://abc.supabase.co"}


def test_on_loopback_the_single_owner_asks_without_a_token(tmp_path: Path) -> None:
    served = service(tmp_path, owner="ann")
    served.accounts.acting_for("ann").tokens.create("ann", "of ann")
    assert [line["name"] for line in served.client().get("tokens").json()["tokens"]] == ["of ann"]


def test_a_token_that_is_sent_is_looked_at_even_there(served: Service) -> None:
    text, _ = served.accounts.acting_for("bob").tokens.create("bob", "of bob")
    assert [line["name"] for line in served.client(text).get("tokens").json()["tokens"]] == ["of bob"]
    assert served.client(text[:-1] + "!").get("tokens").status_code == 401
    assert served.client("eyJ.eyJ.sig").get("tokens").status_code == 401


@pytest.mark.parametrize("reached", ["192.0.2.7", "10.0.0.1", "0.0.0.0", "::", "2001:db8::1", "::ffff:192.0.2.7"])
def test_where_nobody_signs_in_no_other_machine_may_ask(served: Service, reached: str) -> None:
    host = f"[{reached}]" if ":" in reached else reached
    client = TestClient(served.app, f"http://{host}:8000", headers={"Host": "localhost"})
    for path in ("/api/v1/tokens", "/healthz", "/docs"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_with_tokens_nothing_of_accounts_is_told_without_one(with_tokens: Service) -> None:
    client = with_tokens.client()
    for path in ("tokens", "sessions", "nowhere", "metrics", f"{ADDRESS}/metrics"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
    assert client.get("openapi.json").status_code == 200
    assert client.get(f"{ADDRESS}/healthz").status_code == 200


@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Token {}", "Bearer {} {}", "{}", "Bearer {},Bearer {}", "Bearer \xe4"],
)
def test_credentials_of_another_kind_open_nothing(with_tokens: Service, sent: str) -> None:
    text, _ = with_tokens.accounts.service.tokens.create("local", "laptop")
    headers = {b"Authorization": sent.format(text, text).encode("latin-1")}
    assert with_tokens.client().get("tokens", headers=headers).status_code == 401
    double = [("Authorization", f"Bearer {text}"), ("Authorization", f"Bearer {text}")]
    assert with_tokens.client().get("tokens", headers=double).status_code == 401
    assert with_tokens.client(text).get("tokens").status_code == 200


def test_a_token_in_an_address_opens_nothing(with_tokens: Service) -> None:
    text, _ = with_tokens.accounts.service.tokens.create("local", "laptop")
    for name in ("token", "access_token", "authorization", "apikey"):
        assert with_tokens.client().get("tokens", params={name: text}).status_code == 401


def test_figures_of_everybody_are_told_to_the_owner_alone(with_tokens: Service) -> None:
    tokens = with_tokens.accounts.service.tokens
    mine, _ = tokens.create("local", "mine")
    yours, _ = tokens.create("somebody", "yours")
    for path in (f"{ADDRESS}/metrics", "metrics"):
        assert with_tokens.client(mine).get(path).status_code == 200
        assert with_tokens.client(yours).get(path).status_code == 403
    assert with_tokens.client(yours).get("strategies/metrics").status_code == 404  # only a name


def test_whoever_only_guesses_is_held_up_and_nobody_else(with_tokens: Service) -> None:
    good, _ = with_tokens.accounts.service.tokens.create("local", "laptop")
    known = with_tokens.client(good)
    assert known.get("tokens").status_code == 200
    guesses = [with_tokens.client(f"bp_{n:012x}_" + "x" * 43).get("tokens") for n in range(62)]
    assert [answer.status_code for answer in guesses] == [401] * 60 + [429] * 2
    assert int(guesses[-1].headers["retry-after"]) > 0
    assert known.get("tokens").status_code == 200


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"auth": "supabase"}, "no project is named"),
        (PROJECT, "no key for them"),
        (PROJECT | {"supabase_secret_key": "k"}, "no publishable key"),
        (PROJECT | {"supabase_jwt_secret": "short", "database_url": "sqlite:///x"}, "shorter than 32 bytes"),
        ({"allowed_origins": ("*",)}, 'origin "\\*"'),
        ({"allowed_origins": ("https://app.example.com/path",)}, "is none"),
        ({"allowed_hosts": ("*",)}, 'name "\\*"'),
    ],
)
def test_settings_that_cannot_serve_are_refused_at_the_start(settings: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidInput, match=wrong):
        create_app(Settings(**settings))


def test_a_database_of_its_own_needs_no_key_of_the_project(with_users: Service, project: Project) -> None:
    assert with_users.client(project.token()).get("tokens").status_code == 200
