"""Sessions whose log a test writes, in this process or as another one would."""

import json
from dataclasses import dataclass
from typing import Any

from backend.api.streams import Pace, Streams
from backend.bootstrap import Application, utc_now
from backend.domain.sessions import Session, SessionRequest
from tests.api.serving import Service

BRISK = Pace(fastest=0.005, slowest=0.02, tick=0.01)


def paced(served: Service, pace: Pace = BRISK) -> Service:
    """The service with streams of another pace."""
    streams = Streams(pace, utc_now, lambda: False)
    served.app.state.streams = streams
    served.accounts.shared.listeners.append(streams.hear)
    return served


def streams_of(served: Service) -> Streams:
    """Its streams."""
    streams: Streams = served.app.state.streams
    return streams


@dataclass(frozen=True)
class Written:
    """A session and two who write its log: this process, and another application on the same store."""

    here: Application
    elsewhere: Application
    session: Session

    @property
    def path(self) -> str:
        """Where its events are."""
        return f"sessions/{self.session.session_id}/events"

    @property
    def log(self) -> list[dict[str, Any]]:
        """What is stored."""
        events = self.here.sessions.events(self.session.owner, self.session.session_id)
        return [json.loads(event.model_dump_json()) for event in events]

    def write(self, step: str, *, elsewhere: bool = False, **data: Any) -> None:
        """Append an event."""
        writer = self.elsewhere if elsewhere else self.here
        writer.sessions.log(self.session, step, "notice", {"text": step, **data})

    def end(self, *, elsewhere: bool = False) -> None:
        """End the session, with an event that says so."""
        (self.elsewhere if elsewhere else self.here).sessions.stop(self.session, "cancelled")


def session_of(served: Service) -> Written:
    """A new session that nobody runs."""
    here = served.accounts.service
    session = here.sessions.open(here.owner, SessionRequest(text="momentum on AAPL"), "built-in search")
    return Written(here, Application(served.accounts.settings), session)
