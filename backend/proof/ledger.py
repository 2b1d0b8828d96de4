"""Arithmetic of the ledger of openings: which looks count as the same market, and what another look costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.domain.arrays import Floats
from backend.domain.execution import Execution
from backend.domain.hashing import hash_json
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.periods import Period

SAME_MARKET_CORRELATION = 0.8
CHANCE_CORRELATION, CHANCE_DEVIATIONS = 0.3, 3.25
"""On 20 shared sessions a true correlation of 0.3 shows as 0.8 about once in 1,700 times; on fewer more is asked for,
which keeps that chance (Fisher 1921)."""
MINIMUM_SHARED_SESSIONS = 4
"""On fewer a correlation says nothing, and only a copy is recognised."""
SAME_RETURN = 1e-9
"""Daily returns of a copy differ by rounding alone."""


def same_market(a: Opening, b: Opening) -> bool:
    """Whether two openings show one market: the same symbol, or returns that correlate on the shared sessions.

    BRK.B and BRK-B are two ways to write one symbol.

    A market that falls when the other rises (a reciprocal price, an inverse fund) is the same one, sold instead of
    bought.
    """
    return same_symbol(a.symbol, b.symbol) or _alike(*_shared(a.fingerprint, b.fingerprint))


def same_symbol(one: str, other: str) -> bool:
    """Whether two tickers differ in nothing but how a class of shares is set off."""
    return one.replace("-", ".") == other.replace("-", ".")


@dataclass(frozen=True)
class Look:
    """All that decides what an opening shows: other capital or costs show other numbers, so they are another look."""

    owner: str
    spec_hash: str
    data_hash: str
    seed: int
    symbol: str
    period: Period
    execution: Execution


def opening_id(look: Look) -> str:
    """The id of a look: the same one has the same id on every machine."""
    facts = {
        "owner": look.owner,
        "spec": look.spec_hash,
        "data": look.data_hash,
        "seed": look.seed,
        "symbol": look.symbol,
        "period": look.period.model_dump(mode="json"),
        "execution": look.execution.facts(),
    }
    return f"opn_{hash_json(facts)}"


def opening_rank(opening: Opening, earlier: Sequence[Opening]) -> int:
    """Which look of its owner at this market and an overlapping period this is, counting from 1.

    Args:
        opening: the look in question.
        earlier: openings in the order in which they were made; of any owner, market and period. One with the id of
            ``opening`` is the same look: it keeps the rank that it had, and what followed it does not count.
    """
    before: set[str] = set()
    known: dict[tuple[str, int], bool] = {}  # cells of a batch share fingerprints, and there are thousands of them
    for other in earlier:
        if other.id == opening.id:
            break
        if other.owner == opening.owner and other.period.overlaps(opening.period):
            market = other.symbol, id(other.fingerprint)
            if market not in known:
                known[market] = same_market(other, opening)
            before |= {other.id} if known[market] else set()
    return len(before) + 1


def adjusted_p(p: float, rank: int) -> float:
    """The p-value of the look with this rank: ``p`` times rank squared, at most 1.

    Looking until something passes at level a is then wrong with a chance under ``a * (1 + 1/4 + 1/9 + ...) = a *
    pi^2 / 6``: below 8.2 % for a = 5 %, however often one comes back.
    """
    return min(1.0, p * rank**2)


def _shared(a: MarketFingerprint, b: MarketFingerprint) -> tuple[Floats, Floats]:
    """Returns of both over the sessions that both have."""
    _, in_a, in_b = np.intersect1d(a.session, b.session, return_indices=True)
    return a.daily_return[in_a], b.daily_return[in_b]


def _alike(x: Floats, y: Floats) -> bool:
    if x.size < MINIMUM_SHARED_SESSIONS:
        return bool(x.any()) and bool((np.abs(x - y) <= SAME_RETURN).all())
    return abs(_correlation(x, y)) >= _bound(x.size)


def _bound(sessions: int) -> float:
    """The correlation that two markets with 0.3 reach as seldom as 0.8 on 20 sessions."""
    by_chance = np.tanh(np.arctanh(CHANCE_CORRELATION) + CHANCE_DEVIATIONS / np.sqrt(sessions - 3))
    return max(SAME_MARKET_CORRELATION, float(by_chance))


def _correlation(x: Floats, y: Floats) -> float:
    """0 when one side never moves."""
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale > 0 else 0.0
