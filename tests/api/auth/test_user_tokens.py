"""Access tokens of users: good ones open, and every kind of bad one is refused in the same words."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import SecretStr

from backend.api.auth.published_keys import BETWEEN, FRESH, PublishedKeys
from backend.api.auth.user_tokens import user_tokens
from backend.domain.errors import Unavailable
from backend.settings import Settings
from tests.api.auth.project import ANN, ISSUED, Project, claims
from tests.api.serving import Service, service

SECRET = "a secret of an older project, long enough for every way of signing with secrets"
LONG_AGO, NOT_YET = 1_000_000_000, 4_000_000_000
"""Seconds since 1970."""


def refused(served: Service, token: str) -> bool:
    answer = served.client(token).get("tokens")
    if answer.status_code == 200:
        return False
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == "The token is not valid."
    return True


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_of_the_project_opens_the_rows_of_its_user(with_users: Service, project: Project) -> None:
    made = with_users.client(project.token()).post("tokens", json={"name": "laptop"})
    assert made.status_code == 201
    assert [token.owner for token in with_users.accounts.service.tokens.list(ANN)] == [ANN]
    others = with_users.client(project.token(sub="somebody else")).get("tokens")
    assert others.json() == {"tokens": [], "next": None}
    assert with_users.client(made.json()["token"]).get("tokens").json()["tokens"][0]["name"] == "laptop"


def test_keys_are_asked_for_once(with_users: Service, project: Project) -> None:
    for _ in range(3):
        assert with_users.client(project.token()).get("tokens").status_code == 200
    assert project.asked == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": LONG_AGO},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 1e300},
        {"nbf": NOT_YET},
        {"iat": NOT_YET},
        {"aud": "anon"},
        {"aud": None},
        {"aud": ["another", "one"]},
        {"sub": None},
        {"sub": ""},
        {"sub": " "},
        {"sub": "x" * 101},
        {"sub": "a\nb"},
        {"sub": "a\0b"},
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(with_users: Service, project: Project, changes: dict[str, Any]) -> None:
    assert refused(with_users, project.token(**changes))


def test_a_number_is_no_user(with_users: Service, project: Project) -> None:
    forged = jwt.PyJWS().encode(
        json.dumps(claims() | {"sub": 7}).encode(), project.keys["first"], "ES256", {"kid": "first"}
    )
    assert refused(with_users, forged)


def test_an_unsigned_token_is_refused(with_users: Service) -> None:
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        assert refused(with_users, f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'first'})}.{part(claims())}.")
    assert refused(with_users, jwt.encode(claims(), "", algorithm="none"))


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(with_users: Service, project: Project) -> None:
    for secret in (
        project.public_text(),
        project.public_text().strip(),
        json.dumps(project.published("first")).encode(),
    ):
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{part(claims())}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        assert refused(with_users, f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def test_a_token_of_another_key_is_refused(with_users: Service, project: Project) -> None:
    another = ec.generate_private_key(ec.SECP256R1())
    for kid in ("first", "second", "", "../first", None):
        headers = {} if kid is None else {"kid": kid}
        assert refused(with_users, jwt.encode(claims(), another, algorithm="ES256", headers=headers))
    stolen = {"jwk": project.published("first"), "jku": f"{project.url}/other", "kid": "first"}
    assert refused(with_users, jwt.encode(claims(), another, algorithm="ES256", headers=stolen))


def test_another_algorithm_is_refused(with_users: Service, project: Project) -> None:
    key = rsa.generate_private_key(65537, 2048)
    project.more = [
        dict(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)) | {"kid": "rsa", "alg": "RS256"},
        {"kid": "odd", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kid": "secret", "kty": "oct", "k": "AAAA"},
    ]
    assert refused(with_users, jwt.encode(claims(), key, algorithm="RS256", headers={"kid": "rsa"}))
    assert refused(with_users, jwt.encode(claims(), SECRET, algorithm="HS256", headers={"kid": "secret"}))
    assert not refused(with_users, project.token())


def test_a_changed_or_broken_token_is_refused(with_users: Service, project: Project) -> None:
    head, body, mark = project.token().split(".")
    for forged in (
        f"{head}.{part(claims() | {'sub': 'bob'})}.{mark}",
        f"{head}.{body}.{mark[:-4]}AAAA",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{mark}.{mark}",
        "a.b.c",
        "x" * 10_000,
        "...",
        "bp_",
        "bp_0123456789ab_" + "x" * 43,
    ):
        assert refused(with_users, forged), forged


def test_a_secret_of_an_older_project_signs_as_well(tmp_path: Path, project: Project) -> None:
    database = f"sqlite:///{tmp_path / 'kept.sqlite'}"
    served = service(tmp_path, supabase_url=project.url, database_url=database, supabase_jwt_secret=SecretStr(SECRET))
    assert not refused(served, jwt.encode(claims(), SECRET, algorithm="HS256"))
    assert refused(served, jwt.encode(claims(), SECRET + "!", algorithm="HS256"))
    assert refused(served, jwt.encode(claims(), SECRET, algorithm="HS512"))
    assert not refused(served, project.token())


def test_a_hosted_project_has_issued_its_tokens_itself() -> None:
    settings = Settings(supabase_url="https://abc.supabase.co/", supabase_jwt_secret=SecretStr(SECRET))
    tokens = user_tokens(settings, time.monotonic)
    for issuer, user in ((ISSUED, ANN), ("https://xyz.supabase.co/auth/v1", None), (None, None)):
        told = claims() | ({"iss": issuer} if issuer else {})
        found = tokens.user(jwt.encode(told, SECRET, algorithm="HS256"))
        assert (found.owner if found else None) == user


def test_nobody_can_be_checked_while_the_project_is_away(with_users: Service, project: Project) -> None:
    project.away = True
    answer = with_users.client(project.token()).get("tokens")
    assert (answer.status_code, answer.json()["title"]) == (503, "Unavailable")
    assert "retry-after" in answer.headers


class Clock:
    """Seconds that a test lets pass."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def keys_of(project: Project) -> tuple[PublishedKeys, Clock]:
    clock = Clock()
    return PublishedKeys(f"{project.url}/auth/v1/.well-known/jwks.json", clock), clock


def test_invented_names_of_keys_do_not_flood_the_project(project: Project) -> None:
    keys, clock = keys_of(project)
    for n in range(50):
        assert keys.find(f"invented {n}") is None
    assert project.asked == 1
    clock.now += BETWEEN
    assert keys.find("invented") is None
    assert project.asked == 2


def test_a_new_key_is_found_and_a_withdrawn_one_forgotten(project: Project) -> None:
    keys, clock = keys_of(project)
    assert keys.find("first") is not None
    project.keys = {"second": ec.generate_private_key(ec.SECP256R1())}
    clock.now += BETWEEN
    assert keys.find("second") is not None
    assert keys.find("first") is None


def test_known_keys_serve_on_while_the_project_is_away(project: Project) -> None:
    keys, clock = keys_of(project)
    assert keys.find("first") is not None
    project.away = True
    clock.now += FRESH
    assert keys.find("first") is not None
    assert keys.find("second") is None
    fresh, _ = keys_of(project)
    for _ in range(2):
        with pytest.raises(Unavailable, match="does not tell its keys"):
            fresh.find("first")
