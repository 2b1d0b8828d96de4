"""What clients do on a real connection: lie about lengths, dribble, break off, and say too much."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.api.security.sockets import Wire, head, listening
from tests.api.serving import Service

JSON = "Content-Type: application/json"
TOKENS = "/api/v1/tokens"
CLOSE = "Connection: close"


@pytest.fixture(scope="module")
def port(served: Service) -> Iterator[int]:
    with listening(served.app) as port:
        yield port


def status(said: bytes) -> bytes:
    return said[9:12]


def names(port: int) -> bytes:
    return Wire(port).send(head("GET", TOKENS, CLOSE)).rest()


def test_a_request_by_hand_is_answered(port: int) -> None:
    body = b'{"name": "by hand"}'
    said = Wire(port).send(head("POST", TOKENS, JSON, f"Content-Length: {len(body)}", CLOSE), body).rest()
    assert status(said) == b"201"
    assert b"by hand" in names(port)


def test_a_body_that_breaks_off_makes_nothing(port: int) -> None:
    wire = Wire(port).send(head("POST", TOKENS, JSON, "Content-Length: 100"), b'{"name": "cut short"}')
    wire.socket.shutdown(1)
    assert status(wire.rest()) != b"201"
    assert b"cut short" not in names(port)


def test_a_body_that_dribbles_is_not_waited_for(port: int) -> None:
    said = Wire(port).send(head("POST", TOKENS, JSON, "Content-Length: 100"), b'{"na').rest()
    assert status(said) == b"408"
    assert b"application/problem+json" in said


def test_a_file_that_dribbles_is_not_waited_for(port: int) -> None:
    kind = "Content-Type: multipart/form-data; boundary=x"
    said = Wire(port).send(head("POST", "/api/v1/data/import", kind, "Content-Length: 1000"), b"--x\r\n").rest()
    assert status(said) == b"408"


def test_a_head_that_dribbles_is_not_waited_for(port: int) -> None:
    assert Wire(port).send(b"GET /healthz HTTP/1.1\r\nHost: loc").rest() == b""
    assert Wire(port).rest() == b""  # nor one that says nothing at all


def test_a_head_without_end_is_refused(port: int) -> None:
    wire = Wire(port).send(b"GET /healthz HTTP/1.1\r\nX-Long: ")
    with wire.socket, pytest.raises(ConnectionError):
        wire.send(b"x" * 50_000_000)
    many = Wire(port).send(head("GET", "/healthz", *(f"X-{n}: {'x' * 100}" for n in range(400)), CLOSE)).rest()
    assert status(many) == b"431"


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 5", "Content-Length: 50"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: -5",),
        ("Content-Length: 5x",),
        ("Transfer-Encoding: chunked, nonsense",),
    ],
)
def test_lengths_that_contradict_each_other_are_refused(port: int, headers: tuple[str, ...]) -> None:
    said = Wire(port).send(head("POST", TOKENS, JSON, *headers, CLOSE), b"5\r\nhello\r\n0\r\n\r\n").rest()
    assert status(said) == b"400"


def test_what_follows_a_body_is_a_request_of_its_own(port: int) -> None:
    body = b'{"name": ""}'
    first = head("POST", TOKENS, JSON, f"Content-Length: {len(body)}")
    said = Wire(port).send(first, body, head("GET", "/healthz", CLOSE)).rest()
    assert (status(said), said.count(b"HTTP/1.1 ")) == (b"422", 2)


def test_a_body_in_pieces_is_counted(port: int) -> None:
    wire = Wire(port).send(head("POST", TOKENS, JSON, "Transfer-Encoding: chunked"))
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    for _ in range(11):
        wire.send(piece)
    said = wire.rest()
    assert (status(said), b"connection: close" in said.lower()) == (b"413", True)


def test_a_stated_length_is_believed_before_anything_is_read(port: int) -> None:
    for path, most in ((TOKENS, "10 MB"), ("/api/v1/data/import", "20 MB")):
        for headers in ((), ("Expect: 100-continue",)):
            said = Wire(port).send(head("POST", path, JSON, "Content-Length: 99999999999", *headers)).rest()
            assert (status(said), most.encode() in said, b"100 Continue" in said) == (b"413", True, False)


def test_a_file_that_is_larger_than_it_said_is_counted(port: int) -> None:
    kind = "Content-Type: multipart/form-data; boundary=x"
    wire = Wire(port).send(head("POST", "/api/v1/data/import", kind, "Transfer-Encoding: chunked"))
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    wire.send(f"{len(start):x}\r\n".encode(), start, b"\r\n")
    with suppress(ConnectionError):  # the server has heard enough
        for _ in range(25):
            wire.send(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
    assert status(wire.rest()) in (b"413", b"")


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_what_is_no_request_ends_the_connection(port: int, said: bytes) -> None:
    answer = Wire(port).send(said).rest()
    assert answer == b"" or status(answer) in (b"400", b"505")


def test_an_old_client_is_served_in_its_own_way(port: int) -> None:
    assert status(Wire(port).send(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").rest()) == b"200"
    assert status(Wire(port).send(b"GET /healthz HTTP/1.0\r\n\r\n").rest()) == b"403"


def test_after_all_that_the_server_still_answers(port: int) -> None:
    said = names(port)
    assert status(said) == b"200"
