"""Each account follows its own sessions, for as long as it is signed in."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from backend.api.streams import Pace
from backend.bootstrap import utc_now
from backend.domain.accounts import Account
from backend.domain.sessions import SessionRequest
from tests.api.serving import Service, service
from tests.api.streams.connections import Connection, events_in, listening
from tests.api.streams.listed import Hand
from tests.api.streams.logs import BRISK, paced
from tests.stores.supabase.accounts import ANN

NOBODYS = "ses_000000000000"


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def shared(tmp_path: Path, clock: Hand) -> Service:
    """With tokens for scripts of several accounts."""
    pace = Pace(fastest=BRISK.fastest, slowest=BRISK.slowest, tick=BRISK.tick, clock=clock)
    return paced(service(tmp_path, auth="tokens"), pace)


def token_of(shared: Service, owner: str, lasting: timedelta | None = None) -> str:
    expires_at = None if lasting is None else utc_now() + lasting
    token, _ = shared.accounts.service.tokens.create(owner, "script", expires_at)
    return token


def session_of(shared: Service, owner: str) -> str:
    application = shared.accounts.application(Account(owner))
    return application.sessions.open(owner, SessionRequest(text="trend"), "built-in search").session_id


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_the_log_of_another_account_does_not_exist(shared: Service, accept: str) -> None:
    of_ann = session_of(shared, "ann")
    bob = shared.client(token_of(shared, "bob"))
    answers = [bob.get(f"sessions/{asked}/events", headers={"Accept": accept}) for asked in (of_ann, NOBODYS)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace(of_ann, NOBODYS) == answers[1].text


def test_each_account_gets_its_own_events(shared: Service) -> None:
    async def follow(app: FastAPI) -> list[set[str]]:
        owners = {owner: session_of(shared, owner) for owner in ("ann", "bob")}
        connections = []
        for owner, session_id in owners.items():
            headers = {"Authorization": f"Bearer {token_of(shared, owner)}"}
            connections.append(Connection(app, f"sessions/{session_id}/events", headers).ask())
        for connection, (owner, session_id) in zip(connections, owners.items(), strict=True):
            await connection.reach(1)
            application = shared.accounts.application(Account(owner))
            application.sessions.stop(application.sessions.load(owner, session_id), "cancelled")
            await connection.closed()
        return [
            {event["session_id"] for event in connection.events} ^ {owners[owner]}
            for connection, owner in zip(connections, owners, strict=True)
        ]

    assert asyncio.run(follow(shared.app)) == [set(), set()]


def test_a_stream_ends_with_the_token_that_opened_it(shared: Service, clock: Hand) -> None:
    session_id = session_of(shared, "ann")

    async def follow() -> Connection:
        headers = {"Authorization": f"Bearer {token_of(shared, 'ann', timedelta(hours=1))}"}
        async with listening(shared.app, f"sessions/{session_id}/events", headers=headers) as connection:
            await connection.reach(1)
            clock.now += 3600
            await connection.closed()
            return connection

    assert asyncio.run(follow()).complete


@pytest.mark.slow
def test_users_of_a_project_follow_their_own_sessions(with_accounts: Service, ann: TestClient, bob: TestClient) -> None:
    application = with_accounts.accounts.acting_for(ANN)
    session = application.sessions.open(ANN, SessionRequest(text="trend"), "built-in search")
    application.sessions.stop(session, "cancelled")
    path = f"sessions/{session.session_id}/events"
    assert bob.get(path).status_code == 404
    told = events_in(ann.get(path).content)
    assert [event["type"] for event in told] == ["session.started", "session.ended"]
    assert ann.get(path, params={"format": "json"}).json()["events"] == told
    assert ann.get(path, headers={"Last-Event-ID": "2"}).status_code == 204
