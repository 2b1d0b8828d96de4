"""Sockets that a server listens on: where a name leads, and whether the port is free."""

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from backend.domain.addresses import of_this_machine
from backend.domain.errors import InvalidInput, Unavailable

GONE_AFTER = 30_000
"""Milliseconds after which the system gives up a peer that takes nothing."""

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class Address(NamedTuple):
    """Where a socket is bound."""

    family: socket.AddressFamily
    place: tuple[str, int]


def addresses_of(host: str, port: int) -> tuple[Address, ...]:
    """Where a name or an address leads.

    Raises:
        InvalidInput: nowhere.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise InvalidInput(f'There is no address "{host}".', "listen on 127.0.0.1, or leave --host out") from None
    places = {(family, place[0]): Address(family, (str(place[0]), port)) for family, _, _, _, place in found}
    return tuple(places.values())


def reaches_others(addresses: Sequence[Address]) -> bool:
    """Whether other machines reach one of them."""
    return not all(of_this_machine(address.place[0]) for address in addresses)


def listen(addresses: Sequence[Address]) -> list[socket.socket]:
    """A socket for each address that this machine has, all on one port.

    Raises:
        Unavailable: the port is in use, or none may be had.
    """
    sockets: list[socket.socket] = []
    with ExitStack() as unless_all:
        for address in addresses:
            port = sockets[0].getsockname()[1] if sockets else address.place[1]
            last_hope = not sockets and address is addresses[-1]
            made = _bound(Address(address.family, (address.place[0], port)), needed=last_hope)
            if made is not None:
                sockets.append(unless_all.enter_context(made))
        unless_all.pop_all()
    return sockets


def url_of(bound: socket.socket) -> str:
    """The address as one types it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(address: Address, *, needed: bool) -> socket.socket | None:
    made = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        _prepare(made)
        made.bind(address.place)
        made.listen(socket.SOMAXCONN)
    except OSError as error:
        made.close()
        if error.errno in _NOT_HERE and not needed:
            return None
        raise _refused(address, error) from None
    return made


def _prepare(made: socket.socket) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if made.family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_AFTER)


def _refused(address: Address, error: OSError) -> Unavailable:
    host, port = address.place
    if error.errno == errno.EADDRINUSE:
        return Unavailable(
            f"Port {port} of {host} is in use.", "stop the program that listens there, or choose another: --port 0"
        )
    return Unavailable(
        f"Nobody can listen on {host}, port {port} ({error.strerror}).", "choose another --host or --port"
    )
