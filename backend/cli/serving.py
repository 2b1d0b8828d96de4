"""Runs the HTTP server until somebody ends it."""

import gc
import socket
from collections.abc import Callable, Sequence

import uvicorn

from backend.cli.listening import url_of
from backend.domain.errors import Unavailable

APPLICATION = "backend.api.main:served"
CONNECTION = "backend.api.security.connection:Connection"
"""By name: doors do not import each other."""

LAST_WORDS = 3
"""Seconds that open requests have to end."""
IDLE = 30
"""Seconds for which a connection is kept without a request."""
COLLECTED_AFTER = (50_000, 20, 100)
"""Objects that come before cycles of them are looked for: a large document alone has more than the 700 of Python."""


class Server(uvicorn.Server):
    """Tells where it listens, and lets streams end before it waits for them.

    Args:
        config: of uvicorn.
        say: told the line.
    """

    def __init__(self, config: uvicorn.Config, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        url = url_of((sockets or [])[0])
        self._say(f"Backproof listens on {url} - its reference is {url}/docs, and Ctrl-C ends it.")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, streams first: they would not end by themselves."""
        state = self.config.loaded_app.state
        state.stopping.set()
        state.streams.end()
        await super().shutdown(sockets)


def run(sockets: Sequence[socket.socket], say: Callable[[str], None]) -> None:
    """Serve on these sockets until Ctrl-C or a request to terminate.

    Raises:
        Unavailable: it could not start.
    """
    gc.set_threshold(*COLLECTED_AFTER)
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        http=CONNECTION,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=LAST_WORDS,
    )
    server = Server(config, say)
    try:
        server.run(list(sockets))
    except KeyboardInterrupt:
        if not server.started:
            raise
        say("Stopped.")
    except SystemExit:  # what uvicorn calls a start that failed
        raise Unavailable("The server could not start.", "the lines above say why") from None
    finally:
        if not server.started:  # otherwise the server has closed them
            for bound in sockets:
                bound.close()
