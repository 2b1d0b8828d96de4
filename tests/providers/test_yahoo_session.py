"""Between this machine and Yahoo: what is asked how often, what is waited for, and what is never shown or kept."""

import logging
from pathlib import Path
from threading import Thread

import pytest

from backend.domain.errors import Unavailable
from backend.providers.pacing import TransientFailure, Unreachable
from tests.providers.yahoo import World, _library, deaf, world
from tests.servers.yahoo import COOKIE, CRUMB, Fault
from tests.servers.yahoo_faults import cut_connection, cut_text, down_page, no_answer, status

__all__ = ["_library", "deaf", "world"]  # a fixture is found by its name

PASSING = [status(429), status(500), status(503), cut_text, cut_connection, down_page]
"""Faults that may pass."""


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_asked_again(world: World, fault: Fault) -> None:
    world.add()
    world.server.fail_next(fault, fault)
    assert len(world.fetch()) == 4
    assert len(world.server.requests) == 3
    assert world.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (status(429), "Yahoo limits how often it may be asked."),
        (status(500), "Yahoo fails with HTTP 500."),
        (cut_text, "Yahoo answered with a text that is cut off or is not a chart."),
        (cut_connection, "Yahoo broke the connection off."),
    ],
)
def test_what_does_not_pass_is_told_after_four_requests(world: World, fault: Fault, said: str) -> None:
    world.add()
    world.server.fail_next(*[fault] * 4)
    with pytest.raises(Unavailable) as caught:
        world.fetch()
    assert caught.value.message == said
    assert len(world.server.requests) == 4


def test_yahoo_may_say_how_long_to_wait(world: World) -> None:
    world.add()
    world.server.fail_next(status(429, retry_after=17))
    assert len(world.fetch()) == 4
    assert 17.0 in world.slept
    world.server.fail_next(status(429, retry_after=3_600))
    with pytest.raises(Unavailable) as caught:
        world.fetch()
    assert "3600 seconds" in caught.value.hint
    assert len(world.server.requests) == 3


def test_a_refused_crumb_is_fetched_anew_by_the_library(world: World) -> None:
    world.add()
    world.server.fail_next(status(401))
    assert len(world.fetch()) == 4
    world.server.fail_next(status(401), status(403))
    with pytest.raises(Unavailable, match="refuses to answer \\(HTTP 403\\)"):
        world.fetch()
    assert world.slept == [0.5]  # the pace of two fetches


def test_requests_start_half_a_second_apart(world: World) -> None:
    world.add()
    for _ in range(3):
        world.fetch()
    assert world.slept == [0.5, 0.5]


def test_the_cookie_and_the_crumb_are_asked_for_once(world: World) -> None:
    world.add()
    for _ in range(3):
        world.fetch()
    others = [path for path in world.server.paths if "chart" not in path]
    assert len(others) == len(set(others)) <= 2


def test_threads_ask_one_after_the_other(world: World) -> None:
    world.add()
    lengths: list[int] = []
    threads = [Thread(target=lambda: lengths.append(len(world.fetch()))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lengths == [4] * 10
    assert len(world.server.requests) == 10
    assert world.server.most_in_flight == 1


def test_without_a_connection_it_is_tried_twice_and_told(world: World) -> None:
    world.add()
    world.server.__exit__()
    with pytest.raises(Unavailable) as caught:
        world.fetch()
    assert caught.value.message == "Yahoo cannot be reached."
    assert "network" in caught.value.hint
    assert world.slept == [0.25, 0.25]  # before the only other try: the wait, and the rest of the pace


def test_a_slow_answer_is_not_waited_for_forever(world: World) -> None:
    from backend.providers.prices.yahoo_session import YahooSession

    world.add()
    world.server.fail_next(no_answer)
    parameters = {"interval": "1d", "period1": "0", "period2": "2000000000"}
    with YahooSession(world.server.url, limits=(0.2, 0.2)) as session:
        with pytest.raises(TransientFailure, match=r"did not answer within 0\.4 seconds"):
            session.chart("TEST", parameters)
        assert session.chart("TEST", parameters).status == 200


@pytest.mark.usefixtures("_library")
def test_a_network_that_swallows_everything_counts_as_none(deaf: str) -> None:
    from backend.providers.prices.yahoo_session import YahooSession

    with (
        YahooSession(deaf, limits=(0.2, 5.0)) as session,
        pytest.raises(Unreachable, match="cannot be reached") as caught,
    ):
        session.chart("TEST", {})
    assert caught.value.waited


def test_nothing_is_printed_logged_or_kept(
    world: World, own_home: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world.add()
    world.server.fail_next(status(401), *PASSING)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as caught:
        world.fetch()
    world.fetch()
    streams = capfd.readouterr()
    assert streams.out + streams.err == ""
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    said = f"{caplog.text} {caught.value!r} {caught.value.hint}"
    assert CRUMB not in said
    assert COOKIE not in said
    assert list(own_home.rglob("*")) == []
