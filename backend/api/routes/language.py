"""The reference of the strategy language."""

from functools import cache

from fastapi import APIRouter
from pydantic_core import to_json

from backend.api.answers import Answer
from backend.api.documents.language import LanguageDocument
from backend.services.language_document import language_document

router = APIRouter(tags=["strategies"])


@router.get("/language", operation_id="language", response_model=LanguageDocument)
def language() -> Answer:
    """Show how a strategy is written: its fields, expressions, columns and functions, with an example and a schema."""
    return Answer(_text())


@cache
def _text() -> bytes:
    return to_json(language_document())
