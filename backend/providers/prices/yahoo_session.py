"""Sends the requests of the yfinance library, to Yahoo or to an address that answers like it.

The library fetches the cookie and the crumb that Yahoo may ask for; they stay in memory. Its caches on disk and its
log are switched off, and everything it says ends as one of our errors. It takes seconds to import: do so at the first
fetch.
"""

import logging
import os
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from curl_cffi.const import CurlECode
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import CertificateVerifyError, RequestException, Timeout
from yfinance import set_tz_cache_location
from yfinance.data import YfData
from yfinance.exceptions import YFException

from backend.domain.errors import Unavailable
from backend.providers.pacing import TransientFailure, Unreachable
from backend.providers.prices.yahoo_request import CONNECTING, YAHOO

CHART = f"{YAHOO}/v8/finance/chart"
ANSWERING = 8.0

COOKIES = "https://fc.yahoo.com"
CRUMB_REFUSED = (401, 403)
"""Answers after which the library gets itself a new crumb and asks again; after others, asking again is our affair."""

NO_WAY = (CurlECode.COULDNT_RESOLVE_PROXY, CurlECode.COULDNT_RESOLVE_HOST, CurlECode.COULDNT_CONNECT)

_one_at_a_time = Lock()  # the library keeps its session, cookie and crumb in one object for the whole process

set_tz_cache_location(os.devnull)  # not a folder, so it keeps nothing on disk
for name in ("yfinance", "bs4.dammit"):  # the one logs crumbs and prints what it also raises, the other pages
    logging.getLogger(name).disabled = True


class Answer(NamedTuple):
    """What came back.

    Attributes:
        status: of HTTP.
        wait: seconds that the server asks to be left alone; None when it says nothing.
    """

    status: int
    body: bytes
    wait: float | None


class _Refused(Exception):
    """A refusal on its way past the library, which would ask again at once."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class YahooSession(Session[Response]):
    """A browser-like session for the library.

    Args:
        url: where everything that is meant for Yahoo goes instead; empty for Yahoo itself.
        limits: most seconds for the way to Yahoo, and for its answer after that.
    """

    def __init__(self, url: str, limits: tuple[float, float] = (CONNECTING, ANSWERING)) -> None:
        super().__init__(impersonate="chrome", use_thread_local_curl=False)
        self._url = url.rstrip("/")
        self._limits = limits
        self._cookies_came: Response | None = None

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """One request of the library; our time limits replace its own.

        Raises:
            Unreachable: there is no connection within the time for one.
            _Refused: a chart was refused for another reason than the crumb.
            RequestException: it failed otherwise.
        """
        if url == COOKIES and self._cookies_came is not None:
            return self._cookies_came  # without a cache on disk, the library asks anew before each request
        options["timeout"] = self._limits
        try:
            response = super().request(method, self._rerouted(url), *args, **options)
        except Timeout as error:
            if "Operation timed out" not in str(error):  # but "Connection timed out" or "Resolving timed out"
                raise Unreachable(waited=True) from None
            raise
        if url.startswith(CHART) and response.status_code >= 400 and response.status_code not in CRUMB_REFUSED:
            raise _Refused(response)
        if url == COOKIES:
            self._cookies_came = response
        return response

    def chart(self, name: str, parameters: dict[str, str]) -> Answer:
        """Ask for a chart; ``name`` is quoted for an address.

        Raises:
            TransientFailure: it failed in a way that may pass.
            Unavailable: it failed in a way that will not.
        """
        with _one_at_a_time:
            try:
                return _answer(YfData(session=self).get(f"{CHART}/{name}", params=parameters))
            except _Refused as refused:
                return _answer(refused.response)
            except RequestException as error:
                raise self._told(error) from None
            except YFException:
                raise TransientFailure("refuses the session of yfinance") from None

    def _rerouted(self, url: str) -> str:
        parts = urlsplit(url)
        if not self._url or not f".{parts.hostname}".endswith(".yahoo.com"):
            return url
        return f"{self._url}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _told(self, error: RequestException) -> Exception:
        """The error in our words: its own may show addresses with a crumb in them."""
        if error.code in NO_WAY:
            return Unreachable()
        if isinstance(error, CertificateVerifyError):
            hint = "check this machine's clock and its proxy"
            return Unavailable("The certificate of Yahoo cannot be verified.", hint)
        if isinstance(error, Timeout):
            return TransientFailure(f"did not answer within {sum(self._limits):g} seconds")
        return TransientFailure("broke the connection off")


def _answer(response: Response) -> Answer:
    wait = response.headers.get("Retry-After") or ""
    return Answer(response.status_code, response.content, float(wait) if wait.isdigit() else None)
