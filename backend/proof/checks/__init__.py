"""The registry of checks; to add one, write ``checks/<name>.py`` with a ``check`` function and one line here."""

from collections.abc import Callable

from backend.domain.verdict import Check
from backend.proof.checks import (
    causality,
    costs,
    coverage,
    deflated_sharpe,
    edge,
    knowledge_cutoff,
    minimum_trades,
    regimes,
    targets_holdout,
    targets_validation,
)
from backend.proof.evidence import Evidence

CHECKS: dict[str, Callable[[Evidence], Check]] = {
    "causality": causality.check,
    "targets_validation": targets_validation.check,
    "targets_holdout": targets_holdout.check,
    "minimum_trades": minimum_trades.check,
    "deflated_sharpe": deflated_sharpe.check,
    "edge": edge.check,
    "knowledge_cutoff": knowledge_cutoff.check,
    "costs": costs.check,
    "regimes": regimes.check,
    "coverage": coverage.check,
}
"""In the order in which they are shown; the required ones decide, the others inform."""
