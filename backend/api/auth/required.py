"""What a route asks for: the account that signed in."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from backend.api.auth.signing_in import HINT, SignedIn
from backend.api.errors import Unauthorized
from backend.domain.accounts import Account

bearer = HTTPBearer(
    scheme_name="token",
    description="A token of `backproof tokens create`, or the access token of a Supabase user; none on loopback.",
    auto_error=False,
)
"""Says in the reference how one signs in; what is sent is read before any route is reached."""


async def signed_in(request: Request, _sent: Annotated[object, Depends(bearer)]) -> Account:
    """The account that asks.

    Raises:
        Unauthorized: nobody signed in, because no middleware looked, or by mistake of a route.
    """
    found: SignedIn | None = request.scope.get("signed_in")
    if found is None:
        raise Unauthorized("Nobody is signed in.", HINT)
    return found.account
