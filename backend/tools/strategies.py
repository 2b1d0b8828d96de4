"""A strategy as a model writes it: flat, every limit a field of its own, so that a strict schema can say it."""

from typing import Any, Literal

from pydantic import ValidationError

from backend.domain.errors import InvalidInput
from backend.domain.quoting import plain_text
from backend.domain.record import Record
from backend.domain.spec import CONDITION_FIELDS, StrategySpec

LONGEST_NAME = 80
LONGEST_RATIONALE = 600
MOST_FAULTS = 3
"""Faults of a record that are told at once."""

RISK_FIELDS = ("stop_loss", "take_profit", "trailing_stop", "max_holding_bars")


class WrittenParameter(Record):
    """A number that the tuner may move from ``low`` to ``high``."""

    name: str
    kind: Literal["int", "float"]
    value: float
    low: float
    high: float


class WrittenSeries(Record):
    """A named line."""

    name: str
    expression: str


class WrittenStrategy(Record):
    """The fields of a ``StrategySpec``; sizing and risk are not nested."""

    name: str
    rationale: str
    parameters: tuple[WrittenParameter, ...]
    series: tuple[WrittenSeries, ...]
    long_entry: str | None = None
    long_exit: str | None = None
    short_entry: str | None = None
    short_exit: str | None = None
    sizing_kind: Literal["fraction", "volatility_target", "risk_per_trade"]
    sizing_value: float
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None
    max_holding_bars: int | None = None

    @property
    def title(self) -> str:
        """Its name as plain text; empty when the model gave none."""
        return plain_text(self.name, LONGEST_NAME)

    def spec(self) -> StrategySpec:
        """The strategy, its expressions not yet checked.

        Raises:
            InvalidInput: naming each field that cannot be as it is.
        """
        written: dict[str, Any] = {
            "name": self.title or "Untitled",
            "rationale": plain_text(self.rationale, LONGEST_RATIONALE),
            "parameters": [parameter.model_dump() for parameter in self.parameters],
            "series": [line.model_dump() for line in self.series],
            "sizing": {"kind": self.sizing_kind, "value": self.sizing_value},
            "risk": {name: getattr(self, name) for name in RISK_FIELDS},
        }
        written |= {name: _expression(getattr(self, name)) for name in CONDITION_FIELDS}
        try:
            return StrategySpec.model_validate(written)
        except ValidationError as error:
            raise InvalidInput(_faults(error), "mend these fields") from None


def written_as(spec: StrategySpec) -> dict[str, Any]:
    """A strategy in the fields in which a model writes it; what is null or empty is left out."""
    whole = spec.model_dump()
    fields = {name: whole[name] for name in ("name", "parameters", "series", *CONDITION_FIELDS)}
    fields |= {"sizing_kind": spec.sizing.kind, "sizing_value": spec.sizing.value, **whole["risk"]}
    return {name: value for name, value in fields.items() if value not in (None, (), [])}


def _expression(written: str | None) -> str | None:
    """An empty expression is meant as none."""
    return written if written and written.strip() else None


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ") for fault in faults[:MOST_FAULTS]]
    return "; ".join(lines)
