"""A log is followed over lost connections, each event once and in order."""

import httpx2
import pytest

from backend.client.connection import Connection, Patience
from backend.client.following import TRIES, follow
from backend.domain.errors import InvalidInput, NotFound, Unavailable
from backend.domain.sessions import Event
from tests.client.scripted_server import LOST, Reply, events, refusal, scripted

OVER = Reply(204)
NOTICE = {"session_id": "ses_1", "at": "2026-01-02T03:04:05Z", "type": "notice", "data": {}}
PATH = "sessions/ses_1/events"


def followed(*replies: Reply, after: int = 0) -> tuple[list[int], list[str | None], list[float]]:
    """Ids of what came, what was stated as the last id each time, and the pauses."""
    pauses: list[float] = []
    with scripted(*replies) as server, httpx2.Client() as http:
        connection = Connection(server.url, None, http, Patience(pause=pauses.append))
        ids = [event.id for event in follow(connection, Event, PATH, after)]
    return ids, [asked.headers.get("Last-Event-ID") for asked in server.asked], pauses


def test_a_log_that_ends_is_asked_for_once_more() -> None:
    assert followed(events([1, 2, 3], NOTICE), OVER) == ([1, 2, 3], [None, "3"], [])


def test_it_begins_behind_an_event() -> None:
    assert followed(events([3, 4], NOTICE), OVER, after=2) == ([3, 4], ["2", "4"], [])


def test_a_stream_that_is_cut_goes_on_behind_the_last_whole_event() -> None:
    whole = events([1, 2], NOTICE)
    cut = events([1, 2, 3], NOTICE, cut=len(whole.body) + 30)
    ids, last, pauses = followed(cut, LOST, events([3, 4], NOTICE), OVER)
    assert (ids, last) == ([1, 2, 3, 4], [None, "2", "2", "4"])
    assert pauses == [0.2]


def test_what_comes_again_is_left_out() -> None:
    ids, _, _ = followed(events([1, 2], NOTICE), events([1, 2, 3], NOTICE), OVER)
    assert ids == [1, 2, 3]


def test_a_server_that_starts_is_waited_for() -> None:
    ids, _, pauses = followed(LOST, refusal(503), refusal(429), events([1], NOTICE), OVER)
    assert (ids, pauses) == ([1], [0.2, 0.4, 0.8])


def test_a_server_that_is_gone_ends_it() -> None:
    with pytest.raises(Unavailable, match="No server answers"):
        followed(*[LOST] * TRIES)


def test_a_refusal_ends_it() -> None:
    with pytest.raises(NotFound):
        followed(refusal(404))


def test_an_event_of_another_version_is_told() -> None:
    with pytest.raises(InvalidInput, match="Event is not as this client knows it: more"):
        followed(events([1], NOTICE | {"more": 1}))
