"""Compares this engine trade for trade with what other backtesters made of the same prices and decisions."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import fsum
from typing import Any, NamedTuple

import numpy as np

from backend.domain.arrays import Bools
from backend.domain.execution import Profile
from benchmarks.engine_cases import CASES, FEE, ParityCase, sample_bars, simulated
from benchmarks.peers.exchange import TRADE, Array

TOLERANCE = 1e-9
"""Largest relative difference of prices, units, profits and final equity."""
PROFILES: Mapping[str, Profile] = {"raptorbt": "default", "vectorbt": "vectorbt", "backtesting.py": "backtesting"}
"""The profile that trades stops and targets as a peer does; without them all profiles are one."""

_BARS = ("side", "entry_bar", "exit_bar")
_AMOUNTS = ("entry_price", "exit_price", "units")


class Ledger(NamedTuple):
    """Closed trades by column (``TRADE``, shape (N,) each), and equity after what leaving at the last close costs."""

    trades: dict[str, Array]
    final_equity: float


class Agreement(NamedTuple):
    """How far two ledgers agree.

    Attributes:
        trades: how many were compared.
        mismatches: trades that differ or that one side alone has, and one more for another final equity.
        difference: of the final equity, relative.
    """

    trades: int
    mismatches: int
    difference: float


class Compared(NamedTuple):
    """How far a peer agrees over several comparisons.

    Attributes:
        runs: backtests that were compared.
        trades: closed trades in them.
        mismatches: what differs.
        difference: the largest of the final equity, relative.
    """

    runs: int
    trades: int
    mismatches: int
    difference: float


def together(agreements: Sequence[Agreement]) -> Compared:
    """One line for many comparisons."""
    return Compared(
        len(agreements),
        sum(each.trades for each in agreements),
        sum(each.mismatches for each in agreements),
        max((each.difference for each in agreements), default=0.0),
    )


def own_ledger(case: ParityCase, profile: Profile) -> Ledger:
    """What this engine makes of a case."""
    simulation = simulated(case, profile)
    return Ledger({name: simulation.closed[name] for name in TRADE}, float(simulation.equity[-1]))


def peer_ledger(case: ParityCase, outcome: Mapping[str, Any]) -> Ledger:
    """What a peer answered for a case; it marks a position left open at the last close without a fee."""
    trades = {name: np.array(outcome["trades"][name], dtype=np.float64) for name in TRADE}
    leaving = FEE * float(sample_bars(case.symbol).close[-1]) * sum(outcome["held"]["units"])
    return Ledger(trades, outcome["final_equity"] - leaving)


def profiles_of(case: ParityCase, peer: str) -> Sequence[Profile]:
    """Profiles that must agree with a peer on a case."""
    return sorted({"default", PROFILES[peer]}) if case.stop is None else [PROFILES[peer]]


def compare_cases(peer: str, outcomes: Mapping[str, Any]) -> Compared:
    """Compare all cases that a peer could trade, each under every profile that must agree with it."""
    traded = [case for case in CASES if case.name in outcomes]
    pairs = [(case, profile) for case in traded for profile in profiles_of(case, peer)]
    return together([compare(own_ledger(*pair), peer_ledger(pair[0], outcomes[pair[0].name])) for pair in pairs])


def compare(own: Ledger, peer: Ledger) -> Agreement:
    """Compare bars exactly, amounts and final equity to ``TOLERANCE``, profits to that share of the money at work."""
    sizes = own.trades["pnl"].size, peer.trades["pnl"].size
    ours, theirs = ({name: column[: min(sizes)] for name, column in side.trades.items()} for side in (own, peer))
    same: Bools = np.ones(min(sizes), dtype=np.bool_)
    for name in _BARS:
        same &= ours[name] == theirs[name]
    for name in _AMOUNTS:
        same &= np.abs(ours[name] - theirs[name]) <= TOLERANCE * np.abs(theirs[name])
    same &= np.abs(ours["pnl"] - theirs["pnl"]) <= TOLERANCE * theirs["units"] * theirs["entry_price"]
    difference = relative(own.final_equity, peer.final_equity)
    mismatches = int(np.count_nonzero(~same)) + max(sizes) - min(sizes) + (not difference <= TOLERANCE)
    return Agreement(max(sizes), mismatches, difference)


def relative(value: float, wanted: float) -> float:
    """Distance of ``value`` from ``wanted`` as a fraction of it."""
    return abs(value - wanted) / abs(wanted)


def fingerprint(ledger: Ledger) -> dict[str, Any]:
    """A few facts that tell whether a ledger is the same: small enough to keep for every case.

    ``bars`` hashes sides, entry and exit bars; each amount is summed with the number of its trade as weight, so that
    exchanged trades do not go unnoticed; profits are summed without their sign.
    """
    bars = np.array([ledger.trades[name] for name in _BARS], dtype="<i8")
    numbers = np.arange(1, bars.shape[1] + 1)
    amounts = {name: fsum(numbers * ledger.trades[name]) for name in _AMOUNTS}
    return {
        "trades": bars.shape[1],
        "bars": sha256(bars.tobytes()).hexdigest()[:16],
        **amounts,
        "pnl": fsum(np.abs(ledger.trades["pnl"])),
        "final_equity": ledger.final_equity,
    }
