"""A server in a thread of this process, on a port of its own; it can be stopped and started again."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx2
import uvicorn

from backend.api.app import create_app
from backend.cli.serving import Server
from backend.observability import configure_logging
from backend.settings import Settings
from tests.servers.waiting import LOOPBACK, PATIENCE, wait_until

CONFLICT = 409


class ThreadServer:
    """Serves the application of these settings, its workers included, as ``backproof serve`` does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = 0
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before where it has run already."""
        configure_logging(self.settings.log_level)
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(create_app(self.settings), log_config=None, access_log=False, proxy_headers=False)
        server = self._server = Server(config, lambda _: None)
        self._thread = Thread(target=server.run, args=([listening],))
        self._thread.start()
        assert wait_until(lambda: server.started)

    def stop(self) -> None:
        """End it as a signal does; what runs is left for the next start."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._server = self._thread = None


@contextmanager
def serving(settings: Settings) -> Iterator[ThreadServer]:
    """A server that is gone when the block ends."""
    server = ThreadServer(settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Watched(httpx2.Client):
    """A client that remembers which requests were understood: answered, or refused for the state of a record alone."""

    def __init__(self) -> None:
        self.answered: list[httpx2.Request] = []
        super().__init__(event_hooks={"response": [self._remember]})

    def _remember(self, response: httpx2.Response) -> None:
        if not response.is_error or response.status_code == CONFLICT:
            self.answered.append(response.request)
