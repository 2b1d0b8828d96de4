"""Documents that are kept are those that would be made now, and only their owner is answered with them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from backend.api.kept_answers import BESIDE, KeptAnswers


class Maker:
    """Makes documents of so many bytes, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    def of(self, text: str) -> Callable[[], Mapping[str, Any]]:
        def make() -> Mapping[str, Any]:
            self.made += 1
            return {"text": text}

        return make


def test_the_same_is_made_once() -> None:
    kept, maker = KeptAnswers(), Maker()
    answers = [kept.answer("ann", ("equity", "run_1"), 1, maker.of("a")) for _ in range(3)]
    assert maker.made == 1
    assert {answer.body for answer in answers} == {b'{"text":"a"}'}
    assert len({answer.headers["etag"] for answer in answers}) == 1


def test_what_is_made_of_something_else_is_made_anew() -> None:
    kept, maker = KeptAnswers(), Maker()
    texts = [("a", 1), ("b", 2), ("a", 1)]  # a record that came back is not known: one document is kept for each
    bodies = [kept.answer("ann", ("dataset", "ds_1"), of, maker.of(text)).body for text, of in texts]
    assert bodies == [b'{"text":"a"}', b'{"text":"b"}', b'{"text":"a"}']
    assert maker.made == 3


def test_nobody_else_is_answered_with_it() -> None:
    kept = KeptAnswers()
    kept.answer("ann", ("equity", "run_1"), 1, lambda: {"whose": "ann"})
    assert kept.answer("bob", ("equity", "run_1"), 1, lambda: {"whose": "bob"}).body == b'{"whose":"bob"}'


def test_what_was_not_asked_for_longest_goes_first() -> None:
    """Three documents of 11 bytes and what lies beside them do not fit into the room of two and a half."""
    kept, maker = KeptAnswers(most=5 * (11 + BESIDE) // 2), Maker()
    for name in ("a", "b", "a", "c", "a"):
        kept.answer("ann", (name,), 1, maker.of(""))
    assert maker.made == 3
    kept.answer("ann", ("b",), 1, maker.of(""))
    assert maker.made == 4


def test_a_document_that_is_too_large_is_not_kept() -> None:
    kept, maker = KeptAnswers(largest=BESIDE + 100), Maker()
    for _ in range(2):
        kept.answer("ann", ("small",), 1, maker.of("a"))
        kept.answer("ann", ("large",), 1, maker.of("a" * 100))
    assert maker.made == 3


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 2), st.integers(0, 3_000))))
def test_every_answer_is_what_would_be_made(asked: list[tuple[str, int, int, int]]) -> None:
    kept = KeptAnswers(most=10_000, largest=3_000)
    for owner, record, version, size in asked:
        document = {"owner": owner, "record": record, "version": version, "size": size, "text": "x" * size}
        make: Callable[[], dict[str, Any]] = partial(dict, document)
        bodies = {kept.answer(owner, (record,), (version, size), make).body for _ in range(2)}
        assert bodies == {to_json(document)}
