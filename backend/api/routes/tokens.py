"""Tokens with which scripts sign in."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from backend.api.answers import Answer
from backend.api.deps import Served
from backend.api.documents.tokens import NewTokenRecord, TokenBody, TokenRecord, TokensRecord
from backend.bootstrap import done_before
from backend.services.tokens import token_line

router = APIRouter(tags=["accounts"])


@router.get("/tokens", operation_id="list_tokens", response_model=TokensRecord)
def list_tokens(application: Served) -> Response:
    """List the tokens of this account, newest first, those that were revoked included."""
    lines = [token_line(token) for token in application.tokens.list(application.owner)]
    return Answer({"tokens": lines, "next": None})


@router.post("/tokens", operation_id="create_token", status_code=201, response_model=NewTokenRecord)
def create_token(body: TokenBody, application: Served, request: Request) -> Response:
    """Make a token. Its text is in this answer alone: only a hash of it is kept."""
    tokens, owner = application.tokens, application.owner
    made = done_before("tok", lambda token_id: tokens.load(owner, token_id))
    text, token = (None, made) if made else tokens.create(owner, body.name, body.expires_at)
    document: dict[str, Any] = token_line(token) | {"token": None}
    request.state.kept_body = to_json(document)
    return Answer(document | {"token": text}, 201)


@router.delete("/tokens/{token_id}", operation_id="revoke_token", response_model=TokenRecord)
def revoke_token(token_id: str, application: Served) -> Response:
    """Revoke a token: from now on it opens nothing. It stays in the list."""
    return Answer(token_line(application.tokens.revoke(application.owner, token_id)))
