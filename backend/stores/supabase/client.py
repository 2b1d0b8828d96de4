"""The way to a Supabase project: whose key is sent, and one call as one transaction."""

import atexit
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic_core import from_json
from supabase import Client, create_client
from supabase.lib.client_options import SyncClientOptions

from backend.domain.errors import InvalidInput
from backend.stores.supabase.faults import told_plainly

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
"""Seconds; the server ends a statement long before."""


@dataclass(frozen=True)
class SupabaseAccess:
    """Where a project is and what opens it.

    Attributes:
        url: address of the project, e.g. ``https://abc.supabase.co``.
        publishable_key: sent with the calls of a user.
        secret_key: sent with the service's own calls, which see every row; empty where the service has none.
        token: a user's access token; None for the service itself.
    """

    url: str = field(repr=False)
    publishable_key: str = field(repr=False)
    secret_key: str = field(default="", repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """The address as messages name it, without anything secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


class Caller:
    """Calls functions of the database with one key; safe for several threads.

    Args:
        place: the address of the project, for messages.
    """

    def __init__(self, client: Client, place: str) -> None:
        self._client = client
        self.place = place

    def call(self, function: str, **arguments: Any) -> Any:
        """What a function answers: a value, or the value of the JSON text that it returns.

        Args:
            function: of ``supabase/migrations/*_functions.sql``.
            arguments: by name, without their prefix; JSON values that a server may pass on unread.
        """
        answer = self._answer(function, {f"p_{name}": value for name, value in arguments.items()})
        return from_json(answer, cache_strings="keys") if isinstance(answer, str) else answer

    def caller_id(self) -> str | None:
        """Whose token was sent; None for the service itself, and for a token that is not a user's."""
        owner = self._answer("request_owner", {})
        return None if owner is None else str(owner)

    def numbers_of_migrations(self) -> set[int]:
        """The numbers of the steps that the schema went through."""
        with told_plainly(self.place):
            rows: Any = self._client.table("schema_migrations").select("number").execute().data
        return {row["number"] for row in rows}

    def _answer(self, function: str, arguments: dict[str, Any]) -> Any:
        with told_plainly(self.place):
            return self._client.rpc(function, arguments).execute().data


@dataclass(frozen=True)
class Callers:
    """Who calls on behalf of an owner.

    Attributes:
        own: sees what the owner may see.
        service: may write what is everybody's; None where there is no secret key.
    """

    own: Caller
    service: Caller | None

    def writing(self, owner: str) -> Caller:
        """Who may write rows of ``owner``, be it one user or, as the empty text, everybody.

        Raises:
            InvalidInput: shared rows are to be written without a secret key.
        """
        if owner:
            return self.own
        if self.service is None:
            raise InvalidInput(
                f"Prices and posts that everybody shares cannot be written to Supabase at {self.own.place} as a user.",
                "set SUPABASE_SECRET_KEY, or import a file: what is imported is the user's own",
            )
        return self.service


def connect(access: SupabaseAccess) -> Callers:
    """Who calls with what ``access`` holds; asks nobody yet.

    Raises:
        InvalidInput: the address is none, or a key is missing.
    """
    service = _caller(access, access.secret_key, "") if access.secret_key else None
    if access.token is not None:
        return Callers(_caller(access, access.publishable_key, access.token), service)
    if service is None:
        raise InvalidInput("There is no key for Supabase.", "set SUPABASE_SECRET_KEY, or sign in")
    return Callers(service, service)


def _caller(access: SupabaseAccess, key: str, token: str) -> Caller:
    if urlsplit(access.url).scheme not in {"http", "https"} or not urlsplit(access.url).hostname:
        raise InvalidInput(f'SUPABASE_URL "{access.place}" is no address.', "give one like https://abc.supabase.co")
    if not key:
        raise InvalidInput("There is no publishable key for Supabase.", "set SUPABASE_PUBLISHABLE_KEY")
    options = SyncClientOptions(
        httpx_client=shared_connections(),
        auto_refresh_token=False,
        persist_session=False,
        postgrest_client_retry=False,  # it would wait for seconds before a project that is away is told
    )
    options.headers["Authorization"] = f"Bearer {token or key}"
    return Caller(create_client(access.url, key, options), access.place)


@cache
def shared_connections() -> httpx.Client:
    """One pool of connections for every client of the process: each pool would load its own certificates."""
    connections = httpx.Client(timeout=TIMEOUT, follow_redirects=True)
    atexit.register(connections.close)
    return connections
