"""Whatever happens to a look at the queue, there is another one."""

import threading

from backend.domain.errors import Unavailable
from backend.jobs.watching import Watch
from tests.servers.waiting import wait_until


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
