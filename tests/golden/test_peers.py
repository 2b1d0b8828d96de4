"""Trades and equity that other backtesters gave for the same prices and decisions, recorded when they were run."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from backend.domain.execution import Profile
from benchmarks.engine_cases import CASES, ParityCase
from benchmarks.engine_parity import PROFILES, TOLERANCE, fingerprint, own_ledger, profiles_of
from benchmarks.engine_peers import PEERS
from benchmarks.engine_recorded import FULL, GOLDEN
from benchmarks.peers.exchange import TRADE

KEYS = {peer.name: peer.key for peer in PEERS}


@cache
def recorded(peer: str) -> dict[str, Any]:
    """Where its numbers come from, and the cases that it could trade."""
    stored: dict[str, Any] = json.loads((GOLDEN / f"{KEYS[peer]}.json").read_text())
    return stored


PAIRS = [
    pytest.param(peer, case, profile, id=f"{peer}, {case.name}, {profile}")
    for peer in PROFILES
    for case in CASES
    if case.name in recorded(peer)["cases"]
    for profile in profiles_of(case, peer)
]


def test_every_case_was_recorded() -> None:
    for peer in ("vectorbt", "backtesting.py"):
        assert list(recorded(peer)["cases"]) == [case.name for case in CASES]
    # raptorbt trades one side alone, and its stops have rules of their own: 4 symbols x 2 strategies
    assert len(recorded("raptorbt")["cases"]) == 8


def test_the_numbers_tell_where_they_come_from() -> None:
    for peer in PEERS:
        if peer.name in PROFILES:
            assert recorded(peer.name)["provenance"]["packages"] == list(peer.requirements)


@pytest.mark.parametrize(("peer", "case", "profile"), PAIRS)
def test_trades_and_equity(peer: str, case: ParityCase, profile: Profile) -> None:
    expected = recorded(peer)["cases"][case.name]

    made = fingerprint(own_ledger(case, profile))

    assert (made.pop("trades"), made.pop("bars")) == (expected["trades"], expected["bars"])
    assert made == pytest.approx({name: expected[name] for name in made}, rel=TOLERANCE)


@pytest.mark.parametrize("peer", ["vectorbt", "backtesting.py"])
def test_every_trade_of_one_case(peer: str) -> None:
    [case] = [case for case in CASES if case.name == FULL]
    columns = recorded(peer)["cases"][FULL]["columns"]
    trades = own_ledger(case, PROFILES[peer]).trades

    for name in TRADE:
        # a profit is a small difference of large amounts: money at work is about 1e6
        np.testing.assert_allclose(trades[name], columns[name], rtol=TOLERANCE, atol=1e-4 if name == "pnl" else 0)
