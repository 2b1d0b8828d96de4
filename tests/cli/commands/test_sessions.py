"""Events are followed to the end without gap or repeat."""

from backend.cli.commands.sessions import followed
from backend.domain.sessions import Event
from tests.cli import samples


class Log:
    """A session's log that grows by one event at each wait and then ends."""

    def __init__(self, first: int, later: int) -> None:
        self.events = [samples.event("notice", {"text": str(n)}, id=n) for n in range(1, first + 1)]
        self.later = later

    def read(self, after: int) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.id > after)

    def running(self) -> bool:
        return self.later > 0

    def wait(self) -> None:
        self.later -= 1
        self.events.append(samples.event("notice", {"text": "later"}, id=len(self.events) + 1))


def test_events_that_are_written_meanwhile_are_seen_once() -> None:
    log = Log(first=2, later=3)
    assert [event.id for event in followed(log.read, log.running, log.wait)] == [1, 2, 3, 4, 5]


def test_a_session_that_has_ended_is_not_waited_for() -> None:
    log = Log(first=2, later=0)
    assert [event.id for event in followed(log.read, log.running, log.wait)] == [1, 2]
