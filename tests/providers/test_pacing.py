"""Remote services are asked at their pace, and asked again only when that may help."""

import socket
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import pytest

from backend.domain.errors import Unavailable
from backend.providers.pacing import Pacing, TransientFailure, Unreachable, knock
from tests.providers.yahoo import deaf

__all__ = ["deaf"]  # a fixture is found by its name


class Hours:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def hours() -> Hours:
    return Hours()


def paced(hours: Hours, interval: float = 0.0) -> Pacing:
    return Pacing("The exchange", interval, clock=(lambda: hours.now, hours.sleep))


def answers(*outcomes: Exception | str) -> Callable[[], str]:
    """A service that fails and answers in this order."""
    rest: Iterator[Exception | str] = iter(outcomes)

    def ask() -> str:
        outcome = next(rest)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


def test_requests_keep_their_distance(hours: Hours) -> None:
    pacing = paced(hours, interval=0.5)
    for _ in range(3):
        pacing.call(lambda: "ok")
    assert hours.slept == [0.5, 0.5]
    hours.now += 10
    pacing.call(lambda: "ok")  # nobody waits when the last request was long ago
    assert hours.slept == [0.5, 0.5]


def test_the_wait_doubles_and_ends_with_the_first_answer(hours: Hours) -> None:
    failure = TransientFailure("is broken")
    assert paced(hours).call(answers(failure, failure, failure, "ok")) == "ok"
    assert hours.slept == [1.0, 2.0, 4.0]


def test_patience_ends(hours: Hours) -> None:
    with pytest.raises(Unavailable, match=r"^The exchange is broken\.$") as caught:
        paced(hours).call(answers(*[TransientFailure("is broken")] * 4, "never asked for"))
    assert hours.slept == [1.0, 2.0, 4.0]
    assert "try again later" in caught.value.hint


def test_the_service_may_say_how_long_to_wait(hours: Hours) -> None:
    assert paced(hours).call(answers(TransientFailure("is busy", wait=7.0), "ok")) == "ok"
    assert hours.slept == [7.0]


def test_a_long_wait_is_told_instead_of_waited(hours: Hours) -> None:
    with pytest.raises(Unavailable, match="The exchange is busy") as caught:
        paced(hours).call(answers(TransientFailure("is busy", wait=3600.0), "never asked for"))
    assert hours.slept == []
    assert "3600 seconds" in caught.value.hint


def test_without_a_network_it_is_tried_once_more_and_at_once(hours: Hours) -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        paced(hours).call(answers(*[Unreachable()] * 2, "never asked for"))
    assert hours.slept == [0.25]
    assert "check the network" in caught.value.hint


def test_a_network_that_swallowed_one_try_is_not_tried_again(hours: Hours) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        paced(hours).call(answers(Unreachable(waited=True), "never asked for"))
    assert hours.slept == []


@pytest.fixture
def listening() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_somebody_listens(listening: str) -> None:
    assert knock(listening, 5.0) is None  # type: ignore[func-returns-value]


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable) as caught:
        knock("http://127.0.0.1:9", 30.0)
    assert not caught.value.waited


def test_whoever_does_not_answer_is_waited_for_a_little(deaf: str) -> None:
    with pytest.raises(Unreachable) as caught:
        knock(deaf, 0.1)
    assert caught.value.waited


def test_behind_a_proxy_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert knock("https://nowhere.invalid", 5.0) is None  # type: ignore[func-returns-value]


def test_other_errors_pass_through(hours: Hours) -> None:
    with pytest.raises(KeyError):
        paced(hours).call(answers(KeyError("a mistake"), "never asked for"))
    assert hours.slept == []


def test_threads_wait_for_turns_of_their_own() -> None:
    slept: list[float] = []
    start = Barrier(5)
    pacing = Pacing("The exchange", 0.5, clock=(lambda: 100.0, slept.append))  # a clock that stands still

    def ask() -> None:
        start.wait()
        pacing.call(lambda: "ok")

    threads = [Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # the five turns lie at 0, 0.5, 1, 1.5 and 2 seconds; the first does not wait
    assert sorted(slept) == [0.5, 1.0, 1.5, 2.0]
