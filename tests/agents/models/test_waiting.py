"""The wait for something slow: its result, its error, its end, and what refuses to end."""

import asyncio
import threading

import pytest

from backend.agents.models.waiting import wait_for
from backend.domain.errors import Cancelled


def never() -> bool:
    return False


def test_a_result_and_an_error_come_back() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    async def broken() -> int:
        raise KeyError("x")

    waited = wait_for(work, 5.0, never)
    assert (waited.result, waited.error) == (7, None)
    assert waited.seconds < 5
    assert isinstance(wait_for(broken, 5.0, never).error, KeyError)


def test_the_longest_wait_ends_the_work() -> None:
    ended = threading.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waited = wait_for(work, 0.01, never)
    assert (waited.result, waited.error) == (None, None)
    assert ended.is_set()


def test_cancelling_ends_the_work() -> None:
    began, ended = threading.Event(), threading.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(Cancelled):
        wait_for(work, 60.0, began.is_set)
    assert ended.is_set()


def test_work_that_does_not_stop_is_left_behind() -> None:
    let_go = threading.Event()

    async def stubborn() -> None:
        let_go.wait(20)  # holds the whole loop, as a client without an asynchronous form does

    with pytest.raises(Cancelled):
        wait_for(stubborn, 60.0, lambda: True)
    waited = wait_for(stubborn, 0.01, never)
    assert (waited.result, waited.error) == (None, None)
    let_go.set()


def test_an_error_of_who_asks_ends_the_work() -> None:
    ended = threading.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    def away() -> bool:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        wait_for(work, 60.0, away)
    assert ended.wait(20)
