"""A local server with the shape of Yahoo's chart service, and with faults on request.

It needs no pytest: ``with YahooServer() as yahoo`` starts it on a free port, and ``yahoo.url`` goes into
BACKPROOF_YAHOO_URL.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.bars import Bars

Document = dict[str, Any]

DAYS_BACK = {"1m": 30, "5m": 60, "15m": 60, "1h": 730}
LONGEST = {"1m": 8}
CRUMB, COOKIE = "crumb-that-nobody-may-see", "cookie-that-nobody-may-see"


@dataclass(frozen=True)
class Request:
    """One request for a chart, as it arrived."""

    symbol: str
    interval: str
    period1: int
    period2: int


@dataclass
class Reply:
    """What is about to be sent; a fault changes it.

    Attributes:
        hold: whether it is held back until the server is closed.
        sent: share of the body that is sent before the connection is closed; None for all of it.
    """

    status: int
    document: Document | None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    hold: bool = False
    sent: float | None = None

    @property
    def result(self) -> Any:
        """The only chart of the document."""
        assert self.document is not None
        return self.document["chart"]["result"][0]

    def body(self) -> bytes:
        """What is sent when nothing cuts it off."""
        return (self.text if self.text is not None else json.dumps(self.document)).encode()


Fault = Callable[[Reply], None]


@dataclass
class Series:
    """A symbol as it was traded; what Yahoo shows of it depends on the events that have appeared so far.

    Attributes:
        bars: raw bars by interval.
        dividends: amount by ex-date, in money of that day.
        splits: new shares for one old share, by date.
        zone: whose clock the exchange goes by.
    """

    bars: dict[str, Bars] = field(default_factory=dict)
    dividends: dict[date, float] = field(default_factory=dict)
    splits: dict[date, float] = field(default_factory=dict)
    zone: str = "America/New_York"

    def shown(self, interval: str) -> Floats:
        """Open, high, low and close, adjusted for splits as Yahoo does it; shape (4, T)."""
        bars = self.bars[interval]
        divisor = np.ones(len(bars))
        for day, ratio in self.splits.items():
            divisor[bars.session < np.datetime64(day)] *= ratio
        return np.stack([bars.open, bars.high, bars.low, bars.close]) / divisor

    def adjusted_close(self) -> Floats:
        """The daily close, adjusted for dividends too: each takes its share of the close before its ex-date."""
        bars = self.bars["1d"]
        adjusted: Floats = self.shown("1d")[3].copy()
        for day, amount in self.dividends.items():
            before = bars.session < np.datetime64(day)
            adjusted[before] *= 1 - amount / bars.close[before][-1]
        return adjusted


class YahooServer:
    """Serves the series that were added, and keeps what was asked.

    Args:
        now: the present moment, by which bars shorter than a day grow too old.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.series: dict[str, Series] = {}
        self.requests: list[Request] = []
        self.paths: list[str] = []
        self.most_in_flight = 0
        self._now = now
        self._faults: list[Fault] = []
        self._in_flight = 0
        self._lock = Lock()
        self._closing = Event()
        self.connections: list[socket] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False  # so that closing waits for them
        self._thread = Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._thread.join()
        for connection in self.connections:
            with suppress(OSError):  # the client has closed it
                connection.shutdown(SHUT_RDWR)
        self._http.server_close()

    def add(self, bars: Bars, ticker: str | None = None) -> Series:
        """Put raw bars in place of all of their timeframe; ``ticker`` is the symbol as Yahoo writes it."""
        series = self.series.setdefault(ticker or bars.symbol, Series())
        series.bars[str(bars.timeframe)] = bars
        return series

    def fail_next(self, *faults: Fault) -> None:
        """Let the next requests for a chart fail, one fault each."""
        self._faults += faults

    def answer(self, path: str, query: dict[str, str]) -> Reply:
        """What is sent to a request."""
        self.paths.append(path)
        if path == "/v1/test/getcrumb":
            return Reply(200, None, text=CRUMB)
        if not path.startswith("/v8/finance/chart/"):
            return Reply(404, None, {"Set-Cookie": f"A3={COOKIE}; Path=/"}, text="")
        symbol = unquote(path.rpartition("/")[2])
        request = Request(symbol, query["interval"], int(query["period1"]), int(query["period2"]))
        self.requests.append(request)
        reply = self._chart(request)
        if self._faults:
            self._faults.pop(0)(reply)
        if reply.hold:
            self._closing.wait()
        return reply

    @contextmanager
    def flight(self) -> Iterator[None]:
        """Count the requests that are answered at the same moment."""
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        yield
        with self._lock:
            self._in_flight -= 1

    def _chart(self, request: Request) -> Reply:
        series = self.series.get(request.symbol)
        if series is None:
            return _error(404, "Not Found", "No data found, symbol may be delisted")
        days = (request.period2 - request.period1) / 86_400
        oldest = self._now().timestamp() - DAYS_BACK.get(request.interval, 40_000) * 86_400
        if request.period1 < oldest or days > LONGEST.get(request.interval, 40_000):
            return _error(422, "Unprocessable Entity", f"{request.interval} data not available for this range.")
        if request.period2 <= _seconds(series.bars["1d"])[0]:
            why = f"Data doesn't exist for startDate = {request.period1}, endDate = {request.period2}"
            return _error(400, "Bad Request", why)
        return Reply(200, {"chart": {"result": [_result(series, request)], "error": None}})


