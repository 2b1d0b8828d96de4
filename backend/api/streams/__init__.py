"""Event streams: the stored log of a session or a batch, followed by any number of listeners."""

from backend.api.streams.listener import EventStream
from backend.api.streams.logs import BatchLog, Log, SessionLog
from backend.api.streams.pace import Pace
from backend.api.streams.streams import Streams

__all__ = ["BatchLog", "EventStream", "Log", "Pace", "SessionLog", "Streams"]
