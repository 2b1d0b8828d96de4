"""What a body may be: JSON that everybody reads in the same way, not too large, and never an error of ours."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.security.json_text import DEEPEST, NotJson, refuse_odd_json
from tests.api.serving import Service

JSON = {"Content-Type": "application/json"}
ODD = {
    "nothing JSON": b"{",
    "two documents": b"{} {}",
    "a key twice": b'{"name": "a", "name": "b"}',
    "a key twice, deep": b'{"name": [{"a": 1, "a": 1}]}',
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": -Infinity}',
    "a number beyond all": b'{"name": 1e999}',
    "a number without end": b'{"name": ' + b"9" * 5_000 + b"}",
    "no UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "a mark of byte order": b'\xef\xbb\xbf{"name": "a"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000b": 1}',
    "half a character": b'{"name": "\\ud800"}',
    "half a character in capitals": b'{"name": "\\uD83D"}',
    "too deep": b'{"name": ' + b"[" * 100 + b"]" * 100 + b"}",
    "deeper than any stack": b"[" * 100_000,
    "a raw control character": b'{"name": "a\x01b"}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_json_is_refused_before_any_route(served: Service, body: bytes) -> None:
    client = served.client()
    before = client.get("tokens").json()
    for path in ("tokens", "nowhere"):
        answer = client.post(path, content=body, headers=JSON)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert client.get("tokens").json() == before


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"true", b"{}", b"[[[]]]"])
def test_json_of_another_shape_is_refused_as_such(served: Service, body: bytes) -> None:
    assert served.client().post("tokens", content=body, headers=JSON).status_code == 422


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonx", "a", ";", "\xff"],
)
def test_a_body_of_another_kind_is_refused(served: Service, kind: str) -> None:
    headers = {b"Content-Type": kind.encode("latin-1")} if kind else {}
    assert served.client().post("tokens", content=b'{"name": "a"}', headers=headers).status_code == 415


def test_a_compressed_body_is_refused_as_such(served: Service) -> None:
    body = gzip.compress(b'{"name": "a"}')
    answer = served.client().post("tokens", content=body, headers={**JSON, "Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["detail"]) == (415, "A compressed body is not read here.")


def test_json_may_name_its_encoding(served: Service) -> None:
    for kind in ("application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'):
        body = '{"name": "Mädchen 🚀 \\ud83d\\ude80"}'.encode()
        assert served.client().post("tokens", content=body, headers={"Content-Type": kind}).status_code == 201


def test_a_body_is_at_most_10_megabytes(served: Service) -> None:
    client = served.client()
    body = json.dumps({"name": "a", "padding": "x" * 10_000_000}).encode()
    answer = client.post("tokens", content=body, headers=JSON)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    pieces = (b"x" * 100_000 for _ in range(200))  # without a stated length
    assert client.post("tokens", content=pieces, headers=JSON).status_code == 413
    fits = json.dumps({"name": "a", "padding": "x" * 9_000_000}).encode()
    assert client.post("tokens", content=fits, headers=JSON).status_code == 422


def test_a_route_without_a_body_needs_none(served: Service) -> None:
    assert served.client().delete("tokens/tok_1").status_code == 404


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_all_json_of_ours_is_taken(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    if "\\u0000" in text:
        with pytest.raises(NotJson):
            refuse_odd_json(text.encode())
    else:
        refuse_odd_json(text.encode())


@given(st.binary(max_size=40))
def test_whatever_is_sent_is_taken_or_refused(body: bytes) -> None:
    taken = True
    try:
        refuse_odd_json(body)
    except NotJson:
        taken = False
    assert not taken or json.loads(body) == json.loads(body.decode())


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_depth_is_counted_in_objects_and_lists(opening: bytes, closing: bytes) -> None:
    refuse_odd_json(opening * (DEEPEST - 1) + b"1" + closing * (DEEPEST - 1))
    with pytest.raises(NotJson, match="nested"):
        refuse_odd_json(opening * (DEEPEST + 1) + b"1" + closing * (DEEPEST + 1))
