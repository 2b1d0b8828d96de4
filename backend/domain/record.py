"""The base of every record that crosses a border: frozen, unknown fields refused."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value; equality is by content, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)
