"""The contract of AnswerStore."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from backend.stores import Stores
from tests.stores.account_samples import make_answer
from tests.stores.samples import NOON, OWNER, STRANGER

LATER = NOON + timedelta(hours=1)
ENDED = {"place": None, "status": 201, "response": {"body": "{\u0001}", "headers": [["a", "b"]]}}


def test_a_key_is_claimed_once_by_each_owner(stores: Stores) -> None:
    first = make_answer()
    assert stores.answers.claim_key(first) is None
    assert stores.answers.claim_key(make_answer(request_hash="other", created_at=LATER)) == first
    assert stores.answers.claim_key(make_answer(owner=STRANGER)) is None
    assert stores.answers.find_answer(OWNER, "key") == first
    assert stores.answers.find_answer(OWNER, "another") is None


def test_of_many_at_the_same_moment_one_has_it(stores: Stores) -> None:
    claims = [make_answer(request_hash=str(n)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stores.answers.claim_key, claims))
    assert found.count(None) == 1
    assert set(found) - {None} == {claims[found.index(None)]}


def test_the_first_answer_stays(stores: Stores) -> None:
    stores.answers.claim_key(make_answer())
    ended = make_answer(**ENDED)
    stores.answers.keep_answer(ended)
    stores.answers.keep_answer(make_answer(status=404))
    stores.answers.release_key(OWNER, "key")
    assert stores.answers.claim_key(make_answer()) == ended
    assert not stores.answers.take_over_key(make_answer(created_at=LATER), NOON)


def test_what_was_cut_short_is_taken_over_once(stores: Stores) -> None:
    stores.answers.claim_key(make_answer())
    again = make_answer(created_at=LATER, place="elsewhere")
    assert stores.answers.take_over_key(again, NOON)
    assert not stores.answers.take_over_key(again, NOON)
    assert stores.answers.find_answer(OWNER, "key") == again


def test_a_released_key_is_nobodys(stores: Stores) -> None:
    stores.answers.claim_key(make_answer())
    stores.answers.release_key(STRANGER, "key")
    assert stores.answers.find_answer(OWNER, "key") == make_answer()
    stores.answers.release_key(OWNER, "key")
    assert stores.answers.find_answer(OWNER, "key") == make_answer(place=None)


def test_old_answers_are_forgotten(stores: Stores) -> None:
    for key, owner, hours in (("old", OWNER, 0), ("old", STRANGER, 0), ("new", OWNER, 1)):
        stores.answers.claim_key(make_answer(key=key, owner=owner, created_at=NOON + timedelta(hours=hours)))
    assert stores.answers.forget_answers(LATER) == 2
    assert stores.answers.find_answer(OWNER, "old") is None
    assert stores.answers.find_answer(OWNER, "new") is not None
