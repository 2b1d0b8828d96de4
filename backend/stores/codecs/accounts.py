"""Rows of tokens, and of requests that may be sent twice."""

from typing import Any

from backend.domain.accounts import ApiToken
from backend.domain.ports import KeptAnswer
from backend.stores.codecs.documents import record_of
from backend.stores.codecs.rows import StoredRow, reading


def token_row(token: ApiToken) -> dict[str, Any]:
    """The row of a token; its hash as bytes."""
    return token.model_dump() | {"token_hash": bytes.fromhex(token.token_hash)}


def token_of(row: StoredRow) -> ApiToken:
    """The token of a row. Raises Unavailable when it does not fit."""
    what = f"token {row['token_id']}"
    with reading(what):
        fields = {name: row[name] for name in ApiToken.model_fields} | {"token_hash": row["token_hash"].hex()}
    return record_of(ApiToken, fields, what)


def answer_row(answer: KeptAnswer) -> dict[str, Any]:
    """The row of a request that was sent under a key."""
    return answer.model_dump()


def answer_of(row: StoredRow) -> KeptAnswer:
    """The request of a row. Raises Unavailable when it does not fit."""
    return record_of(KeptAnswer, {name: row[name] for name in KeptAnswer.model_fields}, "answer to a request")
