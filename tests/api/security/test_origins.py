"""Where a request may come from: names of this machine, pages of its own, and those that the settings name."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.serving import ADDRESS, Service, service

PATHS = ("/healthz", "/metrics", "/docs", "/api/v1/openapi.json", "/api/v1/tokens", "/nowhere")
EVIL = "https://evil.example"
PAGE = "https://app.example.com"


@pytest.fixture
def client(served: Service) -> TestClient:
    return TestClient(served.app, ADDRESS)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "",
        "a b",
        "127.0.0.1@evil",
        "[::1",
        "0.0.0.0",
    ],
)
def test_a_name_that_is_not_ours_is_refused(client: TestClient, path: str, host: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:9", "[::1]:8000", "localhost."]
)
def test_names_of_this_machine_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_name_twice_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers=[("Host", "localhost"), ("Host", "evil.example")]).status_code == 403


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_pages_of_other_sites_may_not_ask(client: TestClient, path: str, method: str) -> None:
    for origin in (
        EVIL,
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:8001",
        "file://",
        "https://127.0.0.1.evil.example",
    ):
        answer = client.request(method, path, headers={"Origin": origin})
        assert answer.status_code == 403, origin
        assert "access-control-allow-origin" not in answer.headers
    for site in ("cross-site", "same-site"):
        assert client.request(method, path, headers={"Sec-Fetch-Site": site}).status_code == 403


def test_pages_of_our_own_may(client: TestClient) -> None:
    own = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/tokens", json={"name": "x"}, headers=own).status_code == 201
    assert client.get("/healthz", headers={"Sec-Fetch-Site": "none"}).status_code == 200
    behind = {"Host": "localhost", "Origin": "https://localhost"}
    assert client.get("/healthz", headers=behind).status_code == 200


def test_a_link_elsewhere_may_lead_to_a_page(client: TestClient) -> None:
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/docs", headers=visit).status_code == 200
    assert client.post("/api/v1/tokens", json={"name": "x"}, headers=visit).status_code == 403


def test_a_form_of_another_site_makes_nothing(client: TestClient) -> None:
    """What a page can post without asking first: a form, or text that happens to be JSON."""
    before = client.get("/api/v1/tokens").json()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/api/v1/tokens", content=b'{"name": "planted"}', headers={"Content-Type": kind})
        assert answer.status_code == 415
    assert client.get("/api/v1/tokens").json() == before


def test_a_page_that_the_settings_name_may_ask(tmp_path: Path) -> None:
    served = service(tmp_path, allowed_origins=(PAGE,), allowed_hosts=("api.example.com",))
    client = TestClient(served.app, ADDRESS)
    asking = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    asked = client.options("/api/v1/tokens", headers=asking)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, PAGE)
    assert {"Authorization", "If-None-Match"} <= set(asked.headers["access-control-allow-headers"].split(", "))
    assert "access-control-allow-credentials" not in asked.headers
    made = client.post("/api/v1/tokens", json={"name": "x"}, headers={"Origin": PAGE, "Host": "api.example.com"})
    assert (made.status_code, made.headers["access-control-allow-origin"], made.headers["vary"]) == (
        201,
        PAGE,
        "Origin",
    )
    refused = client.post("/api/v1/tokens", json={"name": ""}, headers={"Origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (422, PAGE)
    for other in (EVIL, "http://app.example.com", f"{PAGE}:444", f"{PAGE}.evil.example"):
        assert client.options("/api/v1/tokens", headers=asking | {"Origin": other}).status_code == 403
