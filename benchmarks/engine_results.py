"""Compares what came out of the timed works here and at the peers."""

from collections.abc import Mapping
from typing import Any

from benchmarks.engine_parity import TOLERANCE, Agreement, Compared, relative, together
from benchmarks.engine_works import Done


def compare_works(own: Mapping[str, Done], answers: Mapping[str, Mapping[str, Any]]) -> Compared:
    """Compare final equity and the number of closed trades of every backtest of every work that both did."""
    return together([each for name, answer in answers.items() for each in _compare_work(own[name], answer)])


def _compare_work(own: Done, answer: Mapping[str, Any]) -> list[Agreement]:
    pairs = zip(own.final_equity, answer["final_equity"], own.trades, answer["trades"], strict=True)
    return [_agreement(*pair) for pair in pairs]


def _agreement(equity: float, wanted: float, trades: int, wanted_trades: int) -> Agreement:
    difference = relative(equity, wanted)
    return Agreement(wanted_trades, int(trades != wanted_trades) + (not difference <= TOLERANCE), difference)
