"""However often a client is cut off, and whoever writes, it gets the stored log: nothing twice, nothing left out."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.api.serving import Service
from tests.api.streams.connections import Connection, events_in, listening
from tests.api.streams.logs import Written, session_of, streams_of

CUTS = st.lists(st.integers(0, 900), min_size=1, max_size=6)
"""Bytes after which the client is cut off, connection by connection."""


async def cut_off(served: Service, written: Written, last: int, after_bytes: int) -> list[dict[str, Any]]:
    """The whole events that a client has whose connection broke after so many bytes."""
    async with listening(served.app, written.path, headers={"Last-Event-ID": str(last)}) as connection:
        stored = len(written.log)
        await connection.until(lambda heard: len(heard.body) >= after_bytes or max(heard.last_id, last) >= stored)
        return events_in(connection.body[:after_bytes])


async def to_the_end(served: Service, written: Written, last: int) -> list[dict[str, Any]]:
    connection = Connection(served.app, written.path, {"Last-Event-ID": str(last)}).ask()
    await connection.closed()
    return connection.events


async def follow(served: Service, written: Written, cuts: list[int], writing: list[bool]) -> list[dict[str, Any]]:
    """What a client has at the end that is cut off again and again while two write the log."""

    def write(elsewhere: bool) -> None:
        for n, mine in enumerate(writing):
            if mine == elsewhere:
                written.write(f"{n}", elsewhere=elsewhere, more="é\n" * (n % 7))

    writers = [asyncio.ensure_future(asyncio.to_thread(write, elsewhere)) for elsewhere in (False, True)]
    heard: list[dict[str, Any]] = []
    for cut in cuts:
        heard += await cut_off(served, written, heard[-1]["id"] if heard else 0, cut)
    await asyncio.gather(*writers)
    written.end()
    return heard + await to_the_end(served, written, heard[-1]["id"] if heard else 0)


@pytest.mark.slow
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cuts=CUTS, writing=st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_client_that_is_cut_off_at_any_byte_misses_nothing(
    brisk: Service, cuts: list[int], writing: list[bool]
) -> None:
    written = session_of(brisk)
    heard = asyncio.run(follow(brisk, written, cuts, writing))
    assert heard == written.log
    assert [event["id"] for event in heard] == list(range(1, len(writing) + 3))
    assert (streams_of(brisk).listeners, streams_of(brisk).tails) == (0, 0)
