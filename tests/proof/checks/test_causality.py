"""The causality check over the probes of all symbols."""

import numpy as np

from backend.domain.signals import Signals
from backend.proof.checks.causality import check
from tests.proof.evidence_samples import SteadyProbe, entries, evidence


class PeekingProbe(SteadyProbe):
    """Drops its last decision when the future is gone."""

    def truncated(self, cut: int) -> Signals:
        flags = super().truncated(cut).long_entry.copy()
        flags[-1] = not flags[-1]
        return entries(np.asarray(flags))


def test_passes_without_a_changed_decision() -> None:
    made = check(evidence())
    assert made.passed is True
    assert (made.value, made.threshold) == (0.0, 0.0)


def test_one_symbol_that_looks_ahead_is_enough() -> None:
    made = check(evidence(probes=(SteadyProbe(300), PeekingProbe(300))))
    assert made.passed is False
    assert made.value is not None
    assert made.value >= 20
    assert "looks ahead" in made.note
    assert "long_entry" in made.note
