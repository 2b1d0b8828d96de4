"""What routes are handed: the account that asks, its application, and what the server has for all of them."""

from typing import Annotated

from fastapi import Depends, Request

from backend.api.auth import signed_in
from backend.api.gates import Gates
from backend.api.kept_answers import KeptAnswers
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.application import Application
from backend.domain.accounts import Account


async def accounts_of(request: Request) -> Accounts:
    """The applications of all accounts."""
    accounts: Accounts = request.app.state.accounts
    return accounts


async def application_of(
    account: Annotated[Account, Depends(signed_in)], accounts: Annotated[Accounts, Depends(accounts_of)]
) -> Application:
    """The application of the account that asks."""
    return accounts.application(account)


async def gates_of(request: Request) -> Gates:
    """The gates through which long work goes."""
    gates: Gates = request.app.state.gates
    return gates


async def kept_answers_of(request: Request) -> KeptAnswers:
    """Documents that were answered before."""
    kept: KeptAnswers = request.app.state.kept_answers
    return kept


Caller = Annotated[Account, Depends(signed_in)]
"""The account that asks."""

Served = Annotated[Application, Depends(application_of)]
"""The application of the account that asks."""

Everybody = Annotated[Accounts, Depends(accounts_of)]
"""The applications of all accounts, and what serves all of them."""

Gated = Annotated[Gates, Depends(gates_of)]
"""The gates through which long work goes."""

Keeping = Annotated[KeptAnswers, Depends(kept_answers_of)]
"""Documents that were answered before."""
