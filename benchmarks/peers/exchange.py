"""What passes between the benchmark and a peer's process: arrays and cases in, columns of trades and times out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Result = TypeVar("Result")

PRICES = ("open", "high", "low", "close")
DECISIONS = ("long_entry", "long_exit", "short_entry", "short_exit")
TRADE = ("side", "entry_bar", "exit_bar", "entry_price", "exit_price", "units", "pnl")
"""Columns of a closed trade, ordered by entry; side 1 long, -1 short, units above zero, pnl after both fees."""
HELD = ("side", "entry_bar", "entry_price", "units")
"""Columns of a position held after the last bar."""


class Case(NamedTuple):
    """One backtest to repeat: prices by name, the four decisions by name (shape (T,) each), and its terms.

    Attributes:
        stop: distance of the stop as a fraction; None without one.
        target: distance of the target as a fraction; None without one.
    """

    name: str
    prices: dict[str, Array]
    decisions: dict[str, Array]
    stop: float | None
    target: float | None
    capital: float
    fee: float


class Outcome(NamedTuple):
    """What a peer made of a case; the final equity holds an open position at the last close, without a fee."""

    final_equity: float
    trades: dict[str, list[float]]
    held: dict[str, list[float]]


class Series(NamedTuple):
    """Bars to backtest, shape (T,) each, and the terms that hold for all of them."""

    prices: dict[str, Array]
    capital: float
    fee: float


class Answer(NamedTuple):
    """How long a peer took for a work, and what came out.

    Attributes:
        seconds: of all backtests of the work together.
        call: what was timed, in the peer's own words.
        final_equity: of each backtest, after what leaving at the last close would cost.
        trades: closed trades of each backtest.
    """

    seconds: float
    call: str
    final_equity: list[float]
    trades: list[int]


def read_cases(folder: Path) -> Iterator[Case]:
    """The cases that the benchmark wrote into ``folder``."""
    arrays = read_arrays(folder / "arrays.npz")
    for facts in json.loads((folder / "cases.json").read_text()):
        prices = {name: arrays[f"{facts['symbol']}/{name}"] for name in PRICES}
        decisions = {name: arrays[f"{facts['symbol']}/{facts['strategy']}/{name}"] for name in DECISIONS}
        terms = {name: facts[name] for name in ("name", "stop", "target", "capital", "fee")}
        yield Case(prices=prices, decisions=decisions, **terms)


def read_series(folder: Path, name: str) -> Series:
    """Bars that the benchmark wrote into ``folder`` under a name."""
    arrays = read_arrays(folder / f"{name}.npz")
    return Series({column: arrays[column] for column in PRICES}, float(arrays["capital"]), float(arrays["fee"]))


def read_arrays(path: Path) -> dict[str, Array]:
    """All arrays of a file."""
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def columns(names: tuple[str, ...], *values: Any) -> dict[str, list[float]]:
    """Lists of plain numbers by name."""
    return {name: np.asarray(column).tolist() for name, column in zip(names, values, strict=True)}


def answer_cases(folder: Path, outcome_of: Callable[[Case], Outcome | None]) -> None:
    """Print what a peer makes of each case that it can trade."""
    outcomes = {case.name: outcome_of(case) for case in read_cases(folder)}
    print(json.dumps({name: outcome._asdict() for name, outcome in outcomes.items() if outcome is not None}))


def answer_works(answers: dict[str, Answer]) -> None:
    """Print how long each work took."""
    print(json.dumps({name: answer._asdict() for name, answer in answers.items()}))


def timed(work: Callable[[], Result], budget: float = 1.0, least: int = 3) -> tuple[float, Result]:
    """Shortest of the runs that fit into ``budget`` seconds, at least ``least``, and what the last one gave.

    The first run warms up; where nothing needs it, ``least`` may be 1.
    """
    best, runs, ends = float("inf"), 0, perf_counter() + budget
    while runs < least or perf_counter() < ends:
        began = perf_counter()
        result = work()
        best, runs = min(best, perf_counter() - began), runs + 1
    return best, result
