"""What is said of the server itself."""

from typing import Literal

from pydantic import ConfigDict

from backend.domain.record import Record


class Health(Record):
    """The process is alive, or the server can do its work."""

    model_config = ConfigDict(json_schema_extra={"example": {"status": "ok", "version": "1.0.0"}})

    status: Literal["ok"]
    version: str
