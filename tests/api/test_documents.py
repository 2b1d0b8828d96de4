"""What the store holds of real sessions leaves as documents that their records describe, to the last field."""

from typing import Any

import pytest

from backend.api.documents.language import LanguageDocument
from backend.api.documents.sessions import SessionDocument, SessionPage
from backend.api.documents.strategies import StrategyDocument, StrategyPage
from backend.domain.record import Record
from backend.domain.sessions import Attempt
from tests.api.stories import Stories

STATES = {
    "done": "done",
    "rejected": "done",
    "needs_input": "needs_input",
    "failed": "failed",
    "cancelled": "cancelled",
    "running": "running",
}
"""Status of each story."""


def as_json(record: Record) -> Any:
    return record.model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(("story", "status"), STATES.items())
def test_a_session_in_every_state_is_the_record_of_its_document(stories: Stories, story: str, status: str) -> None:
    answer = stories.client.get(f"sessions/{stories.ids[story]}")
    assert answer.json()["status"] == status
    assert as_json(SessionDocument.model_validate_json(answer.content)) == answer.json()


def test_the_stories_hold_what_documents_are_made_of(stories: Stories) -> None:
    """Or the test above would compare nulls."""
    shown = {name: stories.client.get(f"sessions/{id}").json() for name, id in stories.ids.items()}
    assert [turn["kind"] for turn in shown["done"]["turns"]] == ["request", "question", "refinement"]
    assert shown["done"]["verdict"]["outcome"] in ("proven", "unproven")
    assert shown["done"]["holdout"]["metrics"]["trades"] > 0
    assert shown["rejected"]["verdict"]["outcome"] == "rejected"
    assert shown["needs_input"]["question"].startswith("Which symbol?")
    assert "QQQQX" in shown["failed"]["failed_reason"]
    assert shown["running"]["job_id"].startswith("job_")
    assert not any(document["interrupted"] for document in shown.values())


def test_attempts_and_lists_are_the_records_of_their_documents(stories: Stories) -> None:
    for path, kind in (
        (f"sessions/{stories.ids['done']}/attempts/1", Attempt),
        ("sessions", SessionPage),
        ("strategies", StrategyPage),
        ("strategies/starter_golden_cross", StrategyDocument),
        ("language", LanguageDocument),
    ):
        answer = stories.client.get(path)
        assert as_json(kind.model_validate_json(answer.content)) == answer.json(), path
