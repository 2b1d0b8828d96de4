"""The three periods of a session: train, validation and the sealed hold-out."""

from datetime import date
from typing import Self

from pydantic import model_validator

from backend.domain.record import Record


class Period(Record):
    """Trading sessions from ``start`` to ``end``, both inclusive."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")
        return self

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end


class Periods(Record):
    """The cut of a session's history; fixed when the session starts, never moved."""

    train: Period
    validation: Period
    holdout: Period

    @property
    def fitted(self) -> Period:
        """Train and validation: the days that numbers are tuned and strategies chosen on."""
        return Period(start=self.train.start, end=self.validation.end)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.train.end < self.validation.start <= self.validation.end < self.holdout.start:
            raise ValueError("periods must follow each other: train, validation, hold-out")
        return self
