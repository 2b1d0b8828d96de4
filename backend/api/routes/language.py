"""The reference of the strategy language."""

from typing import Any

from fastapi import APIRouter

from backend.services.language_document import language_document

router = APIRouter(tags=["strategies"])


@router.get("/language", operation_id="language")
def language() -> dict[str, Any]:
    """How a strategy is written: its fields, expressions, columns and functions, with an example and a JSON schema."""
    return language_document()