def _result(series: Series, request: Request) -> Document:
    bars = series.bars.get(request.interval)
    daily = _seconds(series.bars["1d"])
    result: Document = {"meta": _meta(series, request, daily), "indicators": {"quote": [{}]}}
    stamp = _seconds(bars) if bars is not None else np.empty(0, np.int64)
    rows = np.flatnonzero((stamp >= request.period1) & (stamp < request.period2))
    if bars is None or not rows.size:
        return result
    prices = series.shown(request.interval)[:, rows]
    columns = dict(zip(("open", "high", "low", "close"), prices.tolist(), strict=True))
    result["timestamp"] = stamp[rows].tolist()
    result["indicators"]["quote"] = [columns | {"volume": bars.volume[rows].astype(np.int64).tolist()}]
    if request.interval == "1d":
        result["indicators"]["adjclose"] = [{"adjclose": series.adjusted_close()[rows].tolist()}]
    events = _events(series, request)
    return result | ({"events": events} if events else {})


def _events(series: Series, request: Request) -> Document:
    def shown(moment: int) -> bool:
        return request.period1 <= moment < request.period2

    dividends = {_opening(series, day): amount for day, amount in series.dividends.items()}
    splits = {_opening(series, day): ratio for day, ratio in series.splits.items()}
    parts: Document = {
        "dividends": {str(at): {"amount": amount, "date": at} for at, amount in dividends.items() if shown(at)},
        "splits": {
            str(at): {"date": at, "numerator": ratio, "denominator": 1.0, "splitRatio": f"{ratio:g}:1"}
            for at, ratio in splits.items()
            if shown(at)
        },
    }
    return {name: part for name, part in parts.items() if part}


def _opening(series: Series, day: date) -> int:
    bars = series.bars["1d"]
    return int(_seconds(bars)[np.searchsorted(bars.session, np.datetime64(day))])


def _meta(series: Series, request: Request, daily: Any) -> Document:
    price = float(series.shown("1d")[3, -1])
    return {
        "currency": "USD",
        "symbol": request.symbol,
        "exchangeName": "NMS",
        "fullExchangeName": "NasdaqGS",
        "instrumentType": "EQUITY",
        "firstTradeDate": int(daily[0]),
        "regularMarketTime": int(series.bars["1d"].end[-1].astype(np.int64)),
        "hasPrePostMarketData": True,
        "gmtoffset": -18_000,
        "timezone": "EST",
        "exchangeTimezoneName": series.zone,
        "regularMarketPrice": price,
        "chartPreviousClose": price,
        "priceHint": 2,
        "dataGranularity": request.interval,
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }


def _seconds(bars: Bars) -> Any:
    return bars.start.astype("datetime64[s]").astype(np.int64)


def _error(code: int, name: str, description: str) -> Reply:
    return Reply(code, {"chart": {"result": None, "error": {"code": name, "description": description}}})


def _handler(server: YahooServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def setup(self) -> None:
            super().setup()
            server.connections.append(self.connection)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            with server.flight():
                reply = server.answer(parts.path, dict(parse_qsl(parts.query)))
            body = reply.body()
            self.send_response(reply.status)
            for name, text in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            with suppress(ConnectionError):  # the client did not wait
                self.end_headers()
                self.wfile.write(body if reply.sent is None else body[: int(len(body) * reply.sent)])
            self.close_connection = reply.sent is not None

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    return Handler
