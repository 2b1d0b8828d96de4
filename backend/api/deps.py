"""What routes are handed: the account that asks, and its application."""

from typing import Annotated

from fastapi import Depends, Request

from backend.api.auth import signed_in
from backend.bootstrap.accounts import Accounts
from backend.bootstrap.application import Application
from backend.domain.accounts import Account


def accounts_of(request: Request) -> Accounts:
    """The applications of all accounts."""
    accounts: Accounts = request.app.state.accounts
    return accounts


def application_of(
    account: Annotated[Account, Depends(signed_in)], accounts: Annotated[Accounts, Depends(accounts_of)]
) -> Application:
    """The application of the account that asks."""
    return accounts.application(account)


Caller = Annotated[Account, Depends(signed_in)]
"""The account that asks."""

Served = Annotated[Application, Depends(application_of)]
"""The application of the account that asks."""

Everybody = Annotated[Accounts, Depends(accounts_of)]
"""The applications of all accounts, and what serves all of them."""
