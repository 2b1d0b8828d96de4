"""Check: the hold-out shows timing or alpha that chance and the market do not explain."""

from dataclasses import dataclass
from statistics import NormalDist

from backend.domain.timeframes import Timeframe
from backend.domain.verdict import Check
from backend.proof.edge import Edge, edge
from backend.proof.evidence import Evidence, PeriodEvidence, sealed
from backend.proof.ledger import adjusted_p
from backend.proof.wording import MOST_YEARS, about_years, metric_value, probability, years

LEVEL = 0.05


@dataclass(frozen=True)
class HoldoutEdge:
    """The edge on the hold-out, and what it is worth after all earlier looks at this market."""

    edge: Edge
    rank: int

    @property
    def p_adjusted(self) -> float:
        """``min(1, p * rank^2)``."""
        return adjusted_p(self.edge.p, self.rank)


def measure_edge(evidence: Evidence, period: PeriodEvidence) -> HoldoutEdge:
    """Test one period of the evidence; the ledger's factor applies to whatever part of the hold-out it is."""
    session = None if evidence.goal.timeframe is Timeframe.DAY else period.session
    memory = evidence.warmup + evidence.longest_holding
    return HoldoutEdge(
        edge(period.weight, period.market_return, period.returns, memory, session), evidence.opening_rank
    )


def check(evidence: Evidence) -> Check:
    """Value: the p-value times the ledger's factor, at most 5 %; and the net return must be above zero."""
    if evidence.holdout is None:
        return sealed("edge", required=True)
    found = measure_edge(evidence, evidence.holdout)
    total_return = evidence.holdout.metrics.total_return
    passed = found.p_adjusted <= LEVEL and total_return > 0
    note = in_words(found)
    if total_return <= 0:
        note += f" The net return on the hold-out is {metric_value('total_return', total_return)}, not above zero."
    if found.p_adjusted > LEVEL:
        note += f" {_history(found, evidence.holdout.returns.size, evidence.periods_per_year)}"
    return Check(name="edge", required=True, passed=passed, value=found.p_adjusted, threshold=LEVEL, note=note)


def in_words(found: HoldoutEdge) -> str:
    """The p-values and how they came about."""
    look = "first look" if found.rank == 1 else f"look number {found.rank}"
    factor = "" if found.rank == 1 else f", which multiplies it by {found.rank**2}"
    return (
        f"p = {probability(found.p_adjusted)} (wanted: at most {LEVEL:g}); timing against shifted positions "
        f"{probability(found.edge.shift)}, alpha against buy and hold {probability(found.edge.alpha)}, doubled for "
        f"taking the better; {look} at this market and period{factor}."
    )


def _history(found: HoldoutEdge, bars: int, periods_per_year: float) -> str:
    """Length at which the better test would reach the level, its strength per bar staying as it is."""
    normal = NormalDist()
    best = min(found.edge.shift, found.edge.alpha)
    if best >= 0.5:
        return "There is no sign of an edge, so no length of history would help."
    length = bars * (normal.inv_cdf(LEVEL / found.rank**2 / 2) / normal.inv_cdf(best)) ** 2
    if length >= MOST_YEARS * periods_per_year:
        return "At this strength no history of a realistic length would show an edge."
    return (
        f"If the edge is as large as it looks, {about_years(length, periods_per_year)} of hold-out would show it "
        f"(there are {years(bars, periods_per_year)})."
    )
