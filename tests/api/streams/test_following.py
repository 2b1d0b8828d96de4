"""A stream shows the stored log: from the first event, or from the one behind the last that was seen."""

import asyncio

import pytest

from tests.api.serving import Service
from tests.api.streams.connections import Connection, listening
from tests.api.streams.logs import Written, streams_of


async def heard_all(served: Service, written: Written, **headers: str) -> Connection:
    """What a client gets that listens to the end."""
    connection = Connection(served.app, written.path, headers).ask()
    await connection.closed()
    return connection


def test_the_log_of_a_session_that_has_ended_is_sent_and_the_stream_ends(brisk: Service, written: Written) -> None:
    written.write("one")
    written.end()
    heard = asyncio.run(heard_all(brisk, written))
    assert (heard.status, heard.complete) == (200, True)
    assert heard.answered["content-type"].startswith("text/event-stream")
    assert heard.body.startswith(b"retry: 2000\n\nid: 1\nevent: session.started\ndata: {")
    assert heard.events == written.log
    assert [event["id"] for event in heard.events] == [1, 2, 3]


def test_only_what_came_after_the_last_event_is_sent(brisk: Service, written: Written) -> None:
    written.write("one")
    written.end()
    heard = asyncio.run(heard_all(brisk, written, **{"Last-Event-ID": "1"}))
    assert heard.events == written.log[1:]


def test_asking_again_after_the_end_is_answered_with_nothing(brisk: Service, written: Written) -> None:
    written.end()
    heard = asyncio.run(heard_all(brisk, written, **{"Last-Event-ID": "2"}))
    assert (heard.status, heard.body) == (204, b"")


def test_a_session_that_is_taken_up_again_goes_on_counting(brisk: Service, written: Written) -> None:
    written.end()
    written.here.sessions.save(written.session)  # running again, as after a resumption
    written.write("again")

    async def follow() -> Connection:
        async with listening(brisk.app, written.path, headers={"Last-Event-ID": "2"}) as connection:
            await connection.reach(3)
            written.write("once more")
            written.end()
            await connection.closed()
            return connection

    assert asyncio.run(follow()).events == written.log[2:]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_events_arrive_while_they_are_written(brisk: Service, written: Written, *, elsewhere: bool) -> None:
    async def follow() -> Connection:
        async with listening(brisk.app, written.path) as connection:
            for n in range(5):
                await connection.reach(n + 1)
                await asyncio.to_thread(written.write, f"step {n}", elsewhere=elsewhere)
            written.end(elsewhere=elsewhere)
            await connection.closed()
            return connection

    assert asyncio.run(follow()).events == written.log


def test_nothing_is_kept_when_the_clients_have_gone(brisk: Service, written: Written) -> None:
    streams = streams_of(brisk)

    async def come_and_go() -> list[tuple[int, int]]:
        async with listening(brisk.app, written.path) as one, listening(brisk.app, written.path) as two:
            await one.reach(1)
            await two.reach(1)
            during = (streams.listeners, streams.tails)
        return [during, (streams.listeners, streams.tails)]  # looked at before the loop ends, which would end them too

    assert asyncio.run(come_and_go()) == [(2, 1), (0, 0)]


def test_a_session_of_nobody_is_not_found(brisk: Service) -> None:
    answer = brisk.client().get("sessions/ses_000000000000/events")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("last", ["9", "x", "-1", "1.0", "9" * 40, "٣"])
def test_an_id_that_no_event_has_is_refused(brisk: Service, written: Written, last: str) -> None:
    answer = brisk.client().get(written.path, params={"after": last})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_header_counts_before_the_parameter(brisk: Service, written: Written) -> None:
    written.end()
    answer = brisk.client().get(written.path, params={"after": "1"}, headers={"Last-Event-ID": "2"})
    assert answer.status_code == 204


@pytest.mark.parametrize("ask", [{"params": {"format": "json"}}, {"headers": {"Accept": "application/json"}}])
def test_scripts_read_the_log_in_pages(brisk: Service, written: Written, ask: dict[str, dict[str, str]]) -> None:
    written.write("one")
    answer = brisk.client().get(written.path, **ask)  # type: ignore[arg-type]
    assert answer.json() == {"events": written.log, "next": 2, "ended": False}


def test_the_last_page_says_that_the_log_has_ended(brisk: Service, written: Written) -> None:
    written.end()
    first = brisk.client().get(written.path, params={"format": "json", "limit": 1}).json()
    assert (first["events"], first["next"], first["ended"]) == (written.log[:1], 1, True)
    last = brisk.client().get(written.path, params={"format": "json", "after": first["next"], "limit": 5}).json()
    assert last == {"events": written.log[1:], "next": None, "ended": True}
