"""The null league: players without skill on the chosen strategy's own hold-out, traded by the same engine and costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

import numpy as np

from backend.domain.arrays import Bools, Floats, Integers
from backend.domain.bars import Bars
from backend.domain.errors import Cancelled
from backend.domain.execution import Execution
from backend.domain.ports import CancelRequested
from backend.domain.results import OpenPosition, Trade
from backend.domain.signals import Signals
from backend.domain.spec import Sizing
from backend.domain.verdict import NullPlayer
from backend.engine.calendar import periods_per_year
from backend.engine.simulation import Rules, Simulation, simulate
from backend.proof.excess import in_excess
from backend.proof.sharpe import sharpe_of

DRAWS = 500
SMALLEST_SIZE = 1e-6
"""Share of equity; a player cannot be sized at nothing."""


@dataclass(frozen=True, eq=False)
class Pitch:
    """Where everyone plays: the bars, of which ``rows`` are the hold-out, and what trading costs."""

    bars: Bars
    rows: slice
    execution: Execution
    periods_per_year: float


@dataclass(frozen=True, eq=False)
class Blocks:
    """Positions as lengths in bars and signs (1 long, -1 short); shape (P,) each."""

    length: Integers
    sign: Integers


def buy_and_hold(pitch: Pitch, sharpe: float | None) -> NullPlayer:
    """Everything in at the first open, nothing out; ``sharpe`` is the chosen strategy's yearly one."""
    bars = pitch.rows.stop - pitch.rows.start
    whole = Blocks(length=np.array([bars]), sign=np.array([1]))
    return _player([_play(pitch, whole, np.array([0]), Sizing())], pitch, sharpe)


def random_entries(
    pitch: Pitch,
    chosen: Simulation,
    sharpe: float | None,
    seed: int,
    draws: int = DRAWS,
    cancelled: CancelRequested = lambda: False,
) -> NullPlayer | None:
    """The chosen strategy's positions, as many, as long and as large on average, at random places.

    Each draw shuffles the positions and divides the flat bars among the gaps evenly over all ways to do so; one flat
    bar at least stays between two positions, for which the longest are shortened where the stretch is too full. Stops
    and targets play no part: a position lasts as long as it lasted.

    Args:
        pitch: the hold-out.
        chosen: the strategy's own simulation of it.
        sharpe: its yearly Sharpe ratio, None where undefined.
        seed: of the draws.
        draws: how many.
        cancelled: polled before each draw.

    Returns:
        Medians over the draws, and the share of them that the strategy beats; None if it never traded.

    Raises:
        Cancelled: ``cancelled`` returned True.
    """
    # A first open without a close before it cannot be decided on.
    earliest = 0 if pitch.rows.start > 0 else 1
    bars = pitch.rows.stop - pitch.rows.start - earliest
    blocks = _fitted(_blocks_of(chosen), bars)
    if not blocks.length.size:
        return None
    held = np.abs(chosen.weight[chosen.weight != 0])
    size = Sizing(value=float(np.clip(held.mean(), SMALLEST_SIZE, 1.0))) if held.size else Sizing()
    rng = np.random.default_rng(seed)
    plays = []
    for _ in range(draws):
        if cancelled():
            raise Cancelled("The draws of random entries were stopped.", "nothing was shown; resume the session")
        order = rng.permutation(blocks.length.size)
        shuffled = Blocks(blocks.length[order], blocks.sign[order])
        plays.append(_play(pitch, shuffled, earliest + _random_starts(shuffled.length, bars, rng), size))
    return _player(plays, pitch, sharpe)


def _blocks_of(chosen: Simulation) -> Blocks:
    positions: tuple[Trade | OpenPosition, ...] = (*chosen.trades(), *chosen.open_positions())
    lengths = [max(1, position.bars_held) for position in positions]
    signs = [1 if position.side == "long" else -1 for position in positions]
    return Blocks(np.array(lengths, dtype=np.int64), np.array(signs, dtype=np.int64))


def _fitted(blocks: Blocks, bars: int) -> Blocks:
    """Shorten the longest until all fit into ``bars`` with one flat bar between two; the last go if even that fails."""
    most = (bars + 1) // 2
    length = blocks.length[:most].copy()
    for _ in range(int(length.sum()) + length.size - 1 - bars):
        length[np.argmax(length)] -= 1
    return Blocks(length, blocks.sign[:most])


def _random_starts(lengths: Integers, bars: int, rng: np.random.Generator) -> Integers:
    """First bar of each block, ascending: a choice of places among the flat bars, all equally likely."""
    flat = bars - int(lengths.sum())
    places: Integers = np.sort(rng.choice(flat + 1, lengths.size, replace=False))
    return places + np.cumsum(lengths) - lengths


def _play(pitch: Pitch, blocks: Blocks, starts: Integers, sizing: Sizing) -> Simulation:
    """Trade blocks that begin at bars ``starts`` of the pitch, decided at the close before."""
    count = len(pitch.bars)
    entered = pitch.rows.start + starts - 1
    left = entered + blocks.length
    entered = np.maximum(entered, 0)
    flags = [
        _at(rows[blocks.sign == sign], count) for sign, rows in ((1, entered), (1, left), (-1, entered), (-1, left))
    ]
    signals = Signals(long_entry=flags[0], long_exit=flags[1], short_entry=flags[2], short_exit=flags[3])
    return simulate(pitch.bars, signals, Rules(sizing=sizing), pitch.execution, pitch.rows)


def _at(rows: Integers, count: int) -> Bools:
    flags = np.zeros(count, np.bool_)
    flags[rows[rows < count]] = True
    return flags


def _player(plays: Sequence[Simulation], pitch: Pitch, sharpe: float | None) -> NullPlayer:
    risk_free = pitch.execution.interest_rate / periods_per_year(pitch.bars.timeframe)
    measured = [sharpe_of(in_excess(play.returns, risk_free)) for play in plays]
    ratios = [ratio * sqrt(pitch.periods_per_year) for ratio in measured if ratio is not None]
    beaten = None if sharpe is None or not ratios else sum(sharpe > ratio for ratio in ratios) / len(ratios)
    return NullPlayer(
        total_return=median(float(play.equity[-1]) / play.capital - 1 for play in plays),
        sharpe=median(ratios) if ratios else None,
        max_drawdown=median(_max_drawdown(play.equity, play.capital) for play in plays),
        draws=len(plays),
        beaten=beaten,
    )


def _max_drawdown(equity: Floats, capital: float) -> float:
    """Deepest fall below an earlier close or the capital, as a positive fraction."""
    curve = np.concatenate([[capital], equity])
    return float(np.max(1 - curve / np.maximum.accumulate(curve)))
