"""Tokens and answers for the contract suites."""

from typing import Any

from backend.domain.accounts import ApiToken
from backend.domain.ports import KeptAnswer
from tests.stores.samples import NOON, OWNER


def make_token(token_id: str = "tok_1", **changes: Any) -> ApiToken:
    token = ApiToken(token_id=token_id, owner=OWNER, name="laptop", token_hash="aa" * 32, created_at=NOON)
    return token.model_copy(update=changes)


def make_answer(**changes: Any) -> KeptAnswer:
    answer = KeptAnswer(owner=OWNER, key="key", request_hash="r1", created_at=NOON, place="here")
    return answer.model_copy(update=changes)
