"""What is true of every answer: JSON, a tag by which it is known again, pages with cursors."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from backend.api.answers import Answer
from backend.api.errors import install_error_handlers
from backend.api.paging import Paged, cursor

ROWS = [f"row_{n}" for n in range(5)]


@pytest.fixture
def asked() -> TestClient:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/document")
    def document() -> Answer:
        return Answer({"value": float("nan"), "text": "é"})

    @app.post("/document")
    def made() -> Answer:
        return Answer({"id": 1}, 201, location="/document")

    @app.get("/rows")
    def rows(page: Paged) -> Answer:
        first = ROWS.index(page.after) + 1 if page.after else 0
        return Answer(page.document("rows", ROWS[first : first + page.wanted], _line, str))

    return TestClient(app)


def _line(row: str) -> dict[str, Any]:
    return {"id": row}


def test_what_is_not_a_number_is_null(asked: TestClient) -> None:
    answer = asked.get("/document")
    assert answer.content == '{"value":null,"text":"é"}'.encode()
    assert answer.headers["content-type"] == "application/json"


def test_a_document_that_is_known_is_not_sent_again(asked: TestClient) -> None:
    tag = asked.get("/document").headers["etag"]
    for stated in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = asked.get("/document", headers={"If-None-Match": stated})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert asked.get("/document", headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_was_made_says_where_it_is(asked: TestClient) -> None:
    answer = asked.post("/document", headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["location"]) == (201, "/document")
    assert "etag" not in answer.headers


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 200])
def test_pages_hold_every_row_once(asked: TestClient, limit: int) -> None:
    seen: list[str] = []
    following: str | None = None
    for _ in ROWS:
        stated = {"limit": limit} | ({"cursor": following} if following else {})
        page = asked.get("/rows", params=stated).json()
        seen += [row["id"] for row in page["rows"]]
        following = page["next"]
        if following is None:
            break
    assert (seen, following) == (ROWS, None)


@pytest.mark.parametrize("stated", ["", "x", "!!!", "é", "YWJj", "a" * 399, cursor("x")[:-3]])
def test_other_text_is_no_cursor(asked: TestClient, stated: str) -> None:
    refused = asked.get("/rows", params={"cursor": stated})
    assert refused.status_code == 422
    assert "cursor" in refused.json()["detail"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5", "9" * 400])
def test_a_limit_is_a_whole_number_in_bounds(asked: TestClient, limit: str) -> None:
    refused = asked.get("/rows", params={"limit": limit})
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["place"] == "limit"
