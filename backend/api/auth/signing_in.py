"""Finds the account behind a request."""

from fastapi import Request

from backend.domain.accounts import Account


def signed_in(request: Request) -> Account:
    """The account that asks; on a machine of a single owner that owner."""
    return Account(request.app.state.accounts.settings.owner)
