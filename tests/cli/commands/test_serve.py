"""The server listens where it may, says where, and ends when it is asked to."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from backend.cli.listening import addresses_of, listen, reaches_others, url_of
from backend.domain.addresses import of_this_machine
from backend.domain.errors import InvalidInput, Unavailable
from tests.cli.conftest import Backproof
from tests.programs import Program, running


@contextmanager
def serving() -> Iterator[tuple[Program, str]]:
    """A server of its own process, and its address."""
    with running("backend.cli", "serve", "--port", "0") as program:
        found = re.search(r"http://127\.0\.0\.1:\d+", program.read())
        assert found is not None, program.finish()
        yield program, found[0]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_although_somebody_listens(asked: signal.Signals) -> None:
    with serving() as (program, url), httpx.Client(base_url=f"{url}/api/v1/", timeout=30) as client:
        assert client.get(f"{url}/healthz").status_code == 200
        opened = client.post("sessions", json={"request": "momentum on AAPL", "start": "2005-01-03", "iterations": 50})
        with client.stream("GET", f"sessions/{opened.json()['session_id']}/events") as stream:
            assert stream.status_code == 200
            next(stream.iter_lines())
            program.process.send_signal(asked)
            said, errors = program.finish()
    assert (program.process.returncode, said.splitlines()[-1]) == (0, "Stopped.")
    assert "Traceback" not in errors


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_elsewhere_than_here_it_wants_everybody_to_sign_in(backproof: Backproof, host: str) -> None:
    ended = backproof("serve", "--host", host)
    assert (ended.code, "nobody has to sign in" in ended.stderr) == (2, True)
    assert "BACKPROOF_AUTH=tokens" in ended.stderr


def test_a_setting_that_cannot_serve_is_told(backproof: Backproof, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROOF_AUTH", "supabase")
    ended = backproof("serve", "--port", "0")
    assert (ended.code, "set SUPABASE_URL" in ended.stderr) == (2, True)


def test_a_port_in_use_is_told(backproof: Backproof) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = backproof("serve", "--port", str(taken.getsockname()[1]))
    assert (ended.code, "in use" in ended.stderr) == (5, True)
    assert "--port 0" in ended.stderr


def test_a_folder_or_a_database_that_cannot_be_used_is_told(
    backproof: Backproof, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_home / "file").write_text("")
    (own_home / "damaged").mkdir()
    (own_home / "damaged" / "backproof.sqlite").write_bytes(b"no database" * 1000)
    for folder, said in (("file", "cannot be made or opened"), ("damaged", "is damaged or is not a database")):
        monkeypatch.setenv("BACKPROOF_DATA_DIR", str(own_home / folder))
        ended = backproof("serve", "--port", "0")
        assert (ended.code, said in " ".join(ended.stderr.split())) == (5, True)
        assert "Traceback" not in ended.stderr


def test_a_name_that_leads_nowhere_is_told(backproof: Backproof) -> None:
    for host in ("no.such.name.invalid", "a..b", "x" * 300):
        assert backproof("serve", "--host", host).code == 2


def test_localhost_is_one_port_on_every_address_that_it_has() -> None:
    addresses = addresses_of("localhost", 0)
    assert not reaches_others(addresses)
    sockets = listen(addresses)
    assert len({bound.getsockname()[1] for bound in sockets}) == 1
    assert all(re.fullmatch(r"http://(127\.0\.0\.1|\[::1\]):\d+", url_of(bound)) for bound in sockets)
    for bound in sockets:
        bound.close()


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(Unavailable, match=r"Nobody can listen on 192\.0\.2\.7"):
        listen(addresses_of("192.0.2.7", 0))
    with pytest.raises(InvalidInput, match="There is no address"):
        addresses_of("nowhere.invalid", 0)
    (bound,) = listen((*addresses_of("127.0.0.1", 0), *addresses_of("192.0.2.7", 0)))  # one of a name is enough
    bound.close()


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::1%lo", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:192.0.2.7", False),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_which_addresses_are_reached_from_here_alone(address: str, here: bool) -> None:
    assert of_this_machine(address) == here
