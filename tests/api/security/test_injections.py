"""Strings that mean something to a database, a shell, a template or a file system mean nothing here."""

from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.api.security.test_two_users import OPERATIONS, PLACE
from tests.api.serving import Service, service

pytestmark = pytest.mark.slow

STRINGS = (
    "' or '1'='1",
    "'; drop table sessions; --",
    '" or ""="',
    "1) union select token_hash from api_tokens --",
    "%' and 1=1 --",
    "../../../../etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
    "$(id)`id`|id;id",
    "<script>alert(1)</script>",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
    "\N{ROCKET}" * 40,
    "-1",
    "99999999999999999999999999",
    "1e999",
    "NaN",
    "null",
    "x" * 1_000,
    "%s%n%x",
    "*",
)
EACH = 5
"""Each place is tried with every fifth of them, beginning with another one: all are tried in some place."""


def places() -> list[tuple[str, str]]:
    """Method and address of every operation, with one place left open: an id in its path, or what a query asks."""
    found = []
    for method, path, operation in OPERATIONS.values():
        named = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
        if PLACE.search(path):
            found.append((method, PLACE.sub("{}", path)))
        if method == "get" and "events" not in path:
            found += [(method, f"{PLACE.sub('1', path)}?{name}={{}}") for name in named]
    return found


def attempts() -> list[tuple[str, str]]:
    """Method and address, with strings in every place."""
    return [
        (method, address.replace("{}", quote(text, safe="")))
        for n, (method, address) in enumerate(places())
        for text in STRINGS[n % EACH :: EACH]
    ]


@pytest.fixture(params=["sqlite", "postgresql"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Service:
    if request.param == "sqlite":
        return service(tmp_path)
    return service(tmp_path, database_url=request.getfixturevalue("postgres_url"))


def kept(client: TestClient) -> list[str]:
    return [client.get(path).text for path in ("sessions", "tokens", "strategies", "backtest", "bots", "jobs")]


def test_they_are_looked_for_and_not_found(asked: Service) -> None:
    client = asked.client(quiet=True)
    client.post("tokens", json={"name": "there"})
    before = kept(client)
    faults = []
    for method, address in attempts():
        answer = client.request(method, address)
        if answer.status_code >= 500 or "root:" in answer.text or answer.text.strip() == "49":
            faults.append((answer.status_code, method, address, answer.text[:200]))
    assert faults == []
    assert kept(client) == before


def test_they_are_names_and_texts_like_any_other(asked: Service) -> None:
    client = asked.client()
    for text in STRINGS:
        name = text[:80]
        made = client.post("tokens", json={"name": name})
        assert (made.status_code, made.json().get("name")) == (201, name)
    listed = [line["name"] for line in client.get("tokens").json()["tokens"]]
    assert listed == [text[:80] for text in reversed(STRINGS)]
