"""A server of this process on a real port, with little patience, and requests written by hand."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from backend.api.security.bodies import Allowance, Bodies
from backend.api.security.connection import Connection

SHORT = 0.3
"""Seconds after which nothing more is waited for."""


class Impatient(Connection):
    """As in a server, with less patience."""

    patience = SHORT


def with_little_patience(app: ASGIApp) -> ASGIApp:
    """The application behind a reader of bodies that waits for less, and for a file of 20 MB at most."""
    allowance = Allowance(most_uploaded=20_000_000, silence=SHORT, drained=SHORT)
    return Bodies(app, ("/api/v1/data/import",), allowance)


@contextmanager
def listening(app: FastAPI) -> Iterator[int]:
    """The port on which the application is served while the block runs."""
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        with_little_patience(app),
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=lambda: asyncio.run(server.serve([bound])))
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


class Wire:
    """One connection.

    Args:
        port: of the server.
    """

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def send(self, *parts: bytes) -> "Wire":
        """Write what is given as it is."""
        self.socket.sendall(b"".join(parts))
        return self

    def rest(self) -> bytes:
        """All that the server says until it ends the connection."""
        said = b""
        while True:
            try:
                piece = self.socket.recv(65_536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                self.socket.close()
                return said
            said += piece


def head(method: str, path: str, *headers: str) -> bytes:
    """The first line and headers of a request to this machine."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()
