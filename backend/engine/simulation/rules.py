"""What a run is bound by: the strategy's sizing and risk, and the terms that follow from them and the execution."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from backend.domain.errors import InvalidInput
from backend.domain.execution import Execution, Profile
from backend.domain.spec import Risk, Sizing
from backend.domain.timeframes import Timeframe
from backend.engine.calendar import periods_per_year
from backend.engine.simulation.records import (
    BACKTESTING,
    DEFAULT,
    FRACTION,
    RISK_PER_TRADE,
    TERMS,
    VECTORBT,
    VOLATILITY_TARGET,
    TermsRow,
)

NEVER = 2**62
"""More bars than any series has."""

_SIZING = {"fraction": FRACTION, "volatility_target": VOLATILITY_TARGET, "risk_per_trade": RISK_PER_TRADE}
_PROFILE: dict[Profile, int] = {"default": DEFAULT, "backtesting": BACKTESTING, "vectorbt": VECTORBT}


@dataclass(frozen=True)
class Rules:
    """How large a strategy's positions are, and which exits need no expression.

    Raises:
        InvalidInput: the size depends on a stop loss that is not there.
    """

    sizing: Sizing = field(default_factory=Sizing)
    risk: Risk = field(default_factory=Risk)

    def __post_init__(self) -> None:
        if self.sizing.kind == "risk_per_trade" and self.risk.stop_loss is None:
            raise InvalidInput("The sizing risk_per_trade has no stop_loss to measure the risk by.", "add a stop_loss")


@lru_cache(maxsize=64)
def terms_of(rules: Rules, execution: Execution, timeframe: Timeframe) -> TermsRow:
    """The terms of a run as one read-only row of ``TERMS``."""
    year = periods_per_year(timeframe)
    costs, risk, sizing = execution.costs, rules.risk, rules.sizing
    row = (
        execution.capital,
        costs.commission_rate,
        costs.commission_fixed,
        costs.slippage,
        _or_infinite(risk.stop_loss),
        _or_infinite(risk.take_profit),
        _or_infinite(risk.trailing_stop),
        NEVER if risk.max_holding_bars is None else risk.max_holding_bars,
        _SIZING[sizing.kind],
        sizing.value,
        year,
        execution.whole_shares,
        _PROFILE[execution.profile],
        execution.borrow_rate / year,
        execution.interest_rate / year,
    )
    terms = np.array([row], dtype=TERMS)
    terms.flags.writeable = False
    return terms


def _or_infinite(distance: float | None) -> float:
    return math.inf if distance is None else distance
