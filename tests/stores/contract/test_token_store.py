"""The contract of TokenStore."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.domain.accounts import ApiToken
from backend.domain.errors import Conflict, NotFound
from backend.stores import Stores
from tests.stores.account_samples import make_token
from tests.stores.samples import NOON, OWNER, STRANGER

LATER = NOON + timedelta(hours=1)


def test_a_token_is_found_by_its_hash(stores: Stores) -> None:
    token = make_token(expires_at=LATER)
    stores.tokens.add_token(token)
    assert stores.tokens.find_token(token.token_hash) == token
    assert stores.tokens.load_token(OWNER, "tok_1") == token
    assert stores.tokens.find_token("00" * 32) is None


def test_an_id_and_a_hash_are_taken_once(stores: Stores) -> None:
    stores.tokens.add_token(make_token())
    for double in (make_token(token_hash="bb" * 32), make_token("tok_2")):
        with pytest.raises(Conflict, match=f'a token "{double.token_id}" already'):
            stores.tokens.add_token(double)
    assert stores.tokens.list_tokens(OWNER) == (make_token(),)


def test_tokens_are_listed_newest_first(stores: Stores) -> None:
    for n, hours in enumerate((0, 2, 0), 1):
        token = make_token(f"tok_{n}", token_hash=f"{n:064x}", created_at=NOON + timedelta(hours=hours))
        stores.tokens.add_token(token)
    assert [token.token_id for token in stores.tokens.list_tokens(OWNER)] == ["tok_2", "tok_3", "tok_1"]
    assert stores.tokens.list_tokens(STRANGER) == ()


def test_a_token_is_revoked_once(stores: Stores) -> None:
    stores.tokens.add_token(make_token())
    revoked = make_token(revoked_at=NOON)
    assert stores.tokens.revoke_token(OWNER, "tok_1", NOON) == revoked
    assert stores.tokens.revoke_token(OWNER, "tok_1", LATER) == revoked
    assert stores.tokens.find_token(revoked.token_hash) == revoked
    assert not revoked.usable(NOON)


def test_a_stranger_neither_sees_nor_revokes_it(stores: Stores) -> None:
    stores.tokens.add_token(make_token())
    asking: tuple[Callable[[], ApiToken], ...] = (
        lambda: stores.tokens.load_token(STRANGER, "tok_1"),
        lambda: stores.tokens.revoke_token(STRANGER, "tok_1", NOON),
    )
    for ask in asking:
        with pytest.raises(NotFound, match='no token "tok_1"') as refused:
            ask()
        assert "did you mean" not in refused.value.hint
    assert stores.tokens.load_token(OWNER, "tok_1").revoked_at is None
