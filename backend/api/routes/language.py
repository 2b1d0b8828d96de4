"""The reference of the strategy language."""

from functools import cache

from fastapi import APIRouter

from backend.api.answers import Answer, Encoded
from backend.api.documents.language import LanguageDocument
from backend.services.language_document import language_document

router = APIRouter(tags=["strategies"])


@router.get("/language", operation_id="language", response_model=LanguageDocument)
def language() -> Answer:
    """Show how a strategy is written: its fields, expressions, columns and functions, with an example and a schema."""
    return Answer(_encoded())


@cache
def _encoded() -> Encoded:
    return Encoded.of(language_document())
