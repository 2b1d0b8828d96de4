"""The client as its users hold it: one attribute for each noun of the API."""

from types import TracebackType
from typing import Self

import httpx2

from backend.api.documents.health import Health
from backend.api.documents.language import LanguageDocument
from backend.client.backtests import BacktestCalls
from backend.client.batches import BatchCalls
from backend.client.bots import BotCalls
from backend.client.connection import Connection, Patience
from backend.client.jobs import JobCalls
from backend.client.market_data import DataCalls, DatasetCalls
from backend.client.sessions import SessionCalls
from backend.client.strategies import StrategyCalls
from backend.client.tokens import TokenCalls


class Backproof:
    """A Backproof server, asked in the name of one account.

    Requests lost on the way are sent again, writes too: each carries a key under which the server does it once.

    Args:
        url: where it listens, such as ``http://127.0.0.1:8000``.
        token: of the account: an API token, or the access token of a user who is signed in; None where nobody signs in.
        http: sends the requests in place of a client of its own; whoever made it closes it.
        patience: how long a request is tried again.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        http: httpx2.Client | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._http = http or httpx2.Client()
        self._closes = http is None
        connection = self._connection = Connection(url, token, self._http, patience or Patience())
        self.sessions = SessionCalls(connection)
        self.backtests = BacktestCalls(connection)
        self.batches = BatchCalls(connection)
        self.bots = BotCalls(connection)
        self.data = DataCalls(connection)
        self.datasets = DatasetCalls(connection)
        self.jobs = JobCalls(connection)
        self.strategies = StrategyCalls(connection)
        self.tokens = TokenCalls(connection)

    def language(self) -> LanguageDocument:
        """How a strategy is written."""
        return self._connection.read(LanguageDocument, "language")

    def health(self) -> Health:
        """Raises Unavailable when the server does not live."""
        return self._connection.at_once.read(Health, "healthz")

    def readiness(self) -> Health:
        """Raises Unavailable, naming what is lacking, when it cannot work."""
        return self._connection.at_once.read(Health, "readyz")

    def metrics(self) -> str:
        """What it has done and is doing, in the text format of Prometheus."""
        return self._connection.get("metrics").text

    def close(self) -> None:
        """Close the connections, unless they were handed in."""
        if self._closes:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
