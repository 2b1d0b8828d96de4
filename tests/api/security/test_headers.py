"""Every answer tells browsers what they may do with it, errors of ours included."""

import pytest
from starlette.testclient import TestClient

from tests.api.serving import ADDRESS, Service


@pytest.mark.parametrize(
    "path", ["/api/v1/tokens", "/api/v1/nowhere", "/nowhere", "/healthz", "/api/v1/tokens?limit=%00"]
)
def test_an_answer_is_neither_framed_nor_kept_nor_guessed_at(served: Service, path: str) -> None:
    headers = TestClient(served.app, ADDRESS).get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "strict-transport-security" not in headers
    assert "server" not in headers


def test_a_page_loads_from_here_alone(served: Service) -> None:
    policy = TestClient(served.app, ADDRESS).get("/docs").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_over_https_browsers_stay_there(served: Service) -> None:
    client = TestClient(served.app, ADDRESS.replace("http:", "https:"))
    assert "max-age=31536000" in client.get("/healthz").headers["strict-transport-security"]


def test_a_fault_of_ours_is_guarded_too_and_tells_nothing(served: Service) -> None:
    @served.app.get("/broken")
    def broken() -> None:
        raise RuntimeError("hush-hush")

    answer = TestClient(served.app, ADDRESS, raise_server_exceptions=False).get("/broken")
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")
    assert "hush-hush" not in answer.text


def test_addresses_and_headers_have_an_end(served: Service) -> None:
    client = served.client()
    assert client.get("tokens/" + "x" * 3_000).status_code == 414
    assert client.get("tokens", params={"cursor": "x" * 9_000}).status_code == 414
    assert client.get("tokens", headers={"X-Long": "x" * 40_000}).status_code == 431
    for path in ("tokens/%00", "tokens/a%0ab", "tokens?cursor=%00"):
        assert client.get(path).status_code == 400
