"""Lets nobody through to the routes of accounts who does not sign in."""

from collections import OrderedDict
from functools import partial
from hashlib import sha256

from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.auth.signing_in import HINT, SignedIn, SigningIn, bearer_token
from backend.api.errors import Forbidden, Unauthorized, problem
from backend.api.security.counting import Measure, address_of
from backend.bootstrap.accounts import Accounts
from backend.domain.errors import BackproofError

PUBLIC = ("openapi.json", "healthz", "readyz")
"""Under the prefix of the routes of accounts; pages and probes outside of it are public too."""
METRICS = "/metrics"
"""Counts of everybody's requests: told to the owner of the service alone, here and under the prefix."""

AT_ONCE = 16
"""Threads that check tokens."""
MOST_FAILURES = 60
"""Of one address in a minute, after which tokens that were not good before are not looked at."""
REMEMBERED = 4_096
"""Tokens that were good, by their hash: they are looked at however many bad ones come from the same proxy."""


class SignIn:
    """The account of a request, noted in its scope as ``signed_in``.

    Args:
        app: what answers those who signed in.
        accounts: of this machine.
        prefix: of the paths of accounts.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._operator = accounts.settings.owner
        self._signing_in = SigningIn(accounts)
        self._threads = CapacityLimiter(AT_ONCE)
        self._failures = Measure("", {"failures": MOST_FAILURES})
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or self._is_public(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            found = await self._found(scope)
            self._refuse_metrics(scope["path"], found)
        except BackproofError as error:
            await problem(error)(scope, receive, send)
            return
        scope["signed_in"] = found
        scope.setdefault("state", {})["signed_in_until"] = found.until
        await self._app(scope, receive, send)

    def _is_public(self, path: str) -> bool:
        if path == METRICS:
            return False
        rest = path.removeprefix(self._prefix)
        return rest == path or rest.removeprefix("/") in PUBLIC

    async def _found(self, scope: Scope) -> SignedIn:
        token = bearer_token(scope["headers"])
        if token is None:
            if self._signing_in.anybody is None:
                raise Unauthorized("Nobody is signed in.", HINT)
            return self._signing_in.anybody
        address, mark = address_of(scope), sha256(token.encode()).digest()
        if mark not in self._good:
            await self._failures.refuse_more("failures", address)
        try:
            found = await self._looked_up(token)
        except Unauthorized:
            self._good.pop(mark, None)
            await self._failures.count("failures", address)
            raise
        self._remember(mark)
        return found

    async def _looked_up(self, token: str) -> SignedIn:
        return await to_thread.run_sync(partial(self._signing_in.signed_in, token), limiter=self._threads)

    def _remember(self, mark: bytes) -> None:
        self._good[mark] = None
        self._good.move_to_end(mark)
        if len(self._good) > REMEMBERED:
            self._good.popitem(last=False)

    def _refuse_metrics(self, path: str, found: SignedIn) -> None:
        if path in (METRICS, f"{self._prefix}{METRICS}") and found.account.owner != self._operator:
            raise Forbidden("Only the owner of the service reads its figures.", "send a token of BACKPROOF_OWNER")
