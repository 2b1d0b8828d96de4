"""What is done on the event loop, for which every other request waits, asks no store."""

import asyncio

from backend.api.routes.batches import queued_batches
from backend.api.routes.sessions import queued_sessions
from tests.api.serving import Service


def test_a_request_opens_the_store_in_a_thread_of_its_own(served: Service) -> None:
    """A server that does not answer is waited for up to ten seconds."""
    application, accounts = served.accounts.service, served.accounts
    for made in (queued_sessions, queued_batches):
        asyncio.run(made(application, accounts))
        assert "database" not in vars(accounts.shared)
    assert application.sessions.lines("local", 1) == ()
    assert "database" in vars(accounts.shared)
