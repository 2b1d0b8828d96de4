"""One connection to the server: a request whose head is too long, or does not come, ends it."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536
"""Bytes of the first line and the headers together."""


class Connection(HttpToolsProtocol):
    """As uvicorn has it, with limits before there is a request that an application could refuse."""

    patience = 20.0
    """Seconds in which a head has to come."""

    _head = 0
    _waiting: TimerHandle | None = None
    _heading = True

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._forget_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head, however it is cut into pieces."""
        super().data_received(data)
        if not self._heading or self.transport.is_closing():
            return
        self._head += len(data)
        if self._head > LONGEST_HEAD:
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head, self._heading = 0, True
        self._await_head()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._heading = False
        self._forget_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is all there."""
        super().on_message_complete()
        self._head = 0

    def _await_head(self) -> None:
        self._forget_waiting()
        self._waiting = self.loop.call_later(self.patience, self._give_up)

    def _forget_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
