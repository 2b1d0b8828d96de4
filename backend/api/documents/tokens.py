"""Tokens of scripts as they cross HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue

from backend.api.documents.body import Body
from backend.domain.record import Record, Text

TOKEN: dict[str, JsonValue] = {
    "token_id": "tok_1f0c9a2b7d43",
    "name": "laptop",
    "created_at": "2026-11-22T09:30:00Z",
    "expires_at": "2027-02-20T09:30:00Z",
    "revoked_at": None,
}


class TokenBody(Body):
    """A token that is to be made.

    Attributes:
        expires_at: when it ends, with its time zone; null for one that lasts until it is revoked.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "laptop", "expires_at": TOKEN["expires_at"]}]})

    name: Annotated[Text, Field(min_length=1, max_length=80)]
    expires_at: AwareDatetime | None = None


class TokenRecord(Record):
    """A token without its text, which is not kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [TOKEN]})

    token_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewTokenRecord(TokenRecord):
    """A token that was just made.

    Attributes:
        token: its text, shown this once; null where the answer is repeated under an Idempotency-Key.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [TOKEN | {"token": "bp_1f0c9a2b7d43_" + "A" * 43}]})

    token: str | None


class TokensRecord(Record):
    """The tokens of an account, newest first; there is never a further page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tokens": [TOKEN], "next": None}]})

    tokens: list[TokenRecord]
    next: None = None
