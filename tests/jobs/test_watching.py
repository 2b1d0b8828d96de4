"""Whatever happens to a look at the queue, there is another one."""

import threading
from types import FrameType
from typing import Any

import pytest

from backend.domain.errors import Unavailable
from backend.jobs.watching import Watch
from tests.servers.waiting import PATIENCE, wait_until


def test_looks_go_on_through_trouble_and_it_is_told_meanwhile() -> None:
    troubles = [Unavailable("The store is away."), ZeroDivisionError("a bug")]
    told, looked = [], threading.Event()

    def look() -> None:
        told.append(watch.trouble())
        if troubles:
            raise troubles.pop(0)
        looked.set()

    watch = Watch(look, 60)
    assert watch.trouble() == "Nobody looks at the queue of jobs in this process."
    watch.start()
    while not looked.wait(0.01):
        watch.wake()
    assert told[:3] == ["", "The store is away.", "The queue of jobs cannot be read; see the log."]
    assert wait_until(lambda: watch.trouble() == "")
    watch.stop(5)
    assert watch.trouble() == "Nobody looks at the queue of jobs in this process."


class Stopper:
    """Stops a watch right before the line that is executed as the n-th of its thread."""

    def __init__(self, watch: Watch, n: int) -> None:
        self._watch = watch
        self._left = n
        self.stopped = self.ended = False

    def __call__(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is not Watch._watch.__code__:
            return None
        if event == "line":
            self._left -= 1
        if self._left == 0 and not self.stopped:
            self.stopped = True
            stopping = threading.Thread(target=self._watch.stop, args=[0])
            stopping.start()
            stopping.join()
        if event == "return":
            self.ended = True
        return self


@pytest.mark.parametrize("n", range(1, 14))
def test_it_ends_at_whatever_moment_it_is_stopped(n: int) -> None:
    looks: list[None] = []

    def look() -> None:
        looks.append(None)
        if len(looks) == 1:
            watch.wake()  # so that there are two looks, and all lines between them

    watch = Watch(look, 10 * PATIENCE)
    threading.settrace(stopper := Stopper(watch, n))
    try:
        watch.start()
    finally:
        threading.settrace(None)
    assert wait_until(lambda: stopper.ended)
